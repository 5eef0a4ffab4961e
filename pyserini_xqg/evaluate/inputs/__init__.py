"""Which runs, qrels and answers belong together, and what may be wrong with them."""
