"""The stage ``search``: Pyserini's own commands, with our encoders and indexes known to them."""
