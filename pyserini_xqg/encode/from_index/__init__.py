"""Passages' vectors out of an index that is there already, in the place of encoding them."""
