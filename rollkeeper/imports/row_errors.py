# SPDX-License-Identifier: EUPL-1.2
"""Why one row is refused, and what helps: the class of a value, never the value.

All texts here are in the reject file and in the summary, so a clerk must understand them without this program.
"""

from typing import Final, NamedTuple


class Reason(NamedTuple):
    """What is wrong with one value of one row."""

    text: str
    remedy: str


class RowError(NamedTuple):
    """One fault of one row."""

    row: int
    column: str
    reason: Reason


class UnreadableRow(NamedTuple):
    """A row that cannot be divided into fields."""

    column: str
    reason: Reason


NUMBER_NOT_READ: Final = "not a number of a line: {value_class}"
NAME_NOT_READ: Final = "not a name or block of a line: {value_class}"
_WHOLE = "Write the whole number with its area or country code."
EMPTY = Reason("empty", "Fill it in.")
FOREIGN_NUMBER = Reason(
    "a number of another country", "Only numbers of this operator's country have lines here."
)
SHORTENED_NUMBER = Reason(
    "a number that a spreadsheet has shortened (1.38E+10)",
    "Export it again with the column as text: digits are lost.",
)
NUMBER_TAKEN = Reason(
    "a number that already has a line, or occurs twice in the file",
    "Look the line up by its number; each number can have one line only.",
)
NUMBER_IN_QUARANTINE = Reason(
    "a number that is or was in quarantine", "Activate it at the counter once its quarantine is over."
)
REFERENCE_TWICE = Reason(
    "a reference that occurs twice in the file",
    "Map a reference of the line (a subscription number), not of the customer, or leave the reference out.",
)
REFERENCE_TAKEN = Reason(
    "a reference that has a line already, under another number",
    "Map a reference of the line (a subscription number), not of the customer, or leave the reference out.",
)
NOT_REGISTERED_YET = Reason(
    "a registration for a known line whose service is suspended or terminated",
    "Register the subscriber at the counter, or with 'rollkeeper register': that also restores service.",
)
NOT_A_DATE = Reason(
    "not a date of a form in the map",
    "Correct the value, or add its form to 'formats' in the map; 'unknown' gives a day to rows without a date.",
)
AMBIGUOUS_DATE = Reason(
    "a date that can be two days: two forms in the map fit",
    'Write year, month and day in this order; or say ambiguous = "first" in the map.',
)
NO_SUCH_DATE = Reason(
    "a date that the calendar does not have", "Write the true day; where it is unknown, the latest possible."
)
FUTURE_DATE = Reason("a date in the future", "A line is imported once it is in service.")
EARLY_DATE = Reason("a date before there were telephones", "Mend the value, or the 'format' in the map.")
NOT_MONTHS = Reason("not a whole number of months", "Write the months as digits.")
UNNAMED_VALUE = Reason("a value that the map does not name", "Name it in the map's table of values.")
NOT_YES_OR_NO = Reason(
    "neither a yes nor a no that the map names", "Name the texts that mean yes and no in the map."
)
NOT_AN_ENVELOPE = Reason(
    "no postal address of at least two lines of 80 letters: the line was imported without it",
    "Tell the subscriber in another way, or at the counter.",
)
NOT_AN_ADDRESS = Reason(
    "not an e-mail address: the line was imported without it",
    "Tell the subscriber in another way, or at the counter.",
)
NUL_BYTE = Reason("a zero byte", "The file is damaged here; export it again.")
UNREADABLE = Reason(
    "characters that do not belong to the file's encoding",
    "Name the true encoding in the map, or export as UTF-8.",
)
TOO_LONG = Reason("longer than such a value can be", "Mend the value.")
LOOSE_QUOTE = Reason(
    "quotation marks in the middle of a field", "Double each quotation mark inside a quoted field."
)
FORMULA = Reason(
    "a formula without a value", "Open the spreadsheet, let it calculate, save it; or save it as CSV."
)
CELL_ERROR = Reason("an error of the spreadsheet (such as #REF!)", "Mend the formula in the spreadsheet.")
INCOMPLETE = Reason(
    "empty, though the law asks for it: the line was imported, its registration was not",
    "Register the subscriber at the counter.",
)
WRONG_TYPE = Reason(
    "not of the form that the law asks for (a day as YYYY-MM-DD, an e-mail address, a telephone number): the line was imported, its "
    "registration was not",
    "Mend the column, or register the subscriber at the counter.",
)
PERSON_AND_COMPANY = Reason(
    "a person's document and a company's licence in one row: the line was imported, its registration was not",
    "Give the column that says which rows are companies ([company] kind), or register the subscriber at the counter.",
)
FALSE_DOCUMENT = Reason(
    "not a number that such a document can have: the line was imported, its registration was not",
    "Look at the document and register the subscriber at the counter.",
)
UNKNOWN_DOCUMENT = Reason(
    "a kind of document that the map does not name: the line was imported, its registration was not",
    "Name it in the map's table of document types, or register the subscriber at the counter.",
)


def bad_number(value_class: str) -> Reason:
    """Return the reason for a number that cannot be read, with the class that `lines.numbers` found."""
    return Reason(NUMBER_NOT_READ.format(value_class=value_class), _WHOLE)


def bad_name(value_class: str) -> Reason:
    """Return the reason for a name or a block that cannot be read, with the class that `lines.numbers` found."""
    return Reason(
        NAME_NOT_READ.format(value_class=value_class),
        "Write a name as example.cn, a block as 192.0.2.0/24; or mend the kind of service.",
    )


def wrong_width(found: int, wanted: int) -> Reason:
    """Return the reason for a row with too many or too few fields."""
    return Reason(
        f"{found} fields where the header has {wanted}",
        "Put values that hold the separator into quotation marks.",
    )


def damage_in(text: str) -> Reason | None:
    """Return what makes a text unfit to be stored; None if nothing does."""
    if "\0" in text:
        return NUL_BYTE
    return UNREADABLE if "\ufffd" in text else None
