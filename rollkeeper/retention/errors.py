# SPDX-License-Identifier: EUPL-1.2
"""What erasing refuses."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class ErasuresMissing(RollkeeperError):
    """Between the last erasure and this one lies more time than a home is idle: perhaps the machine's date is wrong."""

    code = "erasures_missing"
    kind = Kind.REFUSED
    sentence = (
        "What was due was last erased on {last}, and the machine says that it is {day}: {days} days later."
    )
    remedy = (
        "If its date is wrong, set it right: what is erased is gone for ever. If it is right, say so once:"
        " 'rollkeeper erase-due --after-gap'."
    )
