"""From a corpus to an index in one call."""
