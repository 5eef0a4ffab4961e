"""A README.md beside every output, ready to publish, written from what the output itself remembers: the same input gives the same bytes."""
