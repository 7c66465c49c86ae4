"""What each key of the policy says, in a sentence: the dictionary of the definitions page.

A key is named by its model and its name in the file. ``{v}`` is its value (``{v:money}`` and its like
say how it is shown), ``says`` is read where it is given, ``absent`` where it is not. A key whose value is made
of keys gives a heading, or, ``inline``, takes their words into its own sentence. A test walks over the models: a new key
without a sentence fails it.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """How one key reads."""

    says: str
    absent: str = ""
    inline: bool = False


_S = Sentence

SENTENCES: Final[dict[str, Sentence]] = {
    # The whole.
    "Policy.policy": _S("This is {v}"),
    "Policy.version": _S("version {v}"),
    "Policy.timezone": _S("a day is a day in {v}"),
    "Policy.currency": _S("amounts are in {v}; a revenue in another currency counts as not known"),
    "Policy.definitions": _S("The words we use", "no word has a definition of its own"),
    "Policy.served_market": _S(
        "Which companies we sell to: all of this must hold; not known waits, wrong ends it"
    ),
    "Policy.buyers": _S(
        "Which people decide there: whole words in any case; given but not listed is outside"
    ),
    "Policy.grade": _S("How a lead is graded: a letter for fit, a figure for behaviour"),
    "Policy.behaviour": _S("What interest is worth"),
    "Policy.stages": _S("When a lead changes hands"),
    "Policy.routes": _S("Whose it is: the first line that is true"),
    "Policy.matching": _S(
        "Whose company it is, where the address does not say it", "Nobody is matched by the name of a company"
    ),
    "Policy.paths": _S(
        "How marketing goes on with whom sales does not have: the first line that is true",
        "No lead has a path of nurture",
    ),
    "Policy.skills": _S("What a lead may need of who takes it", "No lead needs a language or a segment"),
    "Policy.owners": _S("Who counts as an owner in the CRM"),
    "Policy.partners": _S("Who sells for us by agreement", "Nobody sells for us"),
    "Policy.desks": _S("Who answers, and how fast"),
    "Policy.calendars": _S("When somebody is there"),
    "Policy.privacy": _S("What we remember of people"),
    "Policy.no_visits": _S("What is no visit"),
    "Matching.company_name": _S(
        "Who writes from free mail, or from a domain unknown to the CRM, is matched by the company's name: {v}",
        inline=True,
    ),
    "ByName.demands": _S("{v:any} must agree beside it", "the name alone suffices"),
    "ByName.proven_by": _S("proven where {v:any} agrees", "nothing proves it, and each hand-off says so"),
    # The market.
    "ServedMarket.industry": _S("Industry: {v}", "any industry will do", inline=True),
    "ServedMarket.revenue": _S("Yearly revenue: {v}", "any revenue will do", inline=True),
    "ServedMarket.employees": _S("Employees: {v}", "any number of employees will do", inline=True),
    "ServedMarket.country": _S("The company's country: {v}", "any country will do", inline=True),
    "ServedMarket.never": _S("Nobody gets these, and they earn nothing: {v}", inline=True),
    "Industry.sic": _S("SIC beginning with {v:any}", "no SIC code suffices"),
    "Industry.naics": _S("NAICS beginning with {v:any}", "no NAICS code suffices"),
    "Industry.points": _S("{v:points}"),
    "Range.points": _S("{v:points}"),
    "Range.from": _S("{v:money} or more", "no lower bound"),
    "Range.to": _S("{v:money} or less", "no upper bound"),
    "Country.points": _S("{v:points}"),
    "Country.in": _S("{v:any}"),
    "NeverMarket.domains": _S("whoever writes from {v:any}", "no domain is excluded"),
    "NeverMarket.relationship": _S("a company that is a {v:any}", "no relationship is excluded"),
    # The people.
    "Buyers.never": _S(
        "A title with {v:any} is outside, whatever else it says", "no word of a title shuts anybody out"
    ),
    "Buyers.functions": _S("Functions: {v}", inline=True),
    "Buyers.titles": _S("Titles, the first line that fits"),
    "Functions.points": _S("{v} points for whoever works in one of them"),
    "Functions.names": _S("{v:any}"),
    "Title.level": _S("{v}"),
    "Title.points": _S("{v:points}"),
    "Title.words": _S("for {v:any}"),
    # The grade.
    "Grade.fit": _S("Fit: {v}, the rest is D", inline=True),
    "Grade.behaviour": _S("Behaviour: {v}, the rest is 4", inline=True),
    "FitGrades.A": _S("A from {v} points"),
    "FitGrades.B": _S("B from {v}"),
    "FitGrades.C": _S("C from {v}"),
    "BehaviourGrades.1": _S("1 from {v} points"),
    "BehaviourGrades.2": _S("2 from {v}"),
    "BehaviourGrades.3": _S("3 from {v}"),
    # Behaviour.
    "Behaviour.cap": _S("All of it together gives at most {v} points"),
    "Behaviour.fade": _S("{v}", inline=True),
    "Behaviour.session_gap": _S(
        "a page whose time is not told lasts until the next one, within {v:time}",
        "a page whose time is not told lasts until the next one, within half an hour",
    ),
    "Behaviour.groups": _S("Groups of rules share a cap", "no rules share a cap"),
    "Behaviour.rules": _S("Rules"),
    "Behaviour.signals": _S("Buying signals: {v}", "nothing is a buying signal", inline=True),
    "Signals.rules": _S("{v:any} on an account that somebody owns"),
    "Signals.bundle": _S("told to its owner in one alert for {v:time}, without a hand-off"),
    "Decay.to_zero_after_days": _S("each event's points go to nothing in a straight line over {v} days"),
    "Group.cap": _S("at most {v} points together"),
    "Rule.when": _S("for {v}", inline=True),
    "Rule.points": _S("{v:points} each"),
    "Rule.cap": _S("at most {v} in all"),
    "Rule.group": _S("shares the cap of {v}"),
    "Rule.instead_of": _S("in the place of {v}"),
    "Rule.at_least": _S("only where it lasted {v:time} or longer"),
    "Rule.once_per": _S("once in {v:time}"),
    "Rule.implies": _S("counts as {v} too, once per message"),
    "When.activity": _S("{v:any}"),
    "When.url": _S("at {v:any}"),
    "When.asset": _S("of {v:any}"),
    "When.form": _S("the form {v:any}"),
    "When.campaign": _S("in the campaign {v:any}"),
    # Stages.
    "Stages.mql": _S("An MQL"),
    "Stages.again": _S(
        "After a no or an expiry a lead comes back with {v}, or by asking for sales", inline=True
    ),
    "Stages.expired": _S("A lead expires {v}", "no lead expires by silence", inline=True),
    "Stages.attempts_before_no": _S(
        "a no is reported that comes before {v} attempts", "a no is taken however few attempts came before"
    ),
    "Expired.days_without_touch": _S("{v} days after the last touch of either side"),
    "Expired.no_touch": _S("of which {v:any} is none", "every activity is a touch"),
    "Stages.buying_group": _S("A buying group is {v}", "no hand-off names a buying group", inline=True),
    "BuyingGroup.people": _S("{v} people of one account"),
    "BuyingGroup.within_days": _S("active within {v} days"),
    "Stages.names": _S("what we call the stages: {v:all}", "stages are called as in the definitions"),
    "Stages.crm_names": _S("what the CRM calls them: {v:all}", "the CRM calls the stages as we do"),
    "Stages.opportunity": _S(
        "An opportunity is announced at {v}", "an opportunity is announced without a probability", inline=True
    ),
    "Stages.sales_says_no": _S("When sales says no, because"),
    "Mql.bar": _S("is who passes every gate and has {v} points of fit and behaviour together"),
    "Mql.or_asks_for": _S(
        "who asks for {v:any} is routed at once, whatever the points; gates only decide the label"
    ),
    "Mql.or_responds_to": _S(
        "without the bar, by the gates alone, it is {v}", "no campaign makes an MQL at once", inline=True
    ),
    "Responses.campaigns": _S("who answers the campaign {v:any}"),
    "Responses.by": _S("with a form or by {v:any}", "with a form"),
    "Requalification.new_points": _S("{v} points from later events"),
    "Opportunity.probability_percent": _S("{v} %"),
    "SalesSaysNo.not_now": _S("it is not the time: {v:word}"),
    "SalesSaysNo.unreachable": _S("nobody could be reached: {v:word}"),
    "SalesSaysNo.wrong_person": _S("it is the wrong person: {v:word}"),
    "SalesSaysNo.not_our_market": _S("it is not our market: {v:word}"),
    "SalesSaysNo.bad_data": _S("the data is bad: {v:word}"),
    "SalesSaysNo.duplicate": _S("we have the lead already: {v:word}"),
    # Routes.
    "Route.if": _S("if {v:route}", inline=True),
    "Route.to": _S("to {v}"),
    "Route.kind": _S("as {v}"),
    "Route.for_days": _S("until {v} days after the rep's last work"),
    "Route.without_owner": _S("or, where no active rep owns it, to {v}"),
    "Route.otherwise": _S("everybody else to {v}"),
    "Territory.regions": _S("the region is {v:any}"),
    "Territory.countries": _S("the country is {v:any}"),
    "Territory.postal_codes": _S("the postal code begins with {v:any}"),
    "Territory.languages": _S("the person asked for {v:any}"),
    "Territory.revenue": _S("the revenue is {v}", inline=True),
    "Territory.employees": _S("the employees are {v}", inline=True),
    "Territory.grades": _S("the grade is {v:any}"),
    "Territory.total": _S("the points are {v}", inline=True),
    "Territory.signals": _S("the lead has the signal {v:any}"),
    "Span.from": _S("{v:money} or more"),
    "Span.to": _S("{v:money} or less"),
    "TotalSpan.from": _S("{v} or more"),
    "TotalSpan.to": _S("{v} or less"),
    "Partner.regions": _S("they cover accounts whose region is {v:any}"),
    "Partner.countries": _S("they cover accounts in {v:any}"),
    "Partner.accounts": _S("they cover the accounts {v:all}"),
    "Partner.relationship": _S("they cover accounts that the CRM calls {v:any}"),
    "Partner.gets": _S("they get a lead {v:word}"),
    "Partner.answer_within": _S("they answer within {v:time}"),
    "Partner.calendar": _S("counted by the calendar {v}", "counted by the calendar of everybody else's desk"),
    "Partner.then": _S("when that time is over, {v:word}"),
    "Partner.sees": _S("of a lead they see {v:all}, and no more"),
    "Owners.subsidiaries": _S("a subsidiary without an owner of its own belongs to {v:word}"),
    "Owners.not_people": _S(
        "robots and queues own nothing, such as {v:all}", "whoever the CRM names is a person"
    ),
    # Paths.
    "NurturePath.if": _S("if {v}", inline=True),
    "NurturePath.path": _S("by {v}"),
    "NurturePath.otherwise": _S("with everybody else by {v}"),
    "PathIf.stages": _S("the stage is {v:any}"),
    "PathIf.grades": _S("the grade is {v:any}"),
    "PathIf.total": _S("the points are {v}", inline=True),
    "PathIf.signals": _S("the lead has the signal {v:any}"),
    # Skills.
    "Skills.language": _S("A language, by the country: {v:all}", "no country asks for a language"),
    "Skills.segment": _S("A segment, by the company's size", "no segment asks for a rep of its own"),
    "Segment.revenue": _S("revenue {v}", inline=True),
    "Segment.employees": _S("employees {v}", inline=True),
    "SizeRange.from": _S("{v:money} or more"),
    "SizeRange.to": _S("{v:money} or less"),
    "DeskSkills.language": _S("who speaks the lead's language is {v}", "no language is asked for"),
    "DeskSkills.segment": _S("who knows the lead's segment is {v}", "no segment is asked for"),
    "DeskSkills.when_nobody_has_it": _S("where nobody has what is required, it goes to {v}"),
    # Desks.
    "Desk.like": _S("as {v}, but for what is said here"),
    "Desk.calendar": _S("is there by the calendar {v}"),
    "Desk.manager": _S("{v} gets what nobody else can take"),
    "Desk.turn": _S("The turn"),
    "Desk.mqls_per_rep": _S("Room"),
    "Desk.everyone_away": _S("While everyone is away"),
    "Desk.answer_within": _S("Time to answer, in opening hours"),
    "Desk.due_soon_percent": _S("a reminder when {v} % of the time is gone"),
    "Desk.skills": _S("Skills", "whoever has the turn takes it, whatever the language or segment"),
    "Turn.when_away": _S("of a rep who is away, it is {v:word}"),
    "Turn.when_rejected": _S("of a lead that sales rejects, {v:word}"),
    "Turn.weight": _S("a rep to whom the CRM gives no weight has {v}"),
    "MqlsPerRep.most": _S("at most {v} MQLs a rep"),
    "MqlsPerRep.per": _S("each {v}; what is not used lapses"),
    "MqlsPerRep.when_full": _S("when all are full, MQLs {v}, the strongest first, and raised hands pass"),
    "EveryoneAway.mql": _S("an MQL {v:held}"),
    "EveryoneAway.raised_hand": _S("a raised hand goes to {v}"),
    "AnswerWithin.mql": _S("an MQL {v:time}"),
    "AnswerWithin.raised_hand": _S("a raised hand {v:time}"),
    "AnswerWithin.inquiry": _S("an inquiry {v:time}"),
    "AnswerWithin.expansion": _S("a customer {v:time}"),
    "AnswerWithin.in_cycle": _S("an open opportunity {v:time}"),
    "AnswerWithin.service": _S("a support question {v:time}"),
    "AnswerWithin.then": _S("unanswered it goes to {v:word}", "unanswered it stays, and is reported"),
    "AnswerWithin.after": _S("that is after {v:multiple} the time"),
    "AnswerWithin.times": _S("{v:times} at most, then to the manager"),
    # Calendars.
    "Calendar.timezone": _S("in {v}"),
    "Calendar.hours": _S("{v:all}"),
    "Calendar.holidays": _S("but for the holidays of {v}", "no holidays"),
    "Calendar.days": _S("other hours on {v:all}"),
    # Privacy.
    "Privacy.anonymous_history": _S("of visitors who have not said who they are we keep {v}", inline=True),
    "Privacy.repeats": _S("{v}", inline=True),
    "Privacy.without_tracking_consent": _S("who refuses to be tracked: {v:word}"),
    "Privacy.unstated_consent": _S("who has said neither yes nor no: {v}", inline=True),
    "Privacy.erase_within": _S("who asks to be forgotten is gone from everything kept within {v:time}"),
    "AnonymousHistory.days": _S("what they did in the last {v} days"),
    "AnonymousHistory.events": _S("{v} events at most"),
    "Repeats.days": _S("an event that comes again within {v} days counts once, an older one is refused"),
    "UnstatedConsent.tracking": _S("tracking counts as {v}"),
    "UnstatedConsent.marketing": _S("marketing counts as {v}"),
    "NoVisits.activities": _S("activities that earn nothing: {v:any}", "every activity is a visit"),
    "NoVisits.user_agents": _S("programs that are nobody: {v:any}", "no program is taken for a robot"),
}
