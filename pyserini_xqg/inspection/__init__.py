"""Looking into one question: what an index found with and without its generated queries, and what each score is made
of.
"""
