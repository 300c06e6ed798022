"""Checks of everything a user writes and of every count that is read."""
