"""Misspellings."""
