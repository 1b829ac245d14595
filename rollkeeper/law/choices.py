# SPDX-License-Identifier: EUPL-1.2
"""The choices that a pack names and people see."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoDocumentWay(TextChoices):
    """What may replace an identity document, where a law allows it."""

    REFEREE = "referee", _("Nothing, and a known person vouches for them")
    GUARDIAN = "guardian", _("Nothing, and their guardian vouches for them")
    INSTITUTION = "institution", _("Nothing, and an institution vouches for them")
    AGENCY = "agency", _("Nothing, and an agency that looks after them vouches for them")
    APPLICATION_RECEIPT = "application_receipt", _("The receipt of an application for a document")
    POLICE_REPORT = "police_report", _("A report that the document was stolen or lost")


class IncidentDuty(TextChoices):
    """The duties of the law after an incident, named for the recipient."""

    SELF = "self", _("Remedy it")
    REGULATOR = "regulator", _("Report to the authority")
    PERSON = "person", _("Notify the people")
    POLICE = "police", _("Report to the police")


class CounterAct(StrEnum):
    """The acts at a counter for one line."""

    REGISTER = "register"
    TRANSFER = "transfer"
    INSTALL = "install"
    PORT_IN = "port_in"
    RELOCATE = "relocate"
    CHANGE = "change"
    REPLACE_SIM = "replace_sim"
    TERMINATE = "terminate"
    LINK_DOCUMENT = "link_document"


class Engine(StrEnum):
    """Which engine runs: the pure rules, the statements in the database, or both against each other."""

    RULES = "rules"
    SQL = "sql"
    BOTH = "both"
