# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room counter."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class ReceiptNotFound(RollkeeperError):
    """No submission gave a receipt under this key."""

    code = "receipt_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no such receipt: nothing was recorded under this key."
    remedy = "Submit the form again; what was recorded is not recorded twice."
