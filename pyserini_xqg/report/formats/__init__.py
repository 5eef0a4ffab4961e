"""The formats of reports, one a file: a new one is a file here that sets ``FORMAT``, its test, and a line of
docs/reports.md.
"""
