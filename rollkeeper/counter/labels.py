# SPDX-License-Identifier: EUPL-1.2
"""How the counter says the register's words, in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollkeeper.registration.submissions import RegistrationKind

type Labels = dict[str, Any]
"""Words of the register and how they are said: texts that are translated when they are shown."""

HINTS: Labels = {
    "name": _("Exactly as on the document, in its own script, in one piece."),
    "document_number": _("All of it, as on the document; spaces and the width of letters do not matter."),
}
UNCONFIRMED = _("Optional: the press reported that this is to be asked, but no official text confirms it.")
ACTIONS: Labels = dict(RegistrationKind.choices) | {
    "replace-sim": _("Replace a SIM"),
    "terminate": _("End a contract"),
    "link-document": _("A further document of one person"),
}
REGISTRATION_KIND_NOTES: Labels = {
    RegistrationKind.REGISTER: _(
        "Record the subscriber of a line. A suspended line is restored the same day; a new number gets a line."
    ),
    RegistrationKind.TRANSFER: _(
        "Another person takes the line and is registered by the same act. An old deadline does not follow."
    ),
    RegistrationKind.INSTALL: _("A new line at a place, registered from its first day."),
    RegistrationKind.RELOCATE: _(
        "A fixed line moves to another place. The subscriber shows the document again."
    ),
    RegistrationKind.CHANGE: _(
        "Correct or renew what is recorded about the present subscriber. It starts no deadline."
    ),
}
