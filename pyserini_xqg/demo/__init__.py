"""The whole way on the embedded collection and encoder, offline."""
