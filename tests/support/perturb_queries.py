"""Queries for the tests: real ones where there are any at hand, for every other language of the table a few written for
these tests.
"""

from __future__ import annotations

import json
from pathlib import Path

from pyserini_xqg.languages import LANGUAGES, language

INVENTED = {
    "am": ["የኢትዮጵያ ዋና ከተማ ማን ይባላል?", "የአባይ ወንዝ ርዝመት ስንት ነው?", "አፄ ምኒልክ መቼ ነገሡ?"],
    "da": [
        "Hvornår blev København Danmarks hovedstad?",
        "Hvor høj er Himmelbjerget?",
        "Hvem skrev æventyret om den grimme ælling?",
    ],
    "fa": [
        "پایتخت ایران کدام شهر است؟",
        "شاهنامه را چه کسی سروده است؟",
        "بلندترین کوه ایران چه نام دارد و کجا می‌توان آن را دید؟",
    ],
    "fr": [
        "Quelle est la hauteur de la tour Eiffel ?",
        "Où coule la Garonne ?",
        "Qui a écrit les Misérables à Guernesey ?",
    ],
    "he": ["מהי בירת צרפת?", "מי כתב את ההמנון הלאומי?", "כמה תושבים יש בירושלים?"],
    "hu": ["Mikor épült a budapesti Lánchíd?", "Melyik Magyarország legnagyobb tava?", "Ki fedezte fel a C-vitamint?"],
    "id": ["Siapa presiden pertama Indonesia?", "Di mana letak candi Borobudur?", "Berapa tinggi gunung Semeru?"],
    "it": [
        "Quando fu fondata l'università di Bologna?",
        "Chi dipinse la Gioconda?",
        "Perché è così famosa la città di Pompei?",
    ],
    "ka": ["რომელია საქართველოს დედაქალაქი?", "ვინ დაწერა ვეფხისტყაოსანი?", "რამდენია მყინვარწვერის სიმაღლე?"],
    "nl": ["Wanneer werd Rembrandt geboren?", "Hoe hoog is de Vaalserberg?", "Welke rivier stroomt door Rotterdam?"],
    "no": ["Når ble Norge selvstendig?", "Hvilket fjell er høyest i Norge?", "Hvem skrev Et dukkehjem på æresplassen?"],
    "pl": [
        "Kiedy zbudowano zamek w Malborku?",
        "Która rzeka jest najdłuższa w Polsce?",
        "Kto napisał powieść Źdźbło trawy?",
    ],
    "pt": [
        "Quem descobriu o caminho marítimo para a Índia?",
        "Quantos habitantes tem São Paulo?",
        "Onde nasce o rio Tejo?",
    ],
    "ro": [
        "Care este capitala României?",
        "Cine a scris poezia Luceafărul?",
        "Ce înălțime are vârful Moldoveanu și țara în care se află?",
    ],
    "so": ["Waa maxay caasimadda Soomaaliya?", "Goorma ayuu dhashay madaxweynaha?", "Webiga ugu dheer waa kee?"],
    "sv": [
        "När grundades Uppsala universitet?",
        "Vilken är Sveriges största sjö?",
        "Vem skrev Röda rummet och åkte över Öresund?",
    ],
    "ta": ["இந்தியாவின் தலைநகரம் எது?", "திருக்குறளை எழுதியவர் யார்?", "தஞ்சை பெரிய கோயில் எப்போது கட்டப்பட்டது?"],
    "th": ["ใครเป็นผู้แต่งพระอภัยมณี", "แม่น้ำเจ้าพระยายาวกี่กิโลเมตร", "กรุงเทพมหานครก่อตั้งเมื่อปีใด"],
    "tr": [
        "İstanbul Boğazı'nın uzunluğu kaç kilometredir?",
        "Ayasofya'yı kim yaptırdı?",
        "Türkiye'nin en büyük gölü hangisidir?",
    ],
    "uk": [
        "Яка річка найдовша в Україні?",
        "Хто написав поему Енеїда?",
        "Коли ґрунтовно відбудували Київ і його п'ять мостів?",
    ],
    "ur": ["پاکستان کا دارالحکومت کون سا ہے؟", "بانگِ درا کس نے لکھی؟", "دنیا کی سب سے بڑی جھیل کہاں ہے؟"],
    "vi": ["Thủ đô của Việt Nam là thành phố nào?", "Ai viết Truyện Kiều?", "Sông Hồng dài bao nhiêu ki-lô-mét?"],
    "wo": [
        "Kan mooy njiitu réewu Senegaal?",
        "Ban at la Senegaal jot moom sa bopp?",
        "Ñaata ñoo dëkk Ndakaaru ak ŋaari?",
    ],
    "yo": ["Ta ni ó jẹ́ olùdásílẹ̀ ilé iṣẹ́ náà?", "Níbo ni wọ́n bí Wọlé Ṣóyínká sí?", "Kí ni orúkọ olú-ìlú Nàìjíríà?"],
    "zu": [
        "Ngubani umongameli wokuqala waseNingizimu Afrika?",
        "Iyini inhlokodolobha yaseNingizimu Afrika?",
        "Iyiphi intaba ende kunazo zonke?",
    ],
}


def real_queries(data: Path, most: int) -> dict[str, list[str]]:
    """The first questions of XQuAD, AfriQA and XOR-Retrieve by language."""
    found: dict[str, list[str]] = {}
    for path in sorted((data / "xquad").glob("xquad.*.json")):
        articles = json.loads(path.read_text())["data"]
        found[path.name.split(".")[1]] = [
            ask["question"] for article in articles for part in article["paragraphs"] for ask in part["qas"]
        ]
    for path in sorted((data / "afriqa").glob("*.json")):
        records = map(json.loads, path.read_text().splitlines())
        found.setdefault(language(path.name.split(".")[2]).code, []).extend(
            record["question_lang"] for record in records
        )
    for line in (data / "xor_retrieve" / "xor_dev_retrieve_eng_span_v1_1.jsonl").read_text().splitlines():
        record = json.loads(line)
        found.setdefault(record["lang"], []).append(record["question"])
    return {code: [text for text in texts if isinstance(text, str)][-most:] for code, texts in found.items()}


def all_queries(data: Path, most: int) -> dict[str, list[str]]:
    """Queries in every language of the table."""
    found = {**INVENTED, **real_queries(data, most)}
    assert set(found) == set(LANGUAGES)
    return found
