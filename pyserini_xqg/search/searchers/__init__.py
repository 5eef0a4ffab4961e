"""One searcher a file, each with the methods of Pyserini's own."""
