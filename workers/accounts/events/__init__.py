"""Floor 11: what happens when this event arrives? One module per event. Imports all floors below.

A module is named after the event type that its function ``handle`` applies. handle.py has the table. The other modules
hold what several events share, or what a timer or a cursor does:

    arrival            the first steps of every fact about a lead
    visit_steps        the steps that an activity and a form share
    feedback_subject   the lead and the hand-offs that feedback of sales is about
    sales_deal         feedback of sales about a deal
    partner_return     an account that a partner returns
    timer_due          the table from a timer's kind to its handler
    bulk_cursor        the cursor over a large account's hand-offs
    reevaluate_all     the cursors that evaluate leads again
"""
