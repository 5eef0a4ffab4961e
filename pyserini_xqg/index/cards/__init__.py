"""The README.md beside an index, written from its xqg.json: the same input gives the same bytes."""
