# SPDX-License-Identifier: EUPL-1.2
"""The menu of the portal, for a visitor with a session."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from rollkeeper.access.navigation import Entry, Group


def _alone(entry: Entry) -> Group:
    return Group(entry.label, (entry,))


GROUPS: Final = (
    _alone(Entry("portal:lines", _("My lines"))),
    _alone(Entry("portal:personal_data", _("Data held about me"))),
    _alone(Entry("portal:access_history", _("Who accessed my record"))),
    _alone(Entry("portal:receipts", _("My receipts"), below=("portal:receipt",))),
)
