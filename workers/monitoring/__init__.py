"""The metrics about leads, and the page, the dashboard and the alert rules that are made from the table of metrics."""
