"""Word translation probabilities out of sentence pairs: words, IBM model 1 in both directions, and what it is worth."""
