# SPDX-License-Identifier: EUPL-1.2
"""What this package refuses: packs that cannot be read, supported or relied on, and files of events with faults."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class EmergencyNumbersMissing(RollkeeperError):
    """A line may be barred only where the country's emergency numbers are known."""

    code = "emergency_numbers_missing"
    kind = Kind.CONFLICT
    sentence = "The country of the rule pack '{pack}' ({jurisdiction}) has no file with emergency numbers."
    remedy = "Add the country's file to rollkeeper/law/countries, with its emergency numbers; no line is barred without it."


class PackNotFound(RollkeeperError):
    """No shipped pack and no file has this name."""

    code = "pack_not_found"
    kind = Kind.MALFORMED
    sentence = "There is no rule pack '{name}'."
    remedy = "Name a shipped pack ({shipped}) or the path of a pack's YAML file."


class PackFault(RollkeeperError):
    """A line of a pack cannot be used as it stands."""

    code = "pack_fault"
    kind = Kind.MALFORMED
    sentence = "{file}, line {line}: {leaf}: {why}."
    remedy = "Correct the pack; docs/packs.md lists what a pack can hold."


class PackArticleMissing(PackFault):
    """A value that can hurt a person says no article it rests on."""

    code = "pack_article_missing"
    sentence = "{file}, line {line}: {leaf} can hurt a person and cites no article."
    remedy = "Add 'because: {{article: ...}}' to the value, or leave the value out."


class PackCaseFailed(RollkeeperError):
    """A pack fails one of its own test cases and so does not load."""

    code = "pack_case_failed"
    kind = Kind.REFUSED
    sentence = "{file}: case {case}: on {on} the pack expects '{expected}', and its values give '{found}'."
    remedy = "Either the values or the case is wrong: read the statute again and mend one of them."


class UnsupportedPackField(RollkeeperError):
    """A pack asks for something that no engine does yet: it is not partly supported."""

    code = "unsupported_pack_field"
    kind = Kind.REFUSED
    sentence = "The pack {pack} cannot be used: nothing here supports its {fields} yet."
    remedy = "Use another pack, or a version of Rollkeeper that supports it. A pack is supported whole or not at all."


class UnconfirmedPackValue(RollkeeperError):
    """An act against a person would rest on a value that nobody has read in the official text."""

    code = "unconfirmed_pack_value"
    kind = Kind.REFUSED
    sentence = "The pack {pack} does not allow the action '{action}': its {leaves} is not confirmed."
    remedy = "Read the official text; then state in the pack who read it and set 'confirmed: true'."


class PackNotInForce(RollkeeperError):
    """The law that the pack holds was struck down or suspended, or the pack is a draft."""

    code = "pack_not_in_force"
    kind = Kind.REFUSED
    sentence = "The pack {pack} does not allow the action '{action}': its status is '{status}'."
    remedy = "Nobody is acted against under it. Set the status when the official text is in force again."


class PackWithoutCampaign(RollkeeperError):
    """The pack lays down no campaign."""

    code = "pack_without_campaign"
    kind = Kind.REFUSED
    sentence = "The pack {pack} lays down no campaign: nobody is to be suspended under it."
    remedy = "Choose the pack of the law in force (the setting 'instance.pack')."


class AnchorTooLate(RollkeeperError):
    """A count was asked for from a day after the last day to be looked at."""

    code = "anchor_too_late"
    kind = Kind.INTERNAL
    sentence = "A count from {anchor_on} cannot be made through {through}."
    remedy = "Ask for a day after {anchor_on}."


class EventFault(RollkeeperError):
    """A row of a file of events cannot be used."""

    code = "event_fault"
    kind = Kind.MALFORMED
    sentence = "{file}, row {row}, column {column}: {why}."
    remedy = "Correct the rows (the header is row 1) and run it again; nothing was written."


class ResultNotWritten(RollkeeperError):
    """The result or the chart cannot be written where it was asked for."""

    code = "result_not_written"
    kind = Kind.MALFORMED
    sentence = "{file}: {why}. Nothing was written."
    remedy = "Name another file with --out (or --plot), in a folder that is there."


class EventsFileNotRead(RollkeeperError):
    """A file cannot be read or a place not be written."""

    code = "events_file_not_read"
    kind = Kind.MALFORMED
    sentence = "{file}: {why}."
    remedy = "Give the path of a CSV file with the columns line, date, event and until."


class InvalidSpan(RollkeeperError):
    """The first day of a simulation lies after its last."""

    code = "invalid_span"
    kind = Kind.MALFORMED
    sentence = "--from {first} lies after --to {last}."
    remedy = "Give the earlier day as --from."


class EnginesDisagree(RollkeeperError):
    """The two engines give one line two outcomes. Nothing may rest on either."""

    code = "engines_disagree"
    kind = Kind.REFUSED
    sentence = "The engines disagree about {count} lines: {lines}."
    remedy = "Do not act. Report it with the rows of these lines; nothing was written."
