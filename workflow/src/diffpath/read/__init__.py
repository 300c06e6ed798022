"""Reading of count matrices and gene annotation: one front door for every format."""
