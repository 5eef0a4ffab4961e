"""What the cards of all outputs are put together from."""
