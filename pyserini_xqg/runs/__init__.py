"""TREC runs: read, written, and several fused into one."""
