"""Fine-tuning of dense retrievers: the query tower alone, beside passages that stay as they are, or both towers."""
