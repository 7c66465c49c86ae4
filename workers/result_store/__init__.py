"""The results of the router in a local SQLite file, for the console, the notifier and other readers."""
