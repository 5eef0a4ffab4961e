"""The first research question: what training against misspellings does, with and without xQG."""
