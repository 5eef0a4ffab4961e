"""Dictionaries and tables of word translations: read from whatever format they are in, or made from parallel text."""
