"""Figures on LoCoMo from elsewhere."""

from __future__ import annotations

CATEGORIES = ("single-hop", "multi-hop", "temporal", "open-domain", "adversarial")
"""In the order of the paper's tables."""
PAPER = {
    5: (68.0, 35.4, 70.4, 33.1, 43.9, 56.7),
    10: (77.7, 46.6, 77.3, 40.8, 54.7, 66.2),
    25: (87.1, 62.5, 83.5, 52.6, 66.3, 76.7),
    50: (91.1, 73.0, 89.6, 61.7, 72.5, 82.7),
}
"""k -> recall of the paper's own retriever over turns, in percent: the categories, then all questions (Maharana et al.
2024).
"""
PROTOTYPE = {
    (True, "BM25"): (0.514, 0.598, 0.462),
    (True, "dense"): (0.398, 0.493, 0.349),
    (True, "dense, text alone"): (0.202, 0.284, 0.178),
    (False, "BM25"): (0.483, 0.549, 0.436),
    (False, "dense"): (0.388, 0.477, 0.339),
}
"""(own conversation alone, system) -> R@5, R@10, nDCG@10 of a prototype that was written apart from this package."""
