"""A page as one HTML file that asks the network for nothing."""
