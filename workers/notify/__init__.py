"""Notifies reps and desks of their hand-offs and deadlines, and takes their answers.

In: `lead.routing`, `lead.alerts` and `crm.reps`, read with read_committed. Out: messages at Slack, Teams, by mail or to a
webhook, and events on `sales.activities`. It has no part in a decision: without it the router routes the same.
"""
