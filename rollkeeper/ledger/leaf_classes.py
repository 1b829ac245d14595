# SPDX-License-Identifier: EUPL-1.2
"""The class of each verb, which the published ledger shows; and the facts that an erased entry keeps.

A verb has the class of its package, except for the verbs that are named here. A class of acts on lines and people contains everyday
acts, so that a rare act is not alone in it. It also contains acts that no report counts: otherwise a figure that a report hides would be
the count of the class less what the report shows (`tests/reporting/test_hidden_figures.py`). A leaf is final: no verb ever changes its class.
"""

from enum import StrEnum


class LeafClass(StrEnum):
    """What the published ledger says of an act: so little that a rare act of one day points at no one. Never rename one."""

    ACCESS = "access"
    REGISTRATION = "registration"
    CHANGE = "change"
    CAMPAIGN = "campaign"
    NOTICE = "notice"
    STAFF = "staff"
    KEYS = "keys"
    PUBLICATION = "publication"
    OTHER = "other"


_CLASS_OF_PACKAGE = {
    "access": LeafClass.STAFF, "agents": LeafClass.STAFF, "campaign": LeafClass.CAMPAIGN, "disclosures": LeafClass.ACCESS,
    "imports": LeafClass.REGISTRATION, "incidents": LeafClass.OTHER, "languages": LeafClass.OTHER, "law": LeafClass.OTHER, "line": LeafClass.CHANGE,
    "notices": LeafClass.NOTICE, "offline": LeafClass.REGISTRATION, "operations": LeafClass.OTHER,
    "provisioning": LeafClass.NOTICE, "reporting": LeafClass.PUBLICATION, "retention": LeafClass.CHANGE, "selfcare": LeafClass.CHANGE,
    "vault": LeafClass.KEYS,
}  # fmt: skip
_CLASS_OF_VERB = {
    verb: leaf_class
    for leaf_class, verbs in {
        LeafClass.ACCESS: (
            "campaign:line:explained", "line:access:recorded", "line:counter_code:issued", "line:evidence:seen",
            "line:line:looked_up", "reporting:evidence:disclosed", "selfcare:code:not_sent", "selfcare:code:reserved", "selfcare:code:sent", "selfcare:delegate:checked",
            "selfcare:session:not_verified", "selfcare:session:verified", "vault:offline:opened", "vault:sealed:opened",
            "vault:sealed:refused",
        ),
        LeafClass.REGISTRATION: (
            "agents:document_image:counted", "agents:registration:recorded", "line:copy:kept", "line:document:linked",
            "line:document:unlinked", "line:limit:overridden", "line:line:activated", "line:line:relocated", "line:route:used",
            "line:tenure:accepted", "line:tenure:corrected", "line:tenure:registered", "line:tenure:relinquished",
            "line:tenure:transferred", "selfcare:application:checked", "selfcare:application:settled",
            "selfcare:application:submitted",
        ),
        LeafClass.CAMPAIGN: (
            "line:clock:paused", "line:clock:resumed", "line:line:reconnected", "line:line:restored", "line:line:suspended",
            "line:line:terminated",
        ),
        LeafClass.CHANGE: (
            "agents:case:opened", "agents:case:settled", "agents:reverification:notified", "agents:reverification:settled",
            "agents:reverification:started",
        ),
    }.items()
    for verb in verbs
}  # fmt: skip


COUNTED_FACTS = {
    "agents:case:opened": ("pattern",),
    "agents:reverification:settled": ("outcome",),
    "line:copy:erased": ("last_day_kept",),
    "line:line:suspended": ("bars",),
    "line:line:terminated": ("by",),
    "line:tenure:registered": ("assurance",),
    "notices:notice:bounced": ("channel",),
    "notices:notice:delivered": ("channel",),
    "selfcare:case:opened": ("kind",),
    "selfcare:case:settled": ("upheld",),
    "selfcare:forgery:judged": ("enough", "forged"),
    "vault:sealed:opened": ("purpose",),
}
"""The facts that an erased entry keeps, since reports count by them: never a reference, or why a clock was paused. The only day is the
last on which a copy was kept, as in the entry of an erased record."""


def class_of(verb: str) -> LeafClass:
    """Return the class of a verb."""
    return _CLASS_OF_VERB.get(verb, _CLASS_OF_PACKAGE[verb.partition(":")[0]])
