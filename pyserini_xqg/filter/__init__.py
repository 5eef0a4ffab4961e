"""The stage ``filter``: generated queries that are worth encoding go through, the others are dropped and written
down.
"""
