"""The sentences of ``lead-router policy explain``: one for each key of the policy.

A key is named by its model and its name in the file. ``text`` is used if the key has a value, ``absent`` if it has none.
``{v}`` is the value; value_formats.py lists the formats, as ``{v:money}``. If the value is a model, the text is a
heading. An ``inline`` sentence contains the sentences of that model instead. A test fails for a key without a sentence.
"""

from __future__ import annotations

from typing import Final

from workers.policy.pages.condition_sentences import CONDITION_SENTENCES
from workers.policy.pages.desk_sentences import DESK_SENTENCES
from workers.policy.pages.scoring_sentences import SCORING_SENTENCES
from workers.policy.pages.sentence import Sentence

_S = Sentence

SENTENCES: Final[dict[str, Sentence]] = {
    # The whole policy.
    "Policy.policy": _S("Policy {v}"),
    "Policy.version": _S("version {v}"),
    "Policy.timezone": _S("days are calendar days in {v}"),
    "Policy.currency": _S("amounts are in {v}, and a revenue in another currency counts as unknown"),
    "Policy.definitions": _S("Definitions", "no term is defined"),
    "Policy.served_market": _S(
        "Companies we sell to (every condition must hold; an unknown fact waits, a failed condition means outside)"
    ),
    "Policy.buyers": _S(
        "People who decide there (whole words, in any case; a title or function that is not listed means outside)"
    ),
    "Policy.grade": _S("Grades: a letter for fit, a figure for behaviour"),
    "Policy.behaviour": _S("Points for what a lead does"),
    "Policy.stages": _S("When a lead moves from stage to stage"),
    "Policy.routes": _S("Who gets a lead: the first line that is true decides"),
    "Policy.matching": _S(
        "Matching a person to a company",
        "No person is matched by the name of a company",
    ),
    "Policy.words": _S("Our own words, and what they mean"),
    "Words.requests": _S("a form that asks for {v:means}", "no words of our own for requests"),
    "Words.reasons": _S("sales rejects a lead for {v:means}", "no words of our own for a rejection"),
    "Policy.tables": _S("Lines of the tables of territories"),
    "Policy.conditions": _S("Conditions that lines test by name (an unknown fact fulfils none)"),
    "Policy.paths": _S(
        "Nurture paths for leads that sales does not have: the first line that is true decides",
        "No lead has a nurture path",
    ),
    "Policy.skills": _S("Skills that a lead may need of its rep", "No lead needs a rep with special skills"),
    "Policy.owners": _S("Owners named by the CRM"),
    "Policy.partners": _S("Partners who sell for us", "There are no partners"),
    "Policy.desks": _S("Desks: who answers, and how fast"),
    "Policy.calendars": _S("Opening hours"),
    "Policy.privacy": _S("Personal data we keep"),
    "Policy.no_visits": _S("Events that are dropped because no person caused them"),
    "Matching.company_name": _S(
        "A person with free mail, or from a domain unknown to the CRM, is matched by the company name: {v}",
        "no person is matched by the name of a company",
        inline=True,
    ),
    "Matching.free_mail": _S("Free mail, where each person is an account of their own: {v}", inline=True),
    "Matching.shared_sites": _S("Web sites that companies share, which identify none: {v}", inline=True),
    "DomainList.add": _S("the list of the router and {v:all}", "the list of the router"),
    "DomainList.not": _S("without {v:all}", "without an exception"),
    "ByName.demands": _S("{v:words} must agree too", "the name alone is enough"),
    "ByName.proven_by": _S(
        "and the match is proven if {v:words} agrees",
        "but nothing proves the match, and each hand-off states so",
    ),
    # The served market.
    "ServedMarket.industry": _S("Industry: {v}", "any industry passes", inline=True),
    "ServedMarket.revenue": _S("Yearly revenue: {v}", "any revenue passes", inline=True),
    "ServedMarket.employees": _S("Number of employees: {v}", "any number of employees passes", inline=True),
    "ServedMarket.country": _S("Country of the company: {v}", "any country passes", inline=True),
    "ServedMarket.never": _S("Excluded, without points and never handed to sales: {v}", inline=True),
    "Industry.sic": _S("SIC codes that begin with {v:any}", "no SIC code passes"),
    "Industry.naics": _S("NAICS codes that begin with {v:any}", "no NAICS code passes"),
    "Industry.words": _S("words that mean a code: {v:all}", "no words mean a code"),
    "Industry.points": _S("{v:points}"),
    "Range.points": _S("{v:points}"),
    "Range.from": _S("{v:money} or more", "no lower bound"),
    "Range.to": _S("{v:money} or less", "no upper bound"),
    "Country.points": _S("{v:points}"),
    "Country.in": _S("{v:any}"),
    "NeverMarket.own_domains": _S("our own people, who write from {v:any}", "no domain is listed as our own"),
    "NeverMarket.domains": _S("e-mail addresses at {v:any}", "no other domain is excluded"),
    "NeverMarket.relationship": _S("companies that the CRM calls {v:words}", "no relationship is excluded"),
    # The buyers.
    "Buyers.never": _S(
        "A title with {v:any} is outside, whatever else is in it", "no word in a title excludes a person"
    ),
    "Buyers.never_except": _S("except as part of {v:any}"),
    "Buyers.functions": _S("Functions"),
    "Buyers.titles": _S("Titles (the first line that matches decides)"),
    "Functions.points": _S("{v} points for a person in one of them"),
    "Functions.names": _S("The words of each function"),
    "Title.level": _S("{v}"),
    "Title.points": _S("{v:points}"),
    "Title.words": _S("for {v:title_words}"),
    # The grade.
    "Grade.fit": _S("Fit: {v}, otherwise D", inline=True),
    "Grade.behaviour": _S("Behaviour: {v}, otherwise 4", inline=True),
    "FitGrades.A": _S("A from {v} points"),
    "FitGrades.B": _S("B from {v}"),
    "FitGrades.C": _S("C from {v}"),
    "BehaviourGrades.1": _S("1 from {v} points"),
    "BehaviourGrades.2": _S("2 from {v}"),
    "BehaviourGrades.3": _S("3 from {v}"),
    # Behaviour.
    "Behaviour.cap": _S("All behaviour together gives at most {v} points"),
    "Behaviour.fade": _S(
        "{v}; points are exact, and those of a rule are rounded to the nearest whole number", inline=True
    ),
    "Behaviour.session_gap": _S(
        "an event without a stated duration lasts until the next one, if that comes within {v:time}",
        "an event without a stated duration lasts until the next one, if that comes within half an hour",
    ),
    "Behaviour.groups": _S("Groups of rules with a shared cap", "no rules share a cap"),
    "Behaviour.rules": _S("Rules", "nothing that a lead does gives points"),
    "Behaviour.signals": _S("Buying signals: {v}", "there are no buying signals", inline=True),
    "Behaviour.mail_scanners": _S(
        "Clicks of mail scanners earn nothing: {v}", "every click in a mail counts", inline=True
    ),
    "MailScanners.links": _S("clicks on {v} or more links of one mail"),
    "MailScanners.within": _S("within {v:time} of its delivery, or clicks on every link of it"),
    "MailScanners.clicked": _S("a click is {v:activity}"),
    "MailScanners.delivered": _S("a delivery is {v:activity}"),
    "Signals.rules": _S("{v:any} on an account that a rep works"),
    "Signals.bundle": _S(
        "what happens within {v:time} of the first signal goes to that rep in one alert, without a hand-off"
    ),
    "Group.cap": _S("at most {v} points together"),
    "Group.fade": _S("{v}", inline=True),
    "Rule.when": _S("for {v}", inline=True),
    "Rule.points": _S("{v:points} each"),
    "Rule.cap": _S("at most {v} in all"),
    "Rule.group": _S("shares the cap of {v}"),
    "Rule.instead_of": _S("counts instead of {v}"),
    "Rule.at_least": _S("only if it lasted {v:time} or longer"),
    "Rule.once_per": _S("counts once in {v:time}"),
    "Rule.fade": _S("{v}", inline=True),
    "Rule.implies": _S("also counts as {v}, once per message"),
    "When.activity": _S("{v:activity}"),
    "When.url": _S("at an address {v:pattern}"),
    "When.asset": _S("of a document {v:pattern}"),
    "When.form": _S("a form {v:pattern}"),
    "When.campaign": _S("in a campaign {v:pattern}"),
    # Stages.
    "Stages.mql": _S("MQL"),
    "Stages.again": _S(
        "After a rejection or an expiry, a lead comes back with {v}, or by asking for sales", inline=True
    ),
    "Stages.expired": _S("A lead expires {v}", "no lead expires", inline=True),
    "Stages.attempts_before_no": _S(
        "a rejection because the time is not right, or because the lead cannot be reached, is reported after fewer than {v} contact attempts",
        "a rejection is accepted after any number of contact attempts",
    ),
    "Expired.days_without_touch": _S(
        "{v} days after the last touch by the lead or by sales, as that day begins"
    ),
    "Expired.no_touch": _S("not counting {v:activity}", "counting every activity"),
    "Stages.buying_group": _S("A buying group is {v}", "no hand-off names a buying group", inline=True),
    "BuyingGroup.people": _S("{v} people of one account whose function and title do not fail"),
    "BuyingGroup.within_days": _S("active within {v} days, today included, of the 10 who were active last"),
    "Stages.own": _S("Our own stages between known and MQL, by total points"),
    "OwnStage.name": _S("{v}"),
    "OwnStage.from": _S("from {v:points} on"),
    "Stages.names": _S("display names of the stages: {v:names}", "the stages have no display names"),
    "Stages.crm_names": _S(
        "names of the stages in the CRM: {v:names}", "the CRM has no other names for the stages"
    ),
    "Stages.opportunity": _S(
        "A new opportunity is published with a probability of {v}",
        "a new opportunity is published without a probability",
        inline=True,
    ),
    "Stages.sales_says_no": _S("When sales rejects a lead"),
    "Mql.bar": _S(
        "a lead is an MQL if it passes every gate and reaches {v} points of fit and behaviour together",
        "there is no threshold: no number of points makes an MQL",
    ),
    "Mql.or_asks_for": _S(
        "a request for {v:words} goes to sales at once, whatever the points; the gates only decide whether it is an MQL"
    ),
    "Mql.or_responds_to": _S(
        "a lead that passes every gate is an MQL, whatever its points, if it {v}",
        "no campaign makes an MQL at once",
        inline=True,
    ),
    "Responses.campaigns": _S("answers a campaign {v:pattern}"),
    "Responses.by": _S("with a form or by {v:activity}", "with a form"),
    "Requalification.new_points": _S("{v} points from later events"),
    "Opportunity.probability_percent": _S("{v} %"),
    "SalesSaysNo.not_now": _S("not the right time: {v:phrase}"),
    "SalesSaysNo.unreachable": _S("cannot be reached: {v:phrase}"),
    "SalesSaysNo.wrong_person": _S("wrong person: {v:phrase}"),
    "SalesSaysNo.not_our_market": _S("not our market: {v:phrase}"),
    "SalesSaysNo.bad_data": _S("wrong data: {v:phrase}"),
    "SalesSaysNo.duplicate": _S("known already: {v:phrase}"),
    # Routes.
    "Route.if": _S("if {v:route}", inline=True),
    "Route.table": _S("the narrowest line of the table {v} that fits the lead decides"),
    "Route.to": _S("it goes to {v:phrase}"),
    "Route.kind": _S("as {v:kind}"),
    "Route.for_days": _S("until the day begins that is {v} days after the rep's last work"),
    "Route.without_owner": _S("or, if no active rep owns the account, to {v}"),
    "Route.points": _S("from {v} points of behaviour on, or when the person asks for sales"),
    "Route.signals": _S("with the signal {v:any}, or when the person asks for sales"),
    "Route.only": _S("only when the person {v:phrase}"),
    "Route.of": _S("answering the questions of {v}"),
    "Route.otherwise": _S("every other lead goes to {v}"),
    **CONDITION_SENTENCES,
    **SCORING_SENTENCES,
    "Partner.regions": _S(
        "covers accounts in the region {v:any}, of the company or, if unknown, of the person"
    ),
    "Partner.countries": _S(
        "covers accounts in the country {v:any}; if the company's country is unknown, the country of the person counts, "
        "but an account that a rep has by then stays with the rep"
    ),
    "Partner.accounts": _S("covers the accounts {v:all}"),
    "Partner.relationship": _S("covers accounts that the CRM calls {v:words}"),
    "Partner.level": _S(
        "level {v}: partners of one level who cover an account take turns, and the levels are asked in their order"
    ),
    "Partner.weight": _S("weight {v} in these turns"),
    "Partner.most_open": _S(
        "has at most {v} open leads, and a further account goes to the next partner, else to the next line for leads"
    ),
    "Partner.gets": _S("gets a lead {v:phrase}"),
    "Partner.answer_within": _S("must answer within {v:answer_time}", inline=True),
    "PartnerTimes.raised_hand": _S("{v:answer_time} if the lead asks for sales"),
    "PartnerTimes.mql": _S("{v:answer_time} otherwise"),
    "Partner.calendar": _S(
        "opening hours: calendar {v}", "opening hours: the calendar of the desk for all other leads"
    ),
    "Partner.then": _S("without an answer in time, {v:phrase}"),
    "Partner.sees": _S("sees {v:all_words} of a lead, and nothing else"),
    "Owners.subsidiaries": _S("a subsidiary without an owner of its own belongs to {v:phrase}"),
    "Owners.sdrs": _S("the SDR who works the accounts of an owner: {v:sdrs}"),
    "Owners.not_people": _S(
        "an owner whose name in the CRM {v:owner} is a robot or a queue, and owns nothing",
        "every owner that the CRM names is a person",
    ),
    # Nurture paths.
    "NurturePath.if": _S("if {v}", inline=True),
    "NurturePath.path": _S("the path is {v}"),
    "NurturePath.otherwise": _S("the path of every other lead is {v}"),
    "PathIf.stages": _S("the stage is {v:words}"),
    "PathIf.grades": _S("the grade is {v:any}"),
    "PathIf.total": _S("the points are {v}", inline=True),
    "PathIf.signals": _S("the lead has the signal {v:any}"),
    "PathIf.is": _S("the condition {v:any} holds"),
    "PathIf.is_not": _S("the condition {v:any} does not hold"),
    # Skills.
    "Skills.language": _S(
        "Language, by country of the company or, if unknown, of the person: {v:all}",
        "no country needs a language",
    ),
    "Skills.segment": _S("Segment", "no segment needs a rep of its own"),
    "Segment.revenue": _S("revenue {v}", inline=True),
    "Segment.employees": _S("employees {v}", inline=True),
    "Segment.is": _S("the condition {v:any} holds"),
    "Segment.is_not": _S("the condition {v:any} does not hold"),
    "SizeRange.from": _S("{v:money} or more"),
    "SizeRange.to": _S("{v:money} or less"),
    "DeskSkills.language": _S("a rep who speaks the lead's language is {v}", "the language does not matter"),
    "DeskSkills.segment": _S("a rep who knows the lead's segment is {v}", "the segment does not matter"),
    "DeskSkills.when_nobody_has_it": _S("if no rep has a required skill, the lead goes to {v:phrase}"),
    **DESK_SENTENCES,
    # Calendars.
    "Calendar.timezone": _S("time zone {v}"),
    "Calendar.hours": _S("open {v:week}"),
    "Calendar.holidays": _S("closed on the holidays of {v}", "no holidays"),
    "Calendar.days": _S("other hours on {v:all}"),
    # Privacy.
    "Privacy.anonymous_history": _S("of an anonymous visitor we keep {v}", inline=True),
    "Privacy.repeats": _S("{v}", inline=True),
    "Privacy.without_tracking_consent": _S("if a person refuses tracking, {v:phrase}"),
    "Privacy.unstated_consent": _S("if a person has neither consented nor refused, {v}", inline=True),
    "Privacy.erase_within": _S(
        "a person who asks to be erased is removed from everything we keep within {v:time}"
    ),
    "AnonymousHistory.days": _S("the events of the last {v} days"),
    "AnonymousHistory.events": _S("{v} events at most"),
    "Repeats.days": _S(
        "an event that is repeated within {v} days counts once, and an older event is refused"
    ),
    "UnstatedConsent.tracking": _S("tracking counts as {v}"),
    "UnstatedConsent.marketing": _S("marketing counts as {v}"),
    # Events that no person caused.
    "NoVisits.activities": _S("activities: {v:all_words}", "no activity is dropped"),
    "NoVisits.user_agents": _S(
        "user agents of robots: those {v:pattern}", "no user agent counts as a robot by our own list"
    ),
    "NoVisits.known_robots": _S("robots of the public list of user agents {v:phrase}"),
}
