# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room agents. Each says what to do next, since somebody stands at the counter and waits."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class AgentUnknown(RollkeeperError):
    """No agent has that code."""

    code = "agent_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no agent with that code."
    remedy = "See 'rollkeeper agents list'."


class AgentCodeTaken(RollkeeperError):
    """Another agent, or another place of this agent, is called so."""

    code = "agent_code_taken"
    kind = Kind.CONFLICT
    sentence = "{called} is there already."
    remedy = "Choose another code."


class AgentCodeNotRead(RollkeeperError):
    """A code of an agent or a place is not one."""

    code = "agent_code_not_read"
    kind = Kind.MALFORMED
    sentence = "That is no code for an agent or a place."
    remedy = (
        "Use a reference such as agent-017: small letters, digits, dots and hyphens, at most 64. Not a name."
    )


class PlaceUnknown(RollkeeperError):
    """An agent has no place of that code."""

    code = "place_unknown"
    kind = Kind.NOT_FOUND
    sentence = "{agent} has no open place called {place}."
    remedy = "'rollkeeper agents show {agent}' names its places."


class HoursNotRead(RollkeeperError):
    """Opening hours were given in another form."""

    code = "hours_not_read"
    kind = Kind.MALFORMED
    sentence = "Those are no opening hours."
    remedy = (
        "Write them as 'mon-fri 09:00-12:00 14:00-18:00; sat 09:00-13:00', each opening before its closing."
    )


class RequirementUnknown(RollkeeperError):
    """The checklist has no such requirement."""

    code = "requirement_unknown"
    kind = Kind.NOT_FOUND
    sentence = "The checklist has no requirement '{requirement}'."
    remedy = "'rollkeeper agents requirements' lists them."


class RequirementsOpen(RollkeeperError):
    """An agent that does not meet the requirements may not be entrusted."""

    code = "requirements_open"
    kind = Kind.REFUSED
    sentence = "{agent} may not be entrusted (article {article}): not shown are {requirements}."
    remedy = "Show each with 'rollkeeper agents evidence {agent} REQUIREMENT FILE'."


class AgentNotInState(RollkeeperError):
    """An agent does not stand so that this can be done."""

    code = "agent_not_in_state"
    kind = Kind.CONFLICT
    sentence = "{agent} is {state}."
    remedy = "'rollkeeper agents show {agent}' says how it came to that."


class FindingUnknown(RollkeeperError):
    """No open finding has that reference."""

    code = "finding_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no open finding with this reference."
    remedy = "'rollkeeper agents show AGENT' lists the open ones."


class AgentCaseUnknown(RollkeeperError):
    """No open case of an agent has that reference."""

    code = "agent_case_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no open case with this reference."
    remedy = "'rollkeeper agents cases' lists the open ones."


class NothingToRecheck(RollkeeperError):
    """The case is about no line."""

    code = "nothing_to_recheck"
    kind = Kind.CONFLICT
    sentence = "This case is about no line, so there is none to be confirmed."
    remedy = "Look into it with the agent and clear it, or suspend the agent."


class PostedAlready(RollkeeperError):
    """An account works at one place at a time."""

    code = "posted_already"
    kind = Kind.CONFLICT
    sentence = "{username} is posted at a place already."
    remedy = "'rollkeeper agents withdraw {username}' first."


class NotPosted(RollkeeperError):
    """An account works at no agent's place."""

    code = "not_posted"
    kind = Kind.CONFLICT
    sentence = "{username} is posted at no place of an agent."
    remedy = "'rollkeeper agents post {username} AGENT PLACE' first."


class NoDevice(RollkeeperError):
    """An account has no passkey, so there is no device to be enrolled."""

    code = "no_device"
    kind = Kind.CONFLICT
    sentence = "{username} has no passkey that stays in one device."
    remedy = "Have it added at the place itself, in the device's own keeping and not in one that travels between devices."


class AgentMayNotCapture(RollkeeperError):
    """An agent that is not admitted, or not any more, registers nobody."""

    code = "agent_may_not_capture"
    kind = Kind.FORBIDDEN
    sentence = "{agent} may register nobody at present (article {article})."
    remedy = "Send the customer to a counter of the operator, and call your contact there."


class NoPostNow(RollkeeperError):
    """An account that belonged to a place of an agent belongs to none now."""

    code = "no_post_now"
    kind = Kind.FORBIDDEN
    sentence = "You are posted at no place at present, and so may register nobody (article {article})."
    remedy = "Send the customer to a counter of the operator, and call your contact there."


class PlaceClosed(RollkeeperError):
    """The place is closed now."""

    code = "place_closed"
    kind = Kind.REFUSED
    sentence = "{place} is closed now: nobody is registered outside its hours."
    remedy = "Come back within the hours; have other hours entered if these are wrong."


class DeviceNotEnrolled(RollkeeperError):
    """A device was used that does not belong to the place."""

    code = "device_not_enrolled"
    kind = Kind.FORBIDDEN
    sentence = "This device is not enrolled at {place}."
    remedy = (
        "Sign out and sign in with the passkey of the counter's own device; a supervisor enrols a new one."
    )


class CapReached(RollkeeperError):
    """The agent registered as many today as it may."""

    code = "cap_reached"
    kind = Kind.REFUSED
    sentence = "{agent} has registered {cap} people today, which is its most in a day."
    remedy = "Send the customer to a counter of the operator, or ask them to come tomorrow."
