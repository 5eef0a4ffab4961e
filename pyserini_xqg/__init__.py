"""Pyserini-xqg makes any Pyserini corpus searchable in languages it isn't written in."""

from pyserini_xqg.telemetry import turn_off

turn_off()
