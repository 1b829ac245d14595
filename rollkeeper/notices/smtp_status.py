# SPDX-License-Identifier: EUPL-1.2
"""What a mail server's refusal says about the mailbox: in its answer at once, and in a report later. Pure.

One judgement for both, since the same words come both ways. An enhanced status (RFC 3463) says it: class.subject.detail. Some
servers always write x.0.0 there, or nothing; then only the code of the reply (RFC 5321) is known.
"""

import re
from typing import Final

_UNKNOWN_MAILBOX: Final = re.compile(r"5\.(1\.(?![78]$)\d+|2\.1)")
"""There is no such mailbox, or it is closed. All others are about the server or about us: 5.1.7 and 5.1.8 about our own
address, 5.2.2 about a mailbox that is full, 5.2.121 about how much comes at once."""
_CONCERNS_MAILBOX: Final = re.compile(r"[45]\.(1\.(?![78]$)|2\.)\d+")
_NO_SUCH_MAILBOX: Final = {550, 551, 553}


def is_unknown_mailbox(status: str | None, *, code: int | None) -> bool:
    """Tell whether the mailbox does not exist: by the status, or by the reply code if the status says nothing."""
    if status is None or status == "5.0.0":
        return code in _NO_SUCH_MAILBOX
    return _UNKNOWN_MAILBOX.fullmatch(status) is not None


def concerns_mailbox(status: str | None) -> bool:
    """Tell whether a no is about this mailbox, and not about the server, the network or us."""
    return status is not None and _CONCERNS_MAILBOX.fullmatch(status) is not None
