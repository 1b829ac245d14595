# SPDX-License-Identifier: EUPL-1.2
"""People are registered, looked up and disputed; then every value of every one is searched for in every file of a report."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.ledger import publication
from rollkeeper.ledger.publication import publish
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.submissions import Receipt, RegistrationKind
from rollkeeper.reporting import services
from rollkeeper.reporting.periods import quarters_of
from rollkeeper.reporting.report_files import write_report
from rollkeeper.vault.services import begin_first_epoch
from tests.registration.people import ON, fresh_number, person, submission


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.soak)])
def test_no_value_of_anybody_stands_in_any_file_of_a_report(committed, tmp_path, count):
    publication.last_checkpoint_file().unlink(missing_ok=True)
    begin_first_epoch()
    clock.set_demo_date(ON)
    people = [
        person(name=f"Invented {nth:05d} Person", address=f"{nth:05d} Invented Street")
        for nth in range(count)
    ]
    numbers = [fresh_number() for _ in people]
    for at in range(0, count, 500):
        given = [submission(n, p) for n, p in zip(numbers[at : at + 500], people[at : at + 500], strict=True)]
        done = record(console_authority(), given, action_kind=RegistrationKind.REGISTER, on=ON)
        assert all(isinstance(one, Receipt) for one in done), next(
            o for o in done if not isinstance(o, Receipt)
        )
    publish(tmp_path / "ledger")

    report = services.make_report(console_authority(), quarters_of(2012)[0], on=ON.replace(month=4))
    write_report(tmp_path / "report", report, language="en")

    files = b"".join(file.read_bytes() for file in (tmp_path / "report").iterdir())
    references = rows(
        "SELECT line_id::text AS line, person_id::text AS person, tenure_id::text AS tenure FROM lines_tenure"
    )
    publication.last_checkpoint_file().unlink(missing_ok=True)
    values = {v for p in people for k, v in p.items() if k != "document_type"} | set(numbers)
    values |= {value for row in references for value in row}
    assert len(references) == count
    assert str(count).encode() in files
    assert [value for value in values if value.encode() in files] == []
