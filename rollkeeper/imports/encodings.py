# SPDX-License-Identifier: EUPL-1.2
"""Finds the encoding of a text file.

UTF-8 proves itself and is tested on the whole file. Chinese exports in GB18030 are recognised by their own marks before any
general detector is asked: general detectors take short Chinese text for Korean or Big5. Everything else is the guess of
`charset-normalizer`, which the map can overrule.
"""

import codecs
import re
from typing import Final

import charset_normalizer

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Scripts of China that GB18030 writes in four bytes, and CJK punctuation and full-width forms.
_AT_HOME_IN_GB18030 = re.compile(
    "[\u0f00-\u0fff\u0600-\u06ff\u1800-\u18af\ua000-\ua4cf\u3000-\u303f\uff00-\uffef]"
)
# Tried before the general detector, which cannot tell these from similar encodings if a file has only a few names.
_FAMILIES: Final = (
    (
        "cp1252",
        re.compile("[àáâãäåæçèéêëìíîïñòóôõöøùúûüœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ’‘“”„–—«»¡¿€£°ºª·\xa0]+"),
    ),
    ("cp1251", re.compile("[а-яёА-ЯЁ№«»—–\xa0]+")),
)
# The encodings of exports. A general detector also knows obsolete encodings, and takes a short file of names for one of these.
_LIVING: Final = (
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "cp932", "cp949", "big5",
    "big5hkscs", "gb18030", "euc_jp", "koi8_r", "koi8_u", "cp437", "cp850", "cp852", "cp866", "mac_roman", "iso8859_2",
    "iso8859_5", "iso8859_7", "iso8859_9",
)  # fmt: skip
SAMPLE_BYTES = 256 * 1024


def encoding_by_bom(head: bytes) -> str | None:
    """Return the encoding that the first bytes state by a byte order mark, or that their zero bytes show."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    pairs = len(head) // 2
    if pairs >= 4 and head[1::2].count(0) > 0.4 * pairs > 10 * head[0::2].count(0):
        return "utf-16-le"
    if pairs >= 4 and head[0::2].count(0) > 0.4 * pairs > 10 * head[1::2].count(0):
        return "utf-16-be"
    return None


def guess(sample: bytes) -> str:
    """Return the likely encoding of whole lines with bytes above 127, if not all of them are UTF-8."""
    lines = sample.splitlines()
    if sum(_decodes(line, "utf-8") for line in lines) > 0.5 * len(lines):
        return "utf-8"
    if _is_gb18030(sample):
        return "gb18030"
    for name, letters in _FAMILIES:
        if _is_family(sample, name, letters):
            return name
    best = charset_normalizer.from_bytes(sample, cp_isolation=list(_LIVING)).best()
    return best.encoding if best and _decodes(sample, best.encoding) else "latin-1"


def _is_gb18030(sample: bytes) -> bool:
    """Tell Chinese text from accented Latin letters, which GB18030 can often decode too, into rare characters."""
    try:
        text = codecs.getincrementaldecoder("gb18030")("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    foreign = [c for c in text if c > "\x7f"]
    at_home = sum(1 for c in foreign if _AT_HOME_IN_GB18030.match(c) or _is_common(c))
    return bool(foreign) and at_home >= 0.6 * len(foreign)


def _is_family(sample: bytes, name: str, letters: re.Pattern[str]) -> bool:
    """Tell whether every foreign character is one of the family's letters, mostly small ones.

    Western letters occur alone among plain letters, Cyrillic letters in runs; otherwise it is another script.
    """
    if not _decodes(sample, name):
        return False
    runs = re.findall("[^\x00-\x7f]+", sample.decode(name))
    joined = "".join(runs)
    small = sum(c.islower() for c in joined) >= sum(c.isupper() for c in joined)
    alone = len(joined) <= 1.5 * len(runs)
    return small and alone is (name == "cp1252") and all(map(letters.fullmatch, runs))


def _is_common(character: str) -> bool:
    """Tell a character of the first level of GB 2312: the 3,755 that make up almost all Chinese text."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= code[0] <= 0xD7


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


class Utf8Validator:
    """Reads bytes as they pass and says in the end whether they were UTF-8, keeping samples of lines if not."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._samples: list[bytes] = []
        self._kept = 0
        self._rest = b""
        self.is_utf8 = True

    def feed(self, data: bytes) -> None:
        """Look at the next bytes."""
        if self.is_utf8:
            try:
                self._decoder.decode(data)
            except UnicodeDecodeError:
                self.is_utf8 = False
        if data.isascii() and self._rest.isascii():
            self._rest = data[max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 :][:SAMPLE_BYTES]
        elif self._kept < SAMPLE_BYTES:
            self._keep(self._cut(data))

    def encoding(self) -> str:
        """Return the name of the encoding."""
        if self.is_utf8:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self.is_utf8 = False
        self._keep([self._rest])
        return "utf-8" if self.is_utf8 else guess(b"".join(self._samples))

    def _cut(self, data: bytes) -> list[bytes]:
        """Return whole lines: their starts are where multi-byte characters are known to begin."""
        *lines, rest = (self._rest + data).splitlines(keepends=True) or [b""]
        self._rest = rest[:SAMPLE_BYTES]
        return lines

    def _keep(self, lines: list[bytes]) -> None:
        for line in lines:
            if self._kept < SAMPLE_BYTES and not line.isascii():
                self._samples.append(line)
                self._kept += len(line)
