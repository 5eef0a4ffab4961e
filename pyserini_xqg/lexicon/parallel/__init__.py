"""Parallel text: sentences and their translations, out of whatever files hold them."""
