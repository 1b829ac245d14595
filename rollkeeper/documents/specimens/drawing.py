# SPDX-License-Identifier: EUPL-1.2
"""Draws specimens in millimetres, and records what is printed on each and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from PIL import Image, ImageDraw, ImageFont

from rollkeeper.documents.specimens.fonts import Typeface, font
from rollkeeper.documents.specimens.people import Invented, invent
from rollkeeper.documents.specimens.zones import STATE, zone_of

PIXELS_PER_MM = 12
_INK, _FAINT, _MARK = (25, 25, 40), (120, 130, 150), (200, 40, 40)
_MRZ_PITCH_MM, _MRZ_LEADING_MM = 2.54, 5.6

type Box = tuple[int, int, int, int]


class Kind(StrEnum):
    """The kinds of specimens."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity-card"
    IDENTITY_CARD_LARGE = "identity-card-large"
    VISA = "visa"
    VISA_SMALL = "visa-small"
    CARD_FRONT = "cn-card-front"
    CARD_BACK = "cn-card-back"


SHAPES: Mapping[Kind, tuple[str, tuple[float, float]]] = {
    Kind.PASSPORT: ("TD3", (125, 88)),
    Kind.IDENTITY_CARD: ("TD1", (85.6, 54)),
    Kind.IDENTITY_CARD_LARGE: ("TD2", (105, 74)),
    Kind.VISA: ("MRV-A", (120, 80)),
    Kind.VISA_SMALL: ("MRV-B", (105, 74)),
}


@dataclass(frozen=True)
class Specimen:
    """A picture and the truth about it."""

    kind: Kind
    image: Image.Image
    printed: Mapping[str, str]
    """Its printed text, by field; the lines of the zone are `zone`."""
    boxes: Mapping[str, Box]


@dataclass
class _Sheet:
    """A blank document that remembers what was written where."""

    width_mm: float
    height_mm: float
    tint: tuple[int, int, int]
    printed: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = (round(self.width_mm * PIXELS_PER_MM), round(self.height_mm * PIXELS_PER_MM))
        self.image = Image.new("RGB", size, self.tint)
        self.draw = ImageDraw.Draw(self.image)

    def write(
        self, text: str, at: tuple[float, float], *, mm: float, typeface: Typeface = Typeface.LATIN, name: str = "",
        ink: tuple[int, int, int] = _INK,
    ) -> None:  # fmt: skip
        """Write text with its upper left corner at a place in millimetres, and remember a named field."""
        place = (round(at[0] * PIXELS_PER_MM), round(at[1] * PIXELS_PER_MM))
        glyphs = font(typeface, round(mm * PIXELS_PER_MM))
        self.draw.text(place, text, font=glyphs, fill=ink)
        if name:
            self._remember(name, text, self.draw.textbbox(place, text, font=glyphs))

    def write_zone(self, lines: tuple[str, ...], *, bottom_mm: float = 4.5) -> None:
        """Write a zone, each character at its exact position."""
        glyphs = _at_pitch(round(_MRZ_PITCH_MM * PIXELS_PER_MM))
        left = (self.width_mm - len(lines[0]) * _MRZ_PITCH_MM) / 2
        for row, line in enumerate(lines):
            top = self.height_mm - bottom_mm - (len(lines) - row) * _MRZ_LEADING_MM
            for place, character in enumerate(line):
                at = ((left + place * _MRZ_PITCH_MM) * PIXELS_PER_MM, top * PIXELS_PER_MM)
                self.draw.text(at, character, font=glyphs, fill=_INK)
        self.printed["zone"] = "\n".join(lines)

    def portrait(self, left: float, top: float, width: float, height: float) -> None:
        """Draw a portrait of no real person."""
        scale = PIXELS_PER_MM
        box = (
            round(left * scale),
            round(top * scale),
            round((left + width) * scale),
            round((top + height) * scale),
        )
        self.draw.rectangle(box, fill=(214, 220, 228))
        middle, eye = (box[0] + box[2]) // 2, box[1] + (box[3] - box[1]) * 2 // 5
        radius = (box[2] - box[0]) // 4
        self.draw.ellipse(
            (middle - radius, eye - radius, middle + radius, eye + radius), fill=(150, 158, 172)
        )
        self.draw.ellipse(
            (middle - 2 * radius, eye + radius, middle + 2 * radius, box[3] + 2 * radius),
            fill=(150, 158, 172),
        )
        self.draw.rectangle((box[0], box[3], box[2], box[3] + 2 * radius), fill=self.tint)
        glyphs = font(Typeface.BOLD, (box[2] - box[0]) // 7)
        self.draw.text(
            (middle, box[3] - radius // 2), "NOBODY", font=glyphs, fill=(250, 250, 252), anchor="mm"
        )
        self.boxes["portrait"], self.printed["portrait"] = box, "NOBODY"

    def mark(self) -> None:
        """Write SPECIMEN across it."""
        ink = Image.new("L", self.image.size)
        ImageDraw.Draw(ink).text(
            (self.image.width // 2, self.image.height // 2),
            "SPECIMEN",
            font=font(Typeface.BOLD, self.image.height // 9),
            fill=40,
            anchor="mm",
        )
        self.image.paste(_MARK, mask=ink.rotate(24, resample=Image.Resampling.BICUBIC))

    def _remember(self, name: str, text: str, box: tuple[float, float, float, float]) -> None:
        known = self.boxes.get(name)
        fresh: Box = (int(box[0]), int(box[1]), int(box[2]) + 1, int(box[3]) + 1)
        self.boxes[name] = (
            (
                min(known[0], fresh[0]),
                min(known[1], fresh[1]),
                max(known[2], fresh[2]),
                max(known[3], fresh[3]),
            )
            if known
            else fresh
        )
        self.printed[name] = self.printed.get(name, "") + text


def make_specimen(kind: Kind, *, seed: int) -> Specimen:
    """Draw the specimen of the person of this seed. Refuses: FONT_MISSING."""
    person = invent(seed)
    if kind is Kind.CARD_FRONT:
        sheet = _card_front(person, bilingual=seed % 3 == 0)
    elif kind is Kind.CARD_BACK:
        sheet = _card_back(person)
    else:
        sheet = _travel_document(kind, person)
    return Specimen(kind, sheet.image, sheet.printed, sheet.boxes)


def _travel_document(kind: Kind, person: Invented) -> _Sheet:
    shape, (width, height) = SHAPES[kind]
    sheet = _Sheet(width, height, (232, 240, 236))
    titles = {"TD3": "PASSPORT", "MRV-A": "VISA", "MRV-B": "VISA"}
    sheet.write(
        f"UTOPIA   {titles.get(shape, 'IDENTITY CARD')}   SPECIMEN", (4, 2.2), mm=3.4, typeface=Typeface.BOLD
    )
    lines = zone_of(shape, person)
    room = height - 13 - len(lines) * _MRZ_LEADING_MM
    sheet.portrait(4, 8, room * 0.62, room * 0.8)
    fields = [
        ("Document No.", "number", person.number), ("Surname", "surname", person.surname),
        ("Given names", "given", person.given or "-"), ("Nationality", "nationality", "UTOPIAN"),
        ("Date of birth", "born", f"{person.born:%d %b %Y}".upper()), ("Sex", "sex", person.sex),
        ("Date of expiry", "expires", f"{person.expires:%d %b %Y}".upper()),
        ("Personal No.", "personal_number", person.personal_number),
    ]  # fmt: skip
    step = room / 4
    for place, (label, name, value) in enumerate(fields):
        left = room * 0.62 + 8 + (place % 2) * (width - room * 0.62 - 8) / 2
        top = 7.4 + (place // 2) * step
        sheet.write(label, (left, top), mm=min(1.9, step * 0.3), ink=_FAINT)
        sheet.write(value, (left, top + min(2.2, step * 0.34)), mm=min(3.0, step * 0.48), name=name)
    sheet.write(
        person.given.title() or "X",
        (4.5, 8 + room * 0.81),
        mm=min(2.4, room * 0.1),
        typeface=Typeface.SCRIPT,
        name="signature",
        ink=(40, 40, 120),
    )
    sheet.mark()
    sheet.write_zone(lines)
    sheet.printed["state"] = STATE
    return sheet


def _card_front(person: Invented, *, bilingual: bool) -> _Sheet:
    sheet = _Sheet(85.6, 54, (224, 236, 240))
    sheet.portrait(58, 9, 23, 29)
    rows = [
        (6.2, "姓名", "མིང་།", person.name, "name", 15.5), (13.2, "性别", "ཕོ་མོ།", "女" if person.sex == "F" else "男", "sex", 15.5),
        (20.2, "出生", "སྐྱེས་ཚེས།", f"{person.born.year} 年 {person.born.month} 月 {person.born.day} 日", "born", 15.5),
        (27.2, "住址", "སྡོད་གནས།", "", "", 0),
    ]  # fmt: skip
    for top, label, tibetan, value, name, left in rows:
        sheet.write(label, (5, top), mm=2.9, typeface=Typeface.HAN, ink=(60, 110, 160))
        if bilingual:
            sheet.write(tibetan, (5, top - 2.6), mm=2.0, typeface=Typeface.TIBETAN, ink=(60, 110, 160))
        if name:
            sheet.write(
                value, (left, top), mm=3.1 if name != "name" else 3.6, typeface=Typeface.HAN, name=name
            )
    sheet.write("民族", (24, 13.2), mm=2.9, typeface=Typeface.HAN, ink=(60, 110, 160))
    sheet.write(person.people, (33, 13.2), mm=3.1, typeface=Typeface.HAN, name="people")
    for row in range(0, len(person.address), 11):
        sheet.write(
            person.address[row : row + 11],
            (15.5, 27.2 + row / 11 * 4.6),
            mm=3.1,
            typeface=Typeface.HAN,
            name="address",
        )
    sheet.write("公民身份号码", (5, 45.2), mm=2.9, typeface=Typeface.HAN, ink=(60, 110, 160))
    sheet.write(person.card_number, (28, 44.6), mm=3.9, typeface=Typeface.DIGITS, name="number")
    sheet.write("样本 SPECIMEN", (58, 40), mm=2.6, typeface=Typeface.HAN, ink=_MARK)
    sheet.mark()
    return sheet


def _card_back(person: Invented) -> _Sheet:
    sheet = _Sheet(85.6, 54, (228, 238, 240))
    sheet.write("样本", (7, 7), mm=9, typeface=Typeface.HAN, ink=_MARK)
    sheet.write("无名共和国", (32, 8), mm=5.2, typeface=Typeface.HAN)
    sheet.write("居民身份证", (31, 16), mm=7.4, typeface=Typeface.HAN)
    sheet.write("签发机关", (17, 38), mm=2.9, typeface=Typeface.HAN)
    sheet.write(person.authority, (33, 37.8), mm=3.1, typeface=Typeface.HAN, name="authority")
    sheet.write("有效期限", (17, 45), mm=2.9, typeface=Typeface.HAN)
    sheet.write(
        f"{person.issued:%Y.%m.%d}-{person.expires:%Y.%m.%d}",
        (33, 44.8),
        mm=3.1,
        typeface=Typeface.HAN,
        name="valid",
    )
    sheet.mark()
    return sheet


def _at_pitch(pitch: int) -> ImageFont.FreeTypeFont:
    """Return OCR-B in the size in which a character is as wide as the pitch."""
    probe = font(Typeface.ZONE, 100)
    return font(Typeface.ZONE, round(100 * pitch / probe.getlength("0")))
