"""The kinds of parallel text, a file each."""
