# SPDX-License-Identifier: EUPL-1.2
"""The result of a run of sending: how many notices went out, and what the others wait for."""

from dataclasses import dataclass, field

from rollkeeper.kernel.choices import Channel


@dataclass(slots=True)
class Sent:
    """The result of one run."""

    accepted: int = 0
    bounced: int = 0
    """Refused by the gateway at once; the next channel is tried."""
    later: int = 0
    """The gateway was out of reach."""
    broken: int = 0
    """The gateway has a fault of this instance; no try is spent."""
    quiet: int = 0
    """Waiting for the end of the quiet hours."""
    no_gateway: int = 0
    """Waiting until the instance has a gateway for the channel to the subscriber."""
    no_language: int = 0
    """Waiting until a native reader accepted a language in which it can be sent."""
    withdrawn: int = 0
    unreachable: int = 0
    """No channel, or no further channel, to the subscriber: on the list of people still to be reached."""
    given_up: int = 0
    """Sent long ago and without proof: the next channel is tried."""
    routed: int = 0
    """Left to the jobs of other gateways."""
    away: list[Channel] = field(default_factory=list)
    """The channels whose gateways did not answer."""

    @property
    def total(self) -> int:
        """Return how many notices were looked at."""
        settled = self.quiet + self.no_gateway + self.no_language + self.withdrawn + self.unreachable
        return self.accepted + self.bounced + self.later + self.broken + self.routed + settled
