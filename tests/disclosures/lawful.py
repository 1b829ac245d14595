# SPDX-License-Identifier: EUPL-1.2
"""An invented law that allows disclosure to a court, next to the reference law, which allows none."""

from importlib.resources import files
from pathlib import Path

from tests.builders.packs import confirmed

SOURCE = """  - id: national
    instrument: An invented national law, for tests
    rank: {rank}
status: confirmed
"""
ARTICLES = """articles:
  - article: "7"
    source: national
    text: {en: "A court may by warrant disclosure the name and the address of one person. It is answered within 5 days and kept for 30 days."}
    serves: Disclosure requests.
  - article: "8"
    source: national
    text: {en: "The person may be notified up to 20 days later, twice."}
    serves: Notification.
"""
DISCLOSURE = """
disclosure:
  - to: court
    legal_basis: An invented national law
    needs: {needs}
    attributes: [name, address]
    people_per_instrument: {people}
    reply: {{n: 5, unit: day}}
    notify_person: {notify}
    {deferral}
    keep: {{n: 30, unit: day}}
    because: {{article: "7", source: national, confirmed: {confirmed}}}
"""
PUT_OFF = 'deferral: {most: {n: 20, unit: day}, renewals: 1, because: {article: "8", source: national}}'


def lawful_pack(
    *, rank="statute", needs="warrant", people=1, notify="when_allowed", deferral=PUT_OFF, confirmed="true"
) -> str:
    """Return the reference law with an invented power added."""
    text = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
    text = text.replace("status: confirmed\n", SOURCE.format(rank=rank), 1).replace(
        "articles:\n", ARTICLES, 1
    )
    return text + DISCLOSURE.format(
        needs=needs, people=people, notify=notify, deferral=deferral, confirmed=confirmed
    )


def write_pack(folder: Path, **changes: object) -> str:
    """Write it to a file; return the file's name, as an instance names its pack."""
    file = folder / "lawful.yaml"
    file.write_text(confirmed(lawful_pack(**changes)), "utf-8")
    return str(file)
