# SPDX-License-Identifier: EUPL-1.2
"""Letters, by the operator's own program, which prints and posts. Addresses go through a pipe and touch no disk of ours.

    PROGRAM print NAME    in: one PDF of up to so many letters, a cover sheet of counts first    ends with 0: it has them

Each letter is one sheet: the address in the position of the envelope's window, the text in the subscriber's language (a short
text in each language, if none was named), and below a slip to tear off. The envelope shows the letter's *reference*; the slip,
which only a person who opened the letter has seen, has the reference and six more characters. A returned envelope is a bounce, a
slip is proof of delivery:

    reference = 12 signs of Crockford's base32 out of the attempt's random bits       in the window
    slip      = reference and 6 signs of HMAC-SHA256(secret, reference)               on the slip, and in its square

The secret is the one of the return addresses (`verp.py`). The slip contains no personal data.
"""

import hashlib
import hmac
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.accepted_languages import spoken_here
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.errors import FontsMissing
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.gateways.base import Answer, Message, SubmissionResult
from rollkeeper.notices.settings import settings
from rollkeeper.notices.verp import return_secret

_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("OIL", "011")
_REFERENCE_SIGNS, _MAC_SIGNS = 12, 6
_MOST_LINES: Final = 7
"""The lines that fit in the window of an envelope."""


class LetterGateway:
    """The gateway to the program."""

    rings = False

    def __init__(
        self,
        program: str,
        *,
        operator: str,
        languages: Sequence[str],
        secret: bytes,
        returns_to: Sequence[str] = (),
        batch_size: int = 200,
        patience_s: float = 120,
    ) -> None:
        self._program, self._operator, self._languages = program, operator, list(languages)
        self._secret, self._returns_to = secret, list(returns_to)
        self._patience_s, self.batch_size = patience_s, batch_size

    @classmethod
    def of_this_instance(cls) -> "LetterGateway":
        """Return the program that the settings name."""
        chosen, here = settings(), instance()
        return cls(
            str(chosen.post_program),
            operator=here.operator_name,
            languages=spoken_here(),
            secret=return_secret(),
            returns_to=chosen.post_returns_to,
            batch_size=chosen.post_batch,
        )

    def send(self, messages: Sequence[Message]) -> list[SubmissionResult]:
        """Print a batch; if the program does not end with 0, the whole batch is for later."""
        if not messages:
            return []
        fitting = [one for one in messages if _fits(one.address.reveal())]
        answer = self._print(fitting) if fitting else Answer.ACCEPTED
        taken = {id(one) for one in fitting}
        return [
            SubmissionResult(answer, letter_reference(one.reference) if answer is Answer.ACCEPTED else None)
            if id(one) in taken
            else SubmissionResult(Answer.REFUSED)
            for one in messages
        ]

    def _print(self, messages: Sequence[Message]) -> Answer:
        name = f"letters-{letter_reference(messages[0].reference)}-{len(messages)}"
        try:
            sheets = self.sheets(messages, name=name)
            done = subprocess.run(  # noqa: S603 - the operator's own program, by its whole path
                [self._program, "print", name], input=sheets, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=self._patience_s, env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired, FontsMissing):
            return Answer.RETRY
        return Answer.RETRY if done.returncode else Answer.ACCEPTED

    def sheets(self, messages: Sequence[Message], *, name: str) -> bytes:
        """Return the PDF of a batch: a cover sheet of counts, then a sheet a letter. Refuses: FontsMissing."""
        from importlib.resources import files

        from rollkeeper.ledger.printouts import render_pdf

        sheet = (files("rollkeeper") / "notices" / "gateways" / "letters.typ").read_bytes()
        languages = {*self._languages, *(language for one in messages for language in one.languages)}
        return render_pdf(sheet, self._data(messages, name=name), languages=sorted(languages))

    def _data(self, messages: Sequence[Message], *, name: str) -> dict[str, object]:
        from rollkeeper.notices.texts import write_cover

        repeated = [letter_reference(one.reference) for one in messages if one.is_repeat]
        return {
            "operator": self._operator,
            "returns_to": self._returns_to,
            "name": name,
            "day": clock.today().isoformat(),
            "counts": sorted(Counter(", ".join(one.languages) for one in messages).items()),
            "cover": [
                {"code": code(one), "said": write_cover(one, count=len(messages), again=len(repeated))}
                for one in self._languages
            ],
            "repeated": repeated,
            "letters": [self._letter(one) for one in messages],
        }

    def _letter(self, message: Message) -> dict[str, object]:
        from rollkeeper.notices.texts import write_slip

        slip = slip_reference(letter_reference(message.reference), secret=self._secret)
        return {
            "code": code(message.languages[0]),
            "address": message.address.reveal().splitlines(),
            "reference": letter_reference(message.reference),
            "said": [
                {"code": code(one.language), "subject": one.subject, "text": one.text.split("\n\n")}
                for one in message.texts
            ],
            "has_slip": message.needs_slip,
            "slip": slip,
            "slip_texts": [
                {"code": code(one), "text": write_slip(one, operator=self._operator)}
                for one in message.languages
            ],
            "square": _square(slip),
        }


def code(language: str) -> str:
    """Return the language alone, without its script, as sheets name it."""
    return language.partition("-")[0]


def letter_reference(attempt_id: UUID) -> str:
    """Return the text in the window: from the attempt's random bits, so that it reveals nothing."""
    return grouped(_signs(attempt_id.int, _REFERENCE_SIGNS))


def slip_reference(reference: str, *, secret: bytes) -> str:
    """Return the text on the slip of the letter with this reference."""
    mac = hmac.new(secret, reference.encode(), hashlib.sha256).digest()
    return grouped(reference.replace("-", "") + _signs(int.from_bytes(mac), _MAC_SIGNS))


def read_letter(text: str, *, secret: bytes) -> tuple[str, Outcome] | None:
    """Read what was scanned or typed: the letter's reference, and bounced for an envelope, delivered for a slip.

    None if it is neither, for example a slip whose last characters are not ours.
    """
    said = written_reference(text)
    if said is None:
        return None
    reference = grouped(said.replace("-", "")[:_REFERENCE_SIGNS])
    if said == reference:
        return reference, Outcome.BOUNCED
    is_ours = hmac.compare_digest(slip_reference(reference, secret=secret), said)
    return (reference, Outcome.DELIVERED) if is_ours else None


def written_reference(text: str) -> str | None:
    """Return a reference as it is printed, whether or not it is ours; None if it does not have the form of one."""
    said = re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)
    if not set(said) <= set(_SIGNS) or len(said) not in {_REFERENCE_SIGNS, _REFERENCE_SIGNS + _MAC_SIGNS}:
        return None
    return grouped(said)


def read_letters(texts: Sequence[str], *, secret: bytes) -> list[DeliveryReport]:
    """Return returned mail as delivery reports of now, envelopes first; a text that is no reference of a letter is left out.

    The slip of a letter whose envelope came back proves nothing (`record_outcomes.sql`), in either order of scanning.
    """
    found = filter(None, (read_letter(one, secret=secret) for one in texts))
    envelopes_first = sorted(found, key=lambda one: one[1] is not Outcome.BOUNCED)
    return [DeliveryReport(reference, outcome, clock.now()) for reference, outcome in envelopes_first]


def grouped(signs: str) -> str:
    """Write signs in groups of four, as people read them."""
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def _signs(number: int, count: int) -> str:
    return "".join(_SIGNS[number >> 5 * place & 31] for place in reversed(range(count)))


def _fits(address: str) -> bool:
    return 1 <= len(address.strip().splitlines()) <= _MOST_LINES


def _square(slip: str) -> str:
    import io

    import segno

    out = io.BytesIO()
    segno.make_qr(slip, error="M").save(out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue().decode()
