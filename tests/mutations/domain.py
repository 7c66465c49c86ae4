"""Mutations of the rules that marketing and sales would miss first. A test without Kafka notices each of them."""

from __future__ import annotations

from mutation import Edit, Mutation, without

WORTH, RULEBOOK, STAGES, DESKS = (
    "workers/accounts/worth",
    "workers/accounts/rulebook",
    "workers/accounts/stages",
    "workers/desks",
)

DOMAIN = [
    Mutation(
        "a missing fact beats a wrong one",
        "a lead outside the target market waits for a fact for ever, and sales is asked to find it",
        (
            Edit(
                f"{RULEBOOK}/joined_gates.py",
                "_FAIL if _FAIL in states else _UNKNOWN if states else _PASS",
                "_UNKNOWN if _UNKNOWN in states else _FAIL if states else _PASS",
            ),
        ),
        "hops/accounts/rulebook/test_fit.py::test_fail_beats_unknown",
        "'unknown'",
    ),
    Mutation(
        "a form overrides the CRM",
        "sales calls a student who filled in CIO as her title",
        (
            Edit(
                f"{WORTH}/facts.py", "for place in sorted(made))", "for place in sorted(made, reverse=True))"
            ),
        ),
        "scenarios/test_identity_contacts.py::test_a_self_declared_cio_who_is_a_student_in_the_crm_is_outside",
        "assert",
    ),
    Mutation(
        "a lead becomes an MQL each time it has the points",
        "one lead is handed over again with every page that it reads",
        (
            Edit(
                f"{STAGES}/qualifying.py",
                "return lead.reached_mql and lead.handed and not lead.verdict",
                "return lead.reached_mql and lead.claimed and not lead.verdict",
            ),
        ),
        "scenarios/test_stages_cycle.py::test_more_points_after_the_mql_make_no_other_mql",
        "assert",
    ),
    Mutation(
        "an account in question makes MQLs",
        "sales rejected the account as not our market, and gets its next lead tomorrow",
        (
            Edit(
                f"{STAGES}/qualifying.py",
                "is_held_back = bool(case.account.questioned) or withholds_mqls(",
                "is_held_back = withholds_mqls(",
            ),
        ),
        "scenarios/test_stages_cycle.py::"
        "test_an_account_rejected_as_not_our_market_is_in_question_until_its_facts_are_confirmed",
        "assert",
    ),
    Mutation(
        "after a no old points bring a lead back",
        "a lead that answered not now is called again for its old activity",
        (
            Edit(
                f"{STAGES}/thresholds.py",
                "points(score.attributed_since, day).points",
                "points(score.attributed, day).points",
            ),
        ),
        "scenarios/test_stages_cycle.py::"
        "test_a_rejected_lead_returns_to_its_rep_with_twelve_new_points[1-False]",
        "'mql' == 'recycled'",
    ),
    Mutation(
        "a hand raiser waits for capacity",
        "a lead that asks for a demo in a full week is called next Monday",
        (
            Edit(
                f"{DESKS}/turns.py",
                "    is_limited = is_limited_by_capacity(request)\n    off_turn",
                "    is_limited = True\n    off_turn",
            ),
        ),
        "scenarios/test_lead_assignment.py::test_in_a_full_week_an_mql_waits_and_a_raised_hand_is_assigned",
        "assert",
    ),
    Mutation(
        "a touch does not withdraw the overdue report",
        "a rep who called in time stays overdue because the report of the call came late",
        (
            Edit(
                "workers/accounts/handoffs/deadlines.py",
                "        stop_timers(case, handoff_id, made.touched_ms)\n",
                "        _cancel_timers(case, handoff_id)\n",
            ),
        ),
        "hops/accounts/handoffs/test_deadlines.py::test_a_touch_made_in_time_that_arrives_late_clears_the_overdue_alert",
        "assert",
    ),
    Mutation(
        "an absent rep gets a lead",
        "a lead waits for two weeks for a rep who is on holiday",
        (
            Edit(
                f"{DESKS}/presence.py",
                "return PassedOver.ABSENT if is_absent(rep, at_ms) else None",
                "return None",
            ),
        ),
        "scenarios/test_lead_assignment.py::test_an_absent_rep_gets_no_lead",
        "assert",
    ),
    Mutation(
        "leads are not counted in the period",
        "one rep gets more leads in a week than was agreed",
        (
            Edit(
                f"{DESKS}/capacity.py",
                "rotation.taken | {rep_id: rotation.taken.get(rep_id, 0) + 1}",
                "dict(rotation.taken)",
            ),
        ),
        "scenarios/test_desks_capacity.py::"
        "test_when_the_day_is_full_the_next_mql_waits_for_tomorrow_morning_and_its_ages_are_shown",
        "assert",
    ),
    Mutation(
        "a returned turn stays used",
        "a rep who got a wrong number loses a turn, against the agreement",
        (
            Edit(
                f"{DESKS}/request_returns.py",
                "credits=undo_turn(older, step) | newer",
                "credits=older | newer",
            ),
        ),
        "scenarios/test_desks_capacity.py::"
        "test_the_policy_decides_whether_a_rejected_lead_returns_its_turn[give_back-mia]",
        "assert",
    ),
    Mutation(
        "the second lead of an account takes its own turn",
        "two reps call one bank",
        (
            Edit(
                "workers/accounts/routing/routes.py",
                "        if held is not None and (line.name not in _BEFORE_HOLDER or line.is_desk_of_owned):\n",
                "        if held is not None and line.name in _BEFORE_HOLDER:\n",
            ),
        ),
        "scenarios/test_ownership_routes.py::test_a_fact_that_arrives_after_the_hand_off_moves_no_lead",
        "assert",
    ),
    Mutation(
        "a repeat with another date counts again",
        "a sender that tries again with a new date earns points twice",
        (
            Edit(
                "workers/identity/repeats.py",
                "if row is not None and (not row.at_ms or first_ms <=",
                "if row is not None and (row.at_ms == at_ms and first_ms <=",
            ),
        ),
        "scenarios/test_worth_repeats.py::"
        "test_a_repeat_counts_once_by_its_earliest_date_in_any_order[over midnight UTC-a download]",
        "assert",
    ),
    Mutation(
        "a repeat with an earlier date keeps its later one",
        "the score depends on which of two repeats arrives first",
        (
            Edit(
                "workers/accounts/events/visit_steps.py",
                "    if event.counted_at_ms is not None:\n",
                "    if event.counted_at_ms == 0:\n",
            ),
        ),
        "scenarios/test_worth_repeats.py::"
        "test_a_repeat_counts_once_by_its_earliest_date_in_any_order[five days later-a download]",
        "assert",
    ),
    Mutation(
        "a late delivery takes no points back",
        "a mail server's clicks earn points if its delivery report is late",
        (
            Edit(
                "workers/accounts/worth/durations.py",
                "    if not score.clicks:\n        return made\n    return with_open_events(",
                "    if score.clicks:\n        return made\n    return with_open_events(",
            ),
        ),
        "scenarios/test_worth_mail_scanners.py::test_a_late_delivery_takes_the_points_back",
        "assert",
    ),
    Mutation(
        "an assignment to a partner counts only when its account reports it",
        "a partner gets two accounts at once above its limit",
        (
            without(
                "workers/desks/request_answers.py",
                "    if request.desk == PARTNERS_DESK:\n        promise_lead(terms, rows, request, outcome)\n",
            ),
        ),
        "unit/desks/test_partner_turns.py::test_without_capacity_the_desk_is_unavailable_and_counts_nothing",
        "assert",
    ),
    Mutation(
        "only the last partner who had an account is remembered",
        "a lead goes back to a partner that let it lapse",
        (
            Edit(
                "workers/accounts/routing/partners.py",
                'frozenset({account.returned_by, *account.returned_before} - {""})',
                'frozenset({account.returned_by} - {""})',
            ),
        ),
        "hops/accounts/routing/test_partners.py::"
        "test_levels_are_asked_in_their_order_and_never_a_partner_who_had_the_account",
        "assert",
    ),
    Mutation(
        "a placeholder is the key of an activity that is forwarded",
        "the address of the event is its key, so the visitor has rows in two partitions",
        (Edit("workers/visitors/quick_keys.py", " and not is_placeholder_id(browser)", ""),),
        "unit/visitors/test_quick_keys.py::test_anything_else_must_be_parsed",
        "assert",
    ),
]
