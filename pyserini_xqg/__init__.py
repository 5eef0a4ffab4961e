"""Pyserini-xqg makes any Pyserini corpus searchable in languages it isn't written in."""
