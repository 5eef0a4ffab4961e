"""Glosses: a passage's words looked up, their dictionary forms, and names in another script."""
