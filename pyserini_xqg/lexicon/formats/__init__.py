"""One file a format of dictionaries; each states it as ``FORMAT``, and lying here makes it known."""
