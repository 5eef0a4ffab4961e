"""Writing systems, and the same words in another one."""
