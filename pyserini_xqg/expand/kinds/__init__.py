"""The kinds of generators, a file each: every module here states its kind as ``KIND``, and is found by lying here."""
