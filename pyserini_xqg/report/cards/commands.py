"""What the commands on all cards have in common."""

from __future__ import annotations

PROGRAM = "pyserini-xqg"
SKIP = ("--on-error", "skip")
"""With the same input as before it changes nothing where every record is good, and leaves out the same ones where some
are bad.
"""
