"""The generated market of the demo: two weeks of input records."""
