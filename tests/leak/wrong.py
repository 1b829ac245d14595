# SPDX-License-Identifier: EUPL-1.2
"""Rows of files that must be refused, each with another fault, most with a value in the wrong field."""

from tests.leak.people import Inventor, Person, with_service


def wrong_rows(people: Inventor, known: list[Person]) -> list[dict[str, str]]:
    """Yield rows, each with another fault."""
    rows = [*with_service(people.people(12))]
    rows[0]["number"] = people.person().name
    rows[1]["number"] = rows[2]["number"]
    rows[3]["since"] = people.person().name
    rows[3]["iccid"] = people.person().name
    rows[4]["document_type"] = people.person().name
    rows[5]["document_number"] = people.person().name
    rows[6]["email"] = people.person().address
    rows[7]["name"] = ""
    rows[8]["language"] = people.person().name
    rows[8]["imsi"] = people.person().address
    rows[9]["number"] = known[0].number
    rows[10]["document_number"] = known[1].document_number
    rows[11]["name"] = "\x00" + people.person().name * 100
    return rows


def wrong_registrations(people: Inventor, known: list[Person]) -> list[object]:
    """Yield registrations, each with another fault."""
    given = people.people(14)
    rows: list[dict] = [{"number": person.number, **person.identity(), **person.line()} for person in given]
    rows[0]["number"] = people.person().name
    rows[1][people.person().name] = people.person().address
    rows[2]["language"] = people.person().name
    rows[3]["kind"] = people.person().name
    rows[4]["document_number"] = people.person().name
    rows[4] |= {"iccid": people.person().name, "imsi": people.person().address}
    rows[5]["number"] = known[0].number
    rows[6] = rows[6] | {
        "document_number": known[1].document_number,
        "document_type": known[1].document_type,
    }
    rows[7]["name"] = people.person().name * 300
    rows[8]["name"] = [people.person().name]
    rows[9]["submission_key"] = people.person().name
    rows[10]["service"] = people.person().name
    rows[11]["guardian"] = given[12].identity()
    rows[12]["document_type"] = people.person().name
    rows[13].pop("address")
    return [
        *rows,
        [people.person().name],
        f"{people.person()}",
        '{"name": "' + people.person().name,
    ]
