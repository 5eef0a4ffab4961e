"""Matrices of conditions: YAML in, commands run, every score checked against the expected one (after Pyserini's
two-click reproductions).
"""
