"""Reading files line by line, writing them whole or not at all, knowing them again by their hashes."""
