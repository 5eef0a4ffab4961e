"""Passages, generated queries, topics and qrels as streams, in Pyserini's own formats."""
