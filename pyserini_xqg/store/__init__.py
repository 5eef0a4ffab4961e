"""The vector store: passages and, for each language, the sum and the number of their queries' vectors; and its blocks,
fused.
"""
