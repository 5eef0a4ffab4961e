"""What the main job needs, looked for: what is there, what is missing, how to get it."""
