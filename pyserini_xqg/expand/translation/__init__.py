"""Translations by models that do nothing else."""
