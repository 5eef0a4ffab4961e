"""The adversarial choice: among the valid variants of a query, the one that hurts a given index most."""
