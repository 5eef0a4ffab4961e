"""Those figures as tables, plots and files."""
