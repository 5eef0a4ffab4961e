"""Runs and judgments in, scores out: per query, per language, on average, with significance."""
