# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package agents. Each says what to do next, since somebody stands at the counter and waits."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class AgentUnknown(RollkeeperError):
    """No agent has that code."""

    code = "agent_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no agent with that code."
    remedy = "See 'rollkeeper agents list'."


class AgentCodeTaken(RollkeeperError):
    """Another agent, or another outlet of this agent, is called so."""

    code = "agent_code_taken"
    kind = Kind.CONFLICT
    sentence = "{called} is there already."
    remedy = "Choose another code."


class InvalidAgentCode(RollkeeperError):
    """A code of an agent or an outlet is not one."""

    code = "invalid_agent_code"
    kind = Kind.MALFORMED
    sentence = "That is no code for an agent or an outlet."
    remedy = (
        "Use a reference such as agent-017: small letters, digits, dots and hyphens, at most 64. Not a name."
    )


class OutletUnknown(RollkeeperError):
    """An agent has no outlet of that code."""

    code = "outlet_unknown"
    kind = Kind.NOT_FOUND
    sentence = "{agent} has no open outlet called {outlet}."
    remedy = "'rollkeeper agents show {agent}' names its outlets."


class InvalidOpeningHours(RollkeeperError):
    """Opening hours were given in another form."""

    code = "invalid_opening_hours"
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
    sentence = "{agent} may not be entrusted ({article}): not shown are {requirements}."
    remedy = "Show each with 'rollkeeper agents evidence {agent} REQUIREMENT FILE'."


class AgentNotInState(RollkeeperError):
    """An agent does not stand so that this can be done."""

    code = "agent_not_in_state"
    kind = Kind.CONFLICT
    sentence = "{agent} is {state}."
    remedy = "'rollkeeper agents show {agent}' shows its history."


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


class NothingToReverify(RollkeeperError):
    """The case is about no line."""

    code = "nothing_to_reverify"
    kind = Kind.CONFLICT
    sentence = "This case is about no line, so there is none to be confirmed."
    remedy = "Look into it with the agent and clear it, or suspend the agent."


class AlreadyAssigned(RollkeeperError):
    """An account works at one outlet at a time."""

    code = "already_assigned"
    kind = Kind.CONFLICT
    sentence = "{username} is assigned to an outlet already."
    remedy = "'rollkeeper agents unassign {username}' first."


class NotAssigned(RollkeeperError):
    """An account works at no agent's outlet."""

    code = "not_assigned"
    kind = Kind.CONFLICT
    sentence = "{username} is assigned to no outlet of an agent."
    remedy = "'rollkeeper agents assign {username} AGENT OUTLET' first."


class NoDevice(RollkeeperError):
    """An account has no passkey, so there is no device to be registered."""

    code = "no_device"
    kind = Kind.CONFLICT
    sentence = "{username} has no passkey that stays in one device."
    remedy = "Have it added at the outlet itself, in the device's own keeping and not in one that travels between devices."


class AgentMayNotRegister(RollkeeperError):
    """An agent that is not approved, or not any more, registers nobody."""

    code = "agent_may_not_register"
    kind = Kind.FORBIDDEN
    sentence = "{agent} may not register subscribers at present ({article})."
    remedy = "Send the customer to a counter of the operator, and call your contact there."


class NoAssignment(RollkeeperError):
    """An account that belonged to an outlet of an agent belongs to none now."""

    code = "no_assignment"
    kind = Kind.FORBIDDEN
    sentence = (
        "You are assigned to no outlet at present, and so may not register subscribers ({article})."
    )
    remedy = "Send the customer to a counter of the operator, and call your contact there."


class OutletClosed(RollkeeperError):
    """The outlet is closed now."""

    code = "outlet_closed"
    kind = Kind.REFUSED
    sentence = "{outlet} is closed now: no one is registered outside its opening hours."
    remedy = "Come back within the hours; have other hours entered if these are wrong."


class DeviceNotRegistered(RollkeeperError):
    """A device was used that does not belong to the outlet."""

    code = "device_not_registered"
    kind = Kind.FORBIDDEN
    sentence = "This device is not registered at {outlet}."
    remedy = (
        "Sign out and sign in with the passkey of the counter's own device; a supervisor registers a new one."
    )


class DailyLimitReached(RollkeeperError):
    """The agent registered as many today as it may."""

    code = "daily_limit_reached"
    kind = Kind.REFUSED
    sentence = "{agent} has registered {limit} people today, which is its most in a day."
    remedy = "Send the customer to a counter of the operator, or ask them to come tomorrow."
