"""What is asked of indexes and runs."""
