"""Variations of queries: misspellings, keywords, word order, other scripts, paraphrases; each with whether it kept its
meaning.

In training: :func:`pyserini_xqg.perturb.edits.misspell.misspell`. For attacks:
:func:`pyserini_xqg.perturb.candidates.candidates` and
:func:`pyserini_xqg.perturb.paraphrase.meaning.similarities`.
"""
