"""Plots: those of a page, and those that lie in files of their own."""
