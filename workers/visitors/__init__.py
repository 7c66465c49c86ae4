"""The `visitors` worker: identification, repeats and the bounded history of each visitor."""
