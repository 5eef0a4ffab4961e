"""What a generator learns from: read, divided, and as tokens."""
