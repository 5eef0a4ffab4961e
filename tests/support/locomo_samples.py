"""A small conversation in LoCoMo's two public shapes, and the archive's conversations in the shape of
``locomo10.json``.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any


def small() -> dict[str, Any]:
    """Two sessions in the archive's shape. Each call gives a fresh one, to be spoilt."""
    return {
        "speaker_a": "Ann",
        "speaker_b": "Bo",
        "session_1_date_time": "1:00 pm on 1 May, 2023",
        "session_1": [
            {"speaker": "Ann", "dia_id": "D1:1", "text": "I bought a\tboat."},
            {
                "speaker": "Bo",
                "dia_id": "D1:2",
                "text": "Look at this.",
                "blip_caption": "a photo of a cat",
                "img_url": ["x"],
                "query": "cat",
            },
        ],
        "session_1_observation": {
            "Ann": [["Ann owns a boat.", "D1:1"]],
            "Bo": [["Bo has a cat and asks.", ["D1:2", "D2:1"]]],
        },
        "session_1_summary": "Ann and Bo talk about a boat.",
        "session_2_date_time": "2:00 pm on 2 May, 2023",
        "session_2": [
            {"speaker": "Bo", "dia_id": "D2:1", "text": "Where is the boat?"},
            {"speaker": "Ann", "dia_id": "D2:2", "text": "In Turku."},
        ],
        "session_2_observation": {"Ann": [["Ann's boat is in Turku.", "D2:2, D1:1"]]},
        "session_2_summary": "The boat is in Turku.",
        "session_3_date_time": "3:00 pm on 3 May, 2023",
        "events_session_1": {"date": "1 May, 2023"},
        "qa": [
            {"question": "Who has a boat in Turku?", "answer": "Ann", "evidence": ["D1:1; D2:2"], "category": 1},
            {"question": "What does Bo show?", "answer": "a cat", "evidence": ["D1:02"], "category": 4},
            {"question": "Is Ann rich?", "answer": "Perhaps", "evidence": [], "category": 3},
            {
                "question": "Where is Bo's boat?",
                "adversarial_answer": "In Turku",
                "evidence": ["D:2:2", "D9:9", "D"],
                "category": 5,
            },
        ],
    }


def nested(name: str, flat: dict[str, Any]) -> dict[str, Any]:
    """The archive's shape as an element of ``locomo10.json``."""
    parts: dict[str, dict[str, Any]] = {
        "conversation": {},
        "observation": {},
        "session_summary": {},
        "event_summary": {},
    }
    for key, value in flat.items():
        where = (
            "observation"
            if key.endswith("_observation")
            else "session_summary"
            if key.endswith("_summary")
            else "conversation"
        )
        if key != "qa":
            parts["event_summary" if key.startswith("events_") else where][key] = value
    return {"qa": flat["qa"], **parts, "sample_id": name}


def as_list(archive: Path) -> list[dict[str, Any]]:
    """The conversations of the public archive as ``locomo10.json`` has them."""
    with zipfile.ZipFile(archive) as opened:
        names = sorted(name for name in opened.namelist() if name.endswith(".json"))
        return [nested(f"conv-{Path(name).stem}", json.loads(opened.read(name))) for name in names]
