"""One module for each kind of channel: how a message is posted, edited and found again at that service."""
