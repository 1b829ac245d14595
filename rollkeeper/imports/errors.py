# SPDX-License-Identifier: EUPL-1.2
"""What stops an import. Facts are the file, the row, the column and the class of a value, never the value."""

from rollkeeper.kernel.errors import Kind, Refusal

IMPORT_FILE_UNREADABLE = Refusal(
    "import_file_unreadable",
    Kind.MALFORMED,
    "{file}: {why}.",
    "Export it again as CSV, TSV, XLSX or Parquet.",
)
IMPORT_FILE_EMPTY = Refusal(
    "import_file_empty",
    Kind.MALFORMED,
    "{file} is empty: it has no {lacking}.",
    "Export it again with a row of column names and at least one row of values.",
)
IMPORT_FILE_CHANGED = Refusal(
    "import_file_changed",
    Kind.CONFLICT,
    "{file} was changed while it was being read; {rows} rows of the earlier file are imported.",
    "Let the export finish, then import the file again: imported lines are not made twice.",
)
IMPORT_SINGLE_COLUMN = Refusal(
    "import_single_column",
    Kind.MALFORMED,
    "{file}, row {row}: only one column was found, and it is not known to hold numbers.",
    "Separate the columns by comma, semicolon, tab or '|'; or write a map that names the column and its meaning.",
)
IMPORT_HEADER_MISSING = Refusal(
    "import_header_missing",
    Kind.MALFORMED,
    "{file}, row {row}, column {column}: the column names are missing; this is {value_class}.",
    "Put a row of names on top; or write a map with 'header = false' under [file] and columns column_1, column_2, ...",
)
IMPORT_HEADER_REPEATED = Refusal(
    "import_header_repeated",
    Kind.MALFORMED,
    "{file}, row {row}: the columns {places} all have one name.",
    "Give each column a different name.",
)
IMPORT_FIELD_TOO_LONG = Refusal(
    "import_field_too_long",
    Kind.MALFORMED,
    "{file}, row {row}, column {column}: a field is longer than {limit} characters.",
    "The cause may be an unclosed quotation mark, or a file that is not a table; correct the row and import again.",
)
IMPORT_QUOTE_UNCLOSED = Refusal(
    "import_quote_unclosed",
    Kind.MALFORMED,
    "{file}, row {row}: a quotation mark opens a field and is never closed.",
    "Close the quotation mark in that row, then import again.",
)
IMPORT_MAP_INVALID = Refusal(
    "import_map_invalid",
    Kind.MALFORMED,
    "{map}: {place}: {why}.",
    "Correct the map; 'rollkeeper import FILE --propose' prints one that fits the file, with '# MISSING' before what you must add.",
)
IMPORT_SENSITIVE_COLUMN_MAPPED = Refusal(
    "import_sensitive_column_mapped",
    Kind.REFUSED,
    "{map}: {place}: the column '{column}' is about {about}; the register does not keep that.",
    "Take the column out of the map. It will be dropped.",
)
IMPORT_MAP_INCOMPLETE = Refusal(
    "import_map_incomplete",
    Kind.MALFORMED,
    "{file} is missing information: {need}",
    "Give it on the command line, or complete the map ('--propose' prints it) and pass it with --map.",
)
IMPORT_VALUES_UNMAPPED = Refusal(
    "import_values_unmapped",
    Kind.MALFORMED,
    "{file}: the map does not say what these values of '{column}' mean: {values}. Nothing was imported.",
    "{where}",
)
IMPORT_MAP_NOT_CONFIRMED = Refusal(
    "import_map_not_confirmed",
    Kind.REFUSED,
    "Nothing was imported: the mapping for {file} was not confirmed.",
    "Check the proposed map, then run again with --yes, or save it in a file, change it and pass it with --map.",
)
IMPORT_HEADER_UNKNOWN = Refusal(
    "import_header_unknown",
    Kind.MALFORMED,
    "{file}, row {row}: hardly any column name is known, so that the row may hold a person's data. It is not shown.",
    "Put a row of names on top, such as 'number', 'status', 'activated on'; or import with a map on the command line.",
)
UPLOAD_NOT_FOUND = Refusal(
    "upload_not_found",
    Kind.NOT_FOUND,
    "There is no upload {upload}.",
    "Look at the list of files on the page Imports.",
)
UPLOAD_NOT_IN_STATE = Refusal(
    "upload_not_in_state",
    Kind.CONFLICT,
    "The upload {upload} is being worked on, or is over.",
    "Reload its page in a moment.",
)
UPLOAD_COUNTED_AGAIN = Refusal(
    "upload_counted_again",
    Kind.CONFLICT,
    "Someone counted this file again after you saw its figures.",
    "Look at the new figures on its page; then import it.",
)
IMPORT_UNKNOWN = Refusal(
    "import_unknown",
    Kind.NOT_FOUND,
    "There is no import {import_id}.",
    "The page of imports lists them, as does 'rollkeeper imports list'.",
)
IMPORT_UNDONE_BEFORE = Refusal(
    "import_undone_before",
    Kind.CONFLICT,
    "The import {import_id} was undone before.",
    "The page of imports says when, as does 'rollkeeper imports show'.",
)
# If something has happened to a line since, an undo of the import cannot take it back.
IMPORT_IN_USE = Refusal(
    "import_in_use",
    Kind.CONFLICT,
    "The import cannot be undone: of its {lines} lines {changed} were registered or changed since, and the subscribers of {notified} were notified.",
    "Correct single lines at a counter; or import the file again with a corrected map, which adds what is missing.",
)
NUMBERS_CONTENDED = Refusal(
    "numbers_contended",
    Kind.CONFLICT,
    "Another process is registering the same numbers now.",
    "Wait until it is done, then run the import again; nothing is imported twice.",
)
IMPORT_RUNNING = Refusal(
    "import_running",
    Kind.CONFLICT,
    "Another import into this register is under way.",
    "Wait until it is done, then run this one; nothing is imported twice.",
)
NOTHING_IMPORTED = Refusal(
    "nothing_imported",
    Kind.MALFORMED,
    "{file}: none of its {rows} rows can be imported. {reasons}",
    "{refused_file} names each row, column and reason. Is the map the right one for this file?",
)
REJECT_FILE_NOT_WRITABLE = Refusal(
    "reject_file_not_writable",
    Kind.MALFORMED,
    "{file}: the refused rows cannot be named there: {why}. Nothing was imported.",
    "Name a new file with --refused, in a folder that may be written to.",
)
NUMBER_RANGE_EXHAUSTED = Refusal(
    "number_range_exhausted",
    Kind.REFUSED,
    "{file}: the number range has no free number left for row {row}; {rows} rows are imported.",
    "Give a longer or a further number range; imported lines keep their numbers.",
)
IMPORT_DISK_FULL = Refusal(
    "import_disk_full",
    Kind.INTERNAL,
    "The disk is full ({where}); {rows} rows of {file} are imported completely, nothing is half written.",
    "Free some space, then run the same command again: it continues where it stopped.",
)
