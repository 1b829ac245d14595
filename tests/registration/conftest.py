# SPDX-License-Identifier: EUPL-1.2
"""A clerk, and lines to register somebody for."""

import datetime as dt
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import settings as kernel_settings
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import activate_line, suspend_line
from tests.registration.people import fresh_number

REFERENCE = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")


@pytest.fixture
def clerk() -> Authority:
    """Somebody who works at a counter."""
    return Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)


@pytest.fixture
def vaulted(register: None) -> None:
    """The register with a vault that can seal."""
    begin_first_epoch()


@pytest.fixture
def vaulted_committed(committed: None) -> None:
    """The register with real commits and a vault that can seal."""
    begin_first_epoch()


@pytest.fixture
def new_line() -> Callable[..., str]:
    """Make a line, suspended for these reasons, and return its number."""

    def make(*reasons: SuspensionReason, service: Service = Service.MOBILE) -> str:
        number = fresh_number()
        line_id = activate_line(number, service=service, on=dt.date(2010, 5, 1))
        for reason in reasons:
            suspend_line(line_id, reason=reason, on=dt.date(2012, 3, 1))
        return number

    return make


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Put limits into the law of this instance."""
    before = instance().pack

    def limit(*limits: str) -> None:
        listed = "".join(f"  - {{{one}, because: {{article: 2 ¶1}}}}\n" for one in limits)
        path = tmp_path / f"{new_uuid()}.yaml"
        path.write_text(REFERENCE.replace("\nretention:", f"\nlimits:\n{listed}retention:", 1), "utf-8")
        kernel_settings.write_settings(instance={"pack": str(path)})

    yield limit
    kernel_settings.write_settings(instance={"pack": before})


@pytest.fixture
def routed(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Put ways for people without a document into the law of this instance."""
    before = instance().pack

    def route(*routes: str, kind: str = "individual", confirmed: bool = True) -> None:
        because = f"because: {{article: 2 ¶1, confirmed: {str(confirmed).lower()}}}"
        listed = "".join(f"      - {{{one}, {because}}}\n" for one in routes)
        head = f"  - id: {kind}\n"
        assert head in REFERENCE
        path = tmp_path / f"{new_uuid()}.yaml"
        path.write_text(REFERENCE.replace(head, f"{head}    no_document_route:\n{listed}", 1), "utf-8")
        kernel_settings.write_settings(instance={"pack": str(path)})

    yield route
    kernel_settings.write_settings(instance={"pack": before})


@pytest.fixture
def dual_control(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Have the law of this instance ask for an approver at these acts."""
    before = instance().pack

    def ask(*acts: str, confirmed: bool = True) -> None:
        because = f"because: {{article: 2 ¶1, confirmed: {str(confirmed).lower()}}}"
        listed = f"  - {{acts: [{', '.join(acts)}], {because}}}\n"
        path = tmp_path / f"{new_uuid()}.yaml"
        path.write_text(REFERENCE.replace("\nretention:", f"\ndual_control:\n{listed}retention:", 1), "utf-8")
        kernel_settings.write_settings(instance={"pack": str(path)})

    yield ask
    kernel_settings.write_settings(instance={"pack": before})
