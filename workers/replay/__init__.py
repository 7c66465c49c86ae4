"""Replay: the workers' hops over files of input records, or over recorded logs that are compared with live results."""
