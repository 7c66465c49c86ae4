"""The same hops over files of history."""
