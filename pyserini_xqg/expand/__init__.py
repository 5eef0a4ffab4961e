"""The stage ``expand``: passages to queries in other languages, by a model, a server, or out of published files."""
