# SPDX-License-Identifier: EUPL-1.2
"""Tell whoever the settings name, by mail, of alarms: what happened, and where in the ledger it stands."""

from typing import Final

from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.notices.gateways import Answer, Message
from rollkeeper.notices.kinds import Channel
from rollkeeper.notices.smtp import MailServer
from rollkeeper.vault.canaries import AlarmAbout, mark_told, untold_alarms
from rollkeeper.vault.opened import Opened

_SUBJECT: Final = "Alarm of the register"
_WHAT: Final = {
    AlarmAbout.CANARY: "Somebody opened the record of an invented person whom nobody has a reason to open.",
    AlarmAbout.LIMIT: "All staff together have opened as much as they may in a day, and somebody asked for more.",
}
_TEXT: Final = """\
{what}
Ledger entries that say by whom: {entries}.

What to do stands in docs/runbook/alarm.md. 'rollkeeper vault alarms' lists what is open.\
"""


def mail_alarms() -> int:
    """Mail the alarms not yet told of, all in one message; return how many. None where this home has no way to."""
    chosen, alarms = settings(), untold_alarms()
    if not alarms or chosen.alarms_to is None or chosen.smtp_url is None:
        return 0
    message = Message(
        reference=new_uuid(),
        channel=Channel.EMAIL,
        address=Opened(chosen.alarms_to),
        language="en",
        subject=_SUBJECT,
        text=_TEXT.format(
            what="\n".join(
                _WHAT[about] for about in AlarmAbout if about in {alarm.about for alarm in alarms}
            ),
            entries=", ".join(str(alarm.entry_id) for alarm in alarms),
        ),
    )
    (handed,) = MailServer.of_this_home().send([message])
    if handed.answer is not Answer.TAKEN:
        return 0
    mark_told(alarms)
    return len(alarms)
