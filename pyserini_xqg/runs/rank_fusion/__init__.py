"""Several rankings of passages into one.

One file a method (:mod:`rrf`, :mod:`interpolation`), which says everything that is particular to it as a
:class:`~pyserini_xqg.runs.rank_fusion.method.RankFusionMethod`; :mod:`registry` lists them, and whoever needs to know
asks there. A new one is a file like these, its name in the registry's list, a test, and a line in docs/hybrid.md.
"""
