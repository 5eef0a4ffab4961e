"""Encoder folders and the classes that run them: what turns texts into vectors, in Pyserini and here."""
