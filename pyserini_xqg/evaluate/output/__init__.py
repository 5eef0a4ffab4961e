"""An evaluation as tables and files."""
