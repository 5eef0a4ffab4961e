"""The built-in sentences: what an export must embed as the original does, in more than two dozen scripts.

Three plain sentences a language (a fact, a question, a report), then the texts that break tokenizers and graphs:
nothing at all, far too long, combining marks, writing from right to left, emoji, literal special tokens. Written for
this project.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with the ISO 15924 code of its script; ``Zyyy`` stands for none in particular."""

    script: str
    text: str


_PLAIN: tuple[tuple[str, str], ...] = (
    ("Latn", "Water boils at one hundred degrees at sea level."),
    ("Latn", "When was the first university in this city founded?"),
    ("Latn", "The old bridge was closed on Monday because the river had risen."),
    ("Latn", "El agua hierve a cien grados al nivel del mar."),
    ("Latn", "¿Cuándo se fundó la primera universidad de esta ciudad?"),
    ("Latn", "Maji huchemka kwa nyuzi joto mia moja."),
    ("Latn", "Chuo kikuu cha kwanza katika mji huu kilianzishwa lini?"),
    ("Latn", "Ìgbà wo ni wọ́n dá yunifásítì àkọ́kọ́ sílẹ̀ ní ìlú yìí?"),
    ("Latn", "Cây cầu cũ đã bị đóng vào thứ Hai vì nước sông dâng cao."),
    ("Latn", "İstanbul'da ilk üniversite ne zaman kuruldu?"),
    ("Latn", "Vanha silta suljettiin maanantaina, koska joki tulvi."),
    ("Cyrl", "Вода кипит при ста градусах на уровне моря."),
    ("Cyrl", "Когда был основан первый университет в этом городе?"),
    ("Cyrl", "Старий міст закрили в понеділок, бо річка вийшла з берегів."),
    ("Grek", "Το νερό βράζει στους εκατό βαθμούς."),
    ("Grek", "Πότε ιδρύθηκε το πρώτο πανεπιστήμιο σε αυτή την πόλη;"),
    ("Arab", "يغلي الماء عند مئة درجة مئوية."),
    ("Arab", "متى تأسست أول جامعة في هذه المدينة؟"),
    ("Arab", "پل قدیمی روز دوشنبه بسته شد چون رودخانه بالا آمده بود."),
    ("Arab", "اس شہر میں پہلی یونیورسٹی کب قائم ہوئی؟"),
    ("Hebr", "המים רותחים במאה מעלות."),
    ("Hebr", "מתי נוסדה האוניברסיטה הראשונה בעיר הזאת?"),
    ("Deva", "पानी सौ डिग्री पर उबलता है।"),
    ("Deva", "इस शहर में पहला विश्वविद्यालय कब स्थापित हुआ था?"),
    ("Beng", "জল একশো ডিগ্রিতে ফোটে।"),
    ("Beng", "এই শহরে প্রথম বিশ্ববিদ্যালয় কবে প্রতিষ্ঠিত হয়েছিল?"),
    ("Telu", "నీరు వంద డిగ్రీల వద్ద మరుగుతుంది."),
    ("Telu", "ఈ నగరంలో మొదటి విశ్వవిద్యాలయం ఎప్పుడు స్థాపించబడింది?"),
    ("Taml", "தண்ணீர் நூறு டிகிரியில் கொதிக்கிறது."),
    ("Taml", "இந்த நகரத்தில் முதல் பல்கலைக்கழகம் எப்போது நிறுவப்பட்டது?"),
    ("Knda", "ಈ ನಗರದಲ್ಲಿ ಮೊದಲ ವಿಶ್ವವಿದ್ಯಾಲಯ ಯಾವಾಗ ಸ್ಥಾಪನೆಯಾಯಿತು?"),
    ("Mlym", "വെള്ളം നൂറു ഡിഗ്രിയിൽ തിളയ്ക്കുന്നു."),
    ("Gujr", "પાણી સો ડિગ્રી પર ઉકળે છે."),
    ("Guru", "ਪਾਣੀ ਸੌ ਡਿਗਰੀ ਉੱਤੇ ਉਬਲਦਾ ਹੈ।"),
    ("Sinh", "ජලය අංශක සියයකදී නටයි."),
    ("Thai", "น้ำเดือดที่หนึ่งร้อยองศา"),
    ("Thai", "มหาวิทยาลัยแห่งแรกในเมืองนี้ก่อตั้งขึ้นเมื่อใด"),
    ("Laoo", "ນ້ຳຟົດທີ່ໜຶ່ງຮ້ອຍອົງສາ"),
    ("Khmr", "ទឹកពុះនៅមួយរយអង្សា។"),
    ("Mymr", "ရေသည် တစ်ရာဒီဂရီတွင် ဆူသည်။"),
    ("Hans", "水在海平面一百度时沸腾。"),
    ("Hans", "这座城市的第一所大学是什么时候建立的？"),
    ("Hant", "因為河水上漲，舊橋在星期一關閉了。"),
    ("Jpan", "水は海面では百度で沸騰する。"),
    ("Jpan", "この町で最初の大学はいつ設立されましたか。"),
    ("Hang", "물은 백 도에서 끓는다."),
    ("Hang", "이 도시의 첫 대학은 언제 설립되었습니까?"),
    ("Geor", "წყალი ას გრადუსზე დუღს."),
    ("Geor", "როდის დაარსდა პირველი უნივერსიტეტი ამ ქალაქში?"),
    ("Armn", "Ե՞րբ է հիմնադրվել այս քաղաքի առաջին համալսարանը։"),
    ("Ethi", "ውሃ በመቶ ዲግሪ ይፈላል።"),
    ("Ethi", "በዚህ ከተማ የመጀመሪያው ዩኒቨርሲቲ መቼ ተመሠረተ?"),
)

_ODD: tuple[tuple[str, str], ...] = (
    ("Zyyy", ""),
    ("Zyyy", " \t\n\u3000 "),
    ("Zyyy", "?"),
    ("Zyyy", "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🇰🇪 👍🏽"),
    ("Zyyy", "3.14159 × 10⁻² ≈ ½ ﬁ ㎞ Ⅷ"),
    ("Zyyy", "[CLS] [PAD] [SEP] <s> <pad> </s> <mask>"),
    ("Latn", "Zoe\u0308 A\u030angstro\u0308m und Ǵ̷̢l̶̛i̸t̵c̴h̵: e\u0301e\u0301e\u0301"),
    ("Latn", "  many   spaces, a tab\tand a line\nend, and one more  "),
    ("Latn", "https://example.org/search?q=caf%C3%A9&lang=fr#top"),
    ("Latn", "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle" * 3),
    ("Hebr", "בְּרֵאשִׁית הָיָה הַדָּבָר \u200fabc\u200e 123"),
    ("Arab", "العَرَبِيَّةُ \u202bnested English 2024\u202c نص"),
    ("Arab", "می\u200cخواهم کتاب‌ها را بخوانم"),
    ("Deva", "क्\u200dष क्ष हिन्\u200dदी"),
    ("Hang", "한국어"),
    ("Xsux", "𒀭𒈹 𒂗𒆤"),
)

_TOO_LONG: tuple[tuple[str, str], ...] = (
    ("Latn", " ".join(text for script, text in _PLAIN if script == "Latn") + " and so on" * 400),
    ("Hans", "水在海平面一百度时沸腾。" * 120),
)

SENTENCES: tuple[Sentence, ...] = tuple(Sentence(script, text) for script, text in (*_PLAIN, *_ODD, *_TOO_LONG))
"""All of them; the last two are longer than any encoder takes."""

SCRIPTS: int = len({sentence.script for sentence in SENTENCES} - {"Zyyy"})
"""How many scripts they are written in."""
