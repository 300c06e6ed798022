"""Gene-set methods, one a file."""
