"""The stage ``encode``: passages and their generated queries into a vector store, in one streamed pass."""
