"""Commands that are run and remembered."""
