"""What the workflow costs besides its work."""
