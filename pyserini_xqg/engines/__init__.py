"""Who does a stage's work: this process alone, or workers of a Ray cluster."""
