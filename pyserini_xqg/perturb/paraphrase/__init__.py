"""Other words for the same question, and whether they mean the same."""
