"""LoCoMo (Maharana et al. 2024): ten long conversations and questions about them, as passages, topics and judgments."""
