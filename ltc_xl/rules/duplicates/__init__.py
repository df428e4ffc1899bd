"""Duplicates: which leads, customers and contacts may be one and the same, and what speaks for it."""
