"""Spreadsheets written cell by cell, so that a test can leave out parts that a spreadsheet program always writes."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def text(value: str) -> str:
    """A cell of text."""
    return f't="inlineStr"><is><t>{escape(value)}</t></is>'


def number(value: object) -> str:
    """A cell with a number."""
    return f"><v>{value}</v>"


def day(serial: int) -> str:
    """A cell with a number that is shown as a date."""
    return f's="1"><v>{serial}</v>'


def formula(source: str, value: object = None) -> str:
    """A cell with a formula and the value that was last calculated, if any."""
    return f"><f>{source}</f>" + ("" if value is None else f"<v>{value}</v>")


def error(value: str = "#REF!") -> str:
    """A cell with an error."""
    return f't="e"><v>{value}</v>'


def write_sheet(file: Path, rows: list[list[str]]) -> Path:
    """Write one sheet named 'Lines'."""
    return write_sheets(file, {"Lines": rows})


def write_sheets(file: Path, sheets: dict[str, list[list[str]]]) -> Path:
    """Write a spreadsheet with these sheets, in order."""
    numbered = list(enumerate(sheets, 1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for n, _ in numbered
    )
    named = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        f' ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'{overrides}<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{_RELATION}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
    } | {f"xl/worksheets/sheet{n}.xml": _sheet(sheets[name]) for n, name in numbered}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, _HEAD + content)
    return file


def _sheet(rows: list[list[str]]) -> str:
    cells = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{chr(65 + c)}{r}" {cell}</c>' if cell != "/>" else "" for c, cell in enumerate(row))
        + "</row>"
        for r, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'
