"""From a checkpoint to an encoder folder: what is exported, how it is checked against the original, and where exports
are cached.
"""
