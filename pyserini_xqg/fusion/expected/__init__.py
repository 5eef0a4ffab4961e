"""The queries to be expected of a passage: what they are, and how they are learned. Pure arithmetic."""
