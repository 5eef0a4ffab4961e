"""The second research question: what generated queries do against rewordings and attacks."""
