"""Pyserini's own commands in a process where our encoders and indexes are known."""
