# SPDX-License-Identifier: EUPL-1.2
"""How the portal says the register's words to the person whom they are about."""

from typing import Any

from django.utils.translation import gettext_lazy as _

type Labels = dict[str, Any]

ACTIONS: Labels = {
    "pause": _("I cannot come in time"),
    "reconnect": _("Let the line work for a day"),
    "dispute": _("The record is wrong or missing"),
    "appeal": _("Appeal against a decision"),
    "not-mine": _("This line is not mine"),
    "correct": _("Have something put right"),
    "add-delegate": _("Name somebody to act for me, or my heir"),
    "remove-delegate": _("Take back whom I named"),
    "report-death": _("The subscriber of this line has died"),
    "deny-death": _("I have not died: I am here"),
    "terminate": _("End this line"),
}
NOTES: Labels = {
    "pause": _("Your word is enough; proof may come later. The days that you name do not count."),
    "reconnect": _(
        "Nobody asks why. Within minutes everything works for 24 hours; then the line is suspended as before. This is given once."
    ),
    "dispute": _(
        "From today the clock of the line stands still and nobody cuts it off, until a person has looked into it. Then it goes on with the days that were left."
    ),
    "appeal": _(
        "From today the clock of the line stands still. When the appeal is decided, it goes on with the days that were left."
    ),
    "not-mine": _(
        "From this moment the line counts for no limit of yours. Whoever uses it is heard before anything happens to it."
    ),
    "correct": _(
        "Say which entry is wrong. It is put right at any counter, where somebody sees your document; nothing is typed here."
    ),
    "add-delegate": _(
        "They are not notified, and nobody learns from it whether they are known here: what is kept is a mark of their document that fits nobody else. Whoever acts for you shows that document at a counter; an heir is heard first. Naming another takes the place of the first."
    ),
    "remove-delegate": _("Nobody is named for this any more from today."),
    "report-death": _(
        "From today nobody cuts the line off or gives it away, until a person has decided. Bring a proof of the death and your document to any counter. Your document may be given here: whom the subscriber named as heir is heard first. What is answered is the same whether you are named or not."
    ),
    "deny-death": _("What was said of you is dismissed at once, and the line stays as it is."),
    "terminate": _(
        "The contract ends today and the number goes into quarantine. This cannot be taken back on this page."
    ),
}
