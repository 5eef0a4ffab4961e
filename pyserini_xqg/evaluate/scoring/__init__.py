"""Measures, and scores by them."""
