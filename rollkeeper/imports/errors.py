# SPDX-License-Identifier: EUPL-1.2
"""What stops an import. Facts are the file, the row, the column and the class of a value, never the value."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class ImportFileUnreadable(RollkeeperError):
    """The file is not a table that can be read."""

    code = "import_file_unreadable"
    kind = Kind.MALFORMED
    sentence = "{file}: {why}."
    remedy = "Export it again as CSV, TSV, XLSX or Parquet."


class ImportFileEmpty(RollkeeperError):
    """There is nothing in the file."""

    code = "import_file_empty"
    kind = Kind.MALFORMED
    sentence = "{file} is empty: it has no {lacking}."
    remedy = "Export it again with a row of column names and at least one row of values."


class ImportFileChanged(RollkeeperError):
    """The file was changed while it was being read."""

    code = "import_file_changed"
    kind = Kind.CONFLICT
    sentence = "{file} was changed while it was being read; {rows} rows of the former file are in."
    remedy = (
        "Let the export finish, then import the file again: lines that are in already are not made twice."
    )


class ImportSingleColumn(RollkeeperError):
    """Only one column was found, and nothing says that it holds numbers."""

    code = "import_single_column"
    kind = Kind.MALFORMED
    sentence = "{file}, row {row}: only one column was found, and it is not known to hold numbers."
    remedy = "Separate the columns by comma, semicolon, tab or '|'; or write a map that names the column and its meaning."


class ImportHeaderMissing(RollkeeperError):
    """The first row holds values, not names of columns."""

    code = "import_header_missing"
    kind = Kind.MALFORMED
    sentence = (
        "{file}, row {row}, column {column}: the names of the columns are missing; here stands {value_class}."
    )
    remedy = "Put a row of names on top; or write a map with 'header = false' under [file] and columns column_1, column_2, ..."


class ImportHeaderRepeated(RollkeeperError):
    """Two columns have one name."""

    code = "import_header_repeated"
    kind = Kind.MALFORMED
    sentence = "{file}, row {row}: the columns {places} all have one name."
    remedy = "Give each column a name of its own."


class ImportFieldTooLong(RollkeeperError):
    """One field is longer than any value of a register can be."""

    code = "import_field_too_long"
    kind = Kind.MALFORMED
    sentence = "{file}, row {row}, column {column}: a field is longer than {limit} characters."
    remedy = "A quotation mark that is never closed does this, or a file that is no table; mend the row and import again."


class ImportQuoteUnclosed(RollkeeperError):
    """A quotation mark opens a field and nothing closes it."""

    code = "import_quote_unclosed"
    kind = Kind.MALFORMED
    sentence = "{file}, row {row}: a quotation mark opens a field and is never closed."
    remedy = "Close the quotation mark in that row, then import again."


class ImportMapInvalid(RollkeeperError):
    """The map of columns cannot be used as it stands."""

    code = "import_map_invalid"
    kind = Kind.MALFORMED
    sentence = "{map}: {place}: {why}."
    remedy = "Mend the map; 'rollkeeper import FILE --propose' prints one that fits the file."


class ImportSensitiveColumnMapped(RollkeeperError):
    """The map wants to keep what the register has no place for."""

    code = "import_sensitive_column_mapped"
    kind = Kind.REFUSED
    sentence = "{map}: {place}: the column '{column}' is about {about}; the register has no place for that."
    remedy = "Take the column out of the map. It will be dropped."


class ImportMapIncomplete(RollkeeperError):
    """The file alone does not say what is needed."""

    code = "import_map_incomplete"
    kind = Kind.MALFORMED
    sentence = "{file} does not say everything: {need}"
    remedy = "Give it on the command line, or write the map ('--propose' prints it), fill it in and pass it with --map."


class ImportMapNotConfirmed(RollkeeperError):
    """Nobody has approved the proposed map."""

    code = "import_map_not_confirmed"
    kind = Kind.REFUSED
    sentence = "Nothing was imported: nobody has confirmed how {file} is to be read."
    remedy = "Look at the proposed map, then run again with --yes, or keep it in a file, change it and pass it with --map."


class NumbersContended(RollkeeperError):
    """Somebody else registers the very numbers that are being imported, quicker than they can be looked up."""

    code = "numbers_contended"
    kind = Kind.CONFLICT
    sentence = "Somebody else is registering the same numbers at this moment."
    remedy = "Wait until it is done, then run the import again; nothing is imported twice."


class ImportRunning(RollkeeperError):
    """Two imports at once."""

    code = "import_running"
    kind = Kind.CONFLICT
    sentence = "Another import into this register is under way."
    remedy = "Wait until it is done, then run this one; nothing is imported twice."


class NothingImported(RollkeeperError):
    """Not one row of the file could be taken in."""

    code = "nothing_imported"
    kind = Kind.MALFORMED
    sentence = "{file}: none of its {rows} rows can be imported. {reasons}"
    remedy = "{refused_file} names each row, column and reason. Is the map the right one for this file?"


class RejectFileNotWritable(RollkeeperError):
    """The refused rows cannot be named there."""

    code = "reject_file_not_writable"
    kind = Kind.MALFORMED
    sentence = "{file}: the refused rows cannot be named there: {why}. Nothing was imported."
    remedy = "Name a new file with --refused, in a folder that may be written to."


class NumberRangeExhausted(RollkeeperError):
    """The number range has fewer free numbers than the file has lines."""

    code = "number_range_exhausted"
    kind = Kind.REFUSED
    sentence = "{file}: the number range has no free number left for row {row}; {rows} rows are in."
    remedy = "Give a longer or a further number range; the lines that are in keep their numbers."


class ImportDiskFull(RollkeeperError):
    """The disk under the register or beside the file is full."""

    code = "import_disk_full"
    kind = Kind.INTERNAL
    sentence = (
        "The disk is full ({where}); {rows} rows of {file} are in and complete, nothing is half written."
    )
    remedy = "Make room, then run the same command again: it goes on where it was."
