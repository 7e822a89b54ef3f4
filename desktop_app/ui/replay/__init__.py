"""Replay: the signal goes through the network once more, slowly enough to be followed."""
