"""Public data sets turned into corpora, topics and qrels, a file each. A new one is a file here and its name below;
everything else asks the registry.
"""

from importlib import import_module

MEMBERS = ("xquad", "afriqa", "locomo.build", "xor_retrieve", "xor_tydi", "ciral", "miracl", "libreoffice.build")
"""The files in the order in which help and messages name their data sets."""

for _name in MEMBERS:
    import_module(f"{__name__}.{_name}")
