"""What lies beside an index and says everything about it: enough to search it rightly and to build it again."""
