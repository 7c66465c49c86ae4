"""Mutations of the notifier, which a test without Kafka notices."""

from __future__ import annotations

from mutation import Edit, Mutation

CRASHES = "property/test_notify_crashes.py"
PAGE = "unit/notify/test_answer_page.py"

NOTIFICATIONS = [
    Mutation(
        "an attempt to send a message is not noted before the call",
        "after a crash between the service's acceptance and our note the message is sent again without a search",
        (Edit("workers/notify/sender.py", "state=State.UNSURE, tried_ms", "state=State.WAITING, tried_ms"),),
        f"{CRASHES}::test_a_service_that_can_be_searched_has_each_message_once_with_its_last_content",
        "assert 2 <= 1",
    ),
    Mutation(
        "a failed attempt clears an earlier one without a known result",
        "the end of a hand-off is not sent, although its first mail may have arrived",
        (
            Edit(
                "workers/notify/sender.py",
                "failed.is_unsure or (step.delivery is not None and step.delivery.state is State.UNSURE)",
                "failed.is_unsure",
            ),
        ),
        f"{CRASHES}::test_mail_is_doubled_only_by_a_call_whose_result_was_lost",
        "assert 1 == 2",
    ),
    Mutation(
        "opening a link answers",
        "mail scanners open every link: each lead would be accepted before its rep sees it",
        (
            Edit(
                "workers/notify/answer_page.py",
                'self.show, methods=["GET", "HEAD"]',
                'self.act, methods=["GET", "HEAD"]',
            ),
        ),
        f"{PAGE}::test_opening_a_link_changes_nothing_and_its_button_answers",
        "assert (200, False) == (200, True)",
    ),
    Mutation(
        "a second press of a button counts",
        "a double tap is two answers, and the second contradicts the message",
        (Edit("workers/notify/answering.py", "    if earlier is not None:\n", "    if earlier == 0:\n"),),
        f"{PAGE}::test_a_second_press_counts_once_and_names_who_answered",
        "assert (200, 1) == (409, 1)",
    ),
]
