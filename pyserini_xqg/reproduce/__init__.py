"""Whole experiments, from the public data to tables and plots, by one command each."""
