"""The same hops over files: from edge events, or from recorded logs held against what was read live."""
