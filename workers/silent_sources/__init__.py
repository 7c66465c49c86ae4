"""Finds sources that used to send and do not: a form, a page, a site or a producer.

Pure: counts of events by source and hour in, changes out ("silent since", "sends again"). Time is an argument.

1. ``source_names`` names the sources of an event, bounded in length and without addresses.
2. ``hour_plan`` maps hours to the weekday and hour of a time zone, and knows holidays and company shutdowns.
3. ``usual_rate`` estimates the expected events of each hour of the week from the last weeks of a source.
4. ``lower_tail`` is the probability that a source that works sends so few events.
5. ``source_watch`` follows one source hour by hour. ``silence_monitor`` follows all of them, within one alarm budget.
"""
