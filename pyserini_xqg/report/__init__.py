"""What people read: pages, tables and plots, as text, Markdown, CSV, LaTeX and HTML."""
