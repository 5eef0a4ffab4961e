"""The stage ``index``: a vector store into an index that Pyserini searches, at any alpha, without encoding again."""
