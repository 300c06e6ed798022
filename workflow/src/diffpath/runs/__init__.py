"""What a run cost and why it failed, read from the files that a run leaves."""
