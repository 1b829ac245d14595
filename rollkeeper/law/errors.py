# SPDX-License-Identifier: EUPL-1.2
"""What this package refuses: packs that cannot be read, supported or relied on, and files of events with faults."""

from rollkeeper.kernel.errors import Kind, Refusal

EMERGENCY_NUMBERS_MISSING = Refusal(
    "emergency_numbers_missing",
    Kind.CONFLICT,
    "The country of the rule pack '{pack}' ({jurisdiction}) has no file with emergency numbers.",
    "Add the country's file to the folder law/countries of the instance, with its emergency numbers; no line is barred without it.",
)
COUNTRY_LACKS_NUMBERS = Refusal(
    "country_lacks_numbers",
    Kind.REFUSED,
    "{file} is not used: it lacks numbers that every line of {country} reaches: {numbers}.",
    "Add them to it: a number more does no harm. Until then the shipped file of the country holds.",
)
COUNTRY_OF_ANOTHER_NAME = Refusal(
    "country_of_another_name",
    Kind.MALFORMED,
    "{file} is not used: it says that it is of {country}.",
    "Give it the name of its country: its code in small letters.",
)
PACK_NOT_FOUND = Refusal(
    "pack_not_found",
    Kind.MALFORMED,
    "There is no rule pack '{name}'.",
    "Name a shipped pack ({shipped}) or the path of a pack's YAML file.",
)
PACK_FAULT = Refusal(
    "pack_fault",
    Kind.MALFORMED,
    "{file}, line {line}: {leaf}: {why}.",
    "Correct it. `rollkeeper law schema` prints what a pack can hold, with `--country` what a country file can.",
)
PACK_ARTICLE_MISSING = Refusal(
    "pack_article_missing",
    Kind.MALFORMED,
    "{file}, line {line}: {leaf} can hurt a person and cites no article.",
    "Add 'because: {{article: ...}}' to the value, or leave the value out.",
)
PACK_CASE_FAILED = Refusal(
    "pack_case_failed",
    Kind.REFUSED,
    "{file}: case {case}: on {on} the pack expects '{expected}', and its values give '{found}'.",
    "Either the values or the case is wrong: read the statute again and correct one of them.",
)
# A pack is never partly supported.
UNSUPPORTED_PACK_FIELD = Refusal(
    "unsupported_pack_field",
    Kind.REFUSED,
    "The pack {pack} cannot be used: nothing here supports its {fields} yet.",
    "Use another pack, or a version of Rollkeeper that supports it. A pack is supported whole or not at all.",
)
# An act against a person rests only on values that were read in the official text.
UNCONFIRMED_PACK_VALUE = Refusal(
    "unconfirmed_pack_value",
    Kind.REFUSED,
    "The pack {pack} does not allow the action '{action}': its {leaves} is not confirmed.",
    "Read the official text; then run 'rollkeeper law confirm' with the reader's name. Until then the pack only shows and simulates.",
)
PACK_NOT_IN_FORCE = Refusal(
    "pack_not_in_force",
    Kind.REFUSED,
    "The pack {pack} does not allow the action '{action}': its status is '{status}'.",
    "No action is taken under it. Set the status when the official text is in force again.",
)
PACK_IS_A_DRAFT = Refusal(
    "pack_is_a_draft",
    Kind.REFUSED,
    "The pack {pack} does not allow the action '{action}': it is a draft.",
    "Let a named person read the official text and run 'rollkeeper law confirm', then set its status (docs/packs.md). Until then it only shows and simulates.",
)
PACK_NOT_BEGUN = Refusal(
    "pack_not_begun",
    Kind.REFUSED,
    "The pack {pack} does not allow the action '{action}' before {day}: the law has not begun.",
    "Wait for that day. Until then the pack only shows and simulates.",
)
PACK_OVER = Refusal(
    "pack_over",
    Kind.REFUSED,
    "The pack {pack} does not allow the action '{action}' after {day}: the law has ended.",
    "Choose the pack of the law in force (the setting 'instance.pack').",
)
PACK_WITHOUT_CAMPAIGN = Refusal(
    "pack_without_campaign",
    Kind.REFUSED,
    "The pack {pack} has no campaign: no line may be suspended under it.",
    "Choose the pack of the law in force (the setting 'instance.pack').",
)
SEVERAL_CAMPAIGNS = Refusal(
    "several_campaigns",
    Kind.INTERNAL,
    "The pack {pack} has several campaigns ({campaigns}); one of them must be meant.",
    "Name one of them.",
)
PACK_IS_SHIPPED = Refusal(
    "pack_is_shipped",
    Kind.REFUSED,
    "'{pack}' is a shipped pack: it is not changed in its place.",
    "Copy it to a file of your own, confirm that, and name it in the setting 'instance.pack'.",
)
PACK_NOT_WRITTEN = Refusal(
    "pack_not_written",
    Kind.MALFORMED,
    "{file}: {why}. Nothing was written.",
    "Name another file, in an existing directory that you may write into.",
)
PACK_ID_UNUSABLE = Refusal(
    "pack_id_unusable",
    Kind.MALFORMED,
    "'{given}' cannot be a pack's id.",
    "Write it in small letters, figures and hyphens, as cc-name-year, for example za-rica-40.",
)
SOURCE_NOT_CONFIRMABLE = Refusal(
    "source_not_confirmable",
    Kind.REFUSED,
    "The source '{source}' confirms nothing: {why}.",
    "Read the official text, and name it as a source of the pack, with its articles.",
)
ANCHOR_TOO_LATE = Refusal(
    "anchor_too_late",
    Kind.INTERNAL,
    "A count from {anchor_on} cannot be made through {through}.",
    "Ask for a day after {anchor_on}.",
)
EVENT_FAULT = Refusal(
    "event_fault",
    Kind.MALFORMED,
    "{file}, row {row}, column {column}: {why}.",
    "Correct the rows (the header is row 1) and run it again; nothing was written.",
)
RESULT_NOT_WRITTEN = Refusal(
    "result_not_written",
    Kind.MALFORMED,
    "{file}: {why}. Nothing was written.",
    "Name another file with --out (or --plot), in an existing directory.",
)
EVENTS_FILE_NOT_READ = Refusal(
    "events_file_not_read",
    Kind.MALFORMED,
    "{file}: {why}.",
    "Give the path of a CSV file with the columns line, date, event and until.",
)
INVALID_SPAN = Refusal(
    "invalid_span",
    Kind.MALFORMED,
    "--from {first} is after --to {last}.",
    "Give the earlier day as --from.",
)
# Nothing may rest on either outcome.
ENGINES_DISAGREE = Refusal(
    "engines_disagree",
    Kind.REFUSED,
    "The engines disagree about {count} lines: {lines}.",
    "Do not act. Report it with the rows of these lines; nothing was written.",
)
