"""A report as one self-contained page, and as Markdown, CSV and LaTeX."""
