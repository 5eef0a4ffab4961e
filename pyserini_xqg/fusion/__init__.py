"""How passages and their queries' vectors become what is indexed.

One file a fusion (:mod:`sum`, :mod:`mean`, :mod:`views`), which says everything that is particular to it as a
:class:`~pyserini_xqg.fusion.fusion.Fusion`; :mod:`registry` lists them, and whoever needs to know asks there. A new one
is a file like these, its name in the registry's list, a test, and a line in README's table.
"""
