"""Tasks that are made from a file of rows: which columns say what, and which checker judges."""
