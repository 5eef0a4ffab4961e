"""The measures, a file each, in the manner of ir_measures: what one is, how it is written, what it is computed from,
and how it scores. A new one is a file here and its name below; everything else asks the registry.
"""

from importlib import import_module

MEMBERS = ("recall", "reciprocal_rank", "ndcg", "success", "token_recall", "locomo_recall")
"""The files in the order in which help and messages name their measures."""

for _name in MEMBERS:
    import_module(f"{__name__}.{_name}")
