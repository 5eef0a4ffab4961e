"""Fine-tunes a sequence-to-sequence model to write queries."""
