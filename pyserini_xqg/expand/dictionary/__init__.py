"""Glosses out of dictionaries, as a generator."""
