"""Columns: files and an expression in, awkward arrays out, reading only the branches needed."""
