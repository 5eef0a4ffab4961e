"""The stages of the way from passages to scores."""
