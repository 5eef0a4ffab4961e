"""Topics to the folder that Pyserini's ``--encoded-queries`` reads."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import OutputError
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.input.topics import read_topics

EMBEDDING = "embedding.pkl"


def encode_queries(topics: list[Path], encoder: Encoder, output: Path) -> int:
    """Write ``embedding.pkl``: a pandas frame of id, text and embedding, which Pyserini looks up by text.

    :param topics: TSV files; a text that is in several is encoded once.
    :returns: the number of topics.
    :raises InputError: with file and line, for a bad topic.
    :raises OutputError: ``output`` holds something else.
    """
    import pandas

    if output.exists() and (not output.is_dir() or any(entry.name != EMBEDDING for entry in output.iterdir())):
        raise OutputError(
            f"{output} is there already and holds something else than encoded queries; choose another --output"
        )
    ids_and_texts = [(topic.qid, topic.text) for path in topics for topic in read_topics(path)]
    by_text = {text: qid for qid, text in reversed(ids_and_texts)}
    texts = list(dict.fromkeys(text for _, text in ids_and_texts))
    embeddings = encoder.encode(texts, Side.QUERY)
    frame = pandas.DataFrame({"id": [by_text[text] for text in texts], "text": texts, "embedding": list(embeddings)})
    output.mkdir(parents=True, exist_ok=True)
    with replacing(output / EMBEDDING) as partial, partial.open("wb") as stream:
        frame.to_pickle(stream)
    return len(ids_and_texts)
