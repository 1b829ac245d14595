# SPDX-License-Identifier: EUPL-1.2
"""The menu of the counter."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from rollkeeper.access.navigation import Entry, Group


def _alone(entry: Entry) -> Group:
    return Group(entry.label, (entry,))


GROUPS: Final = (
    _alone(Entry("counter:find", _("Find a line"), below=("counter:by_code",))),
    _alone(Entry("counter:record", _("Register"), arguments={"action_kind": "register"})),
    _alone(Entry("counter:record", _("Transfer"), arguments={"action_kind": "transfer"})),
    _alone(Entry("counter:pause", _("Pause"))),
    _alone(Entry("counter:figures", _("My figures"))),
)
