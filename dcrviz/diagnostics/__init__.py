"""Numbers and pictures derived from a problem and its steps."""
