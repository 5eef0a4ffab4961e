"""Whole ways, and what stands before them."""
