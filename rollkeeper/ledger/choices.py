# SPDX-License-Identifier: EUPL-1.2
"""The choices that entries of the ledger hold and people read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ErasureGround(TextChoices):
    """Why a record was erased. The values are in the ledger: never rename one."""

    SERVICE_ENDED = (
        "service_ended",
        _("The contract ended, and the legal retention period is over."),
    )
    IMPORT_UNDONE = "import_undone", _("The import that made the line was undone.")
    TENURE_ENDED = (
        "tenure_ended",
        _("The line went to another subscriber, and the legal retention period is over."),
    )
    COPY_OVER = "copy_over", _("The retention period of the copy of the document is over.")
    ERASED_BEFORE_RESTORE = (
        "erased_before_restore",
        _("It was erased before; a restore had brought it back, and it was erased again."),
    )


class FaultKind(TextChoices):
    """What was found wrong with an entry and its leaf. The values are in the register: never rename one."""

    MISSING = "missing", _("was removed after it was put into the tree")
    ALTERED = "altered", _("was changed after it was put into the tree")
    UNSALTED = "unsalted", _("has lost its secret, though it was not erased")
    REMOVED_EARLY = "removed_early", _("was removed or changed before it was put into the tree")
