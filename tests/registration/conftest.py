# SPDX-License-Identifier: EUPL-1.2
"""A clerk, and lines to register."""

import datetime as dt
from collections.abc import Callable

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import activate_line, suspend_line
from tests.builders.packs import REFERENCE, use_pack
from tests.registration.people import fresh_number


@pytest.fixture
def clerk() -> Authority:
    """A clerk at a counter."""
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
def limited(law_put_back: None) -> Callable[..., None]:
    """Add limits of lines to the law of this instance."""

    def limit(*limits: str) -> None:
        listed = "".join(f"  - {{{one}, because: {{article: 2 ¶1}}}}\n" for one in limits)
        use_pack(REFERENCE.replace("\nretention:", f"\nlimits:\n{listed}retention:", 1))

    return limit


@pytest.fixture
def routed(law_put_back: None) -> Callable[..., None]:
    """Add ways for people without a document to the law of this instance."""

    def route(*routes: str, kind: str = "individual", confirmed: bool = True) -> None:
        because = f"because: {{article: 2 ¶1, confirmed: {str(confirmed).lower()}}}"
        listed = "".join(f"      - {{{one}, {because}}}\n" for one in routes)
        head = f"  - id: {kind}\n"
        assert head in REFERENCE
        use_pack(REFERENCE.replace(head, f"{head}    no_document_route:\n{listed}", 1))

    return route


@pytest.fixture
def dual_control(law_put_back: None) -> Callable[..., None]:
    """Make the law of this instance require an approver for these acts."""

    def ask(*acts: str, confirmed: bool = True) -> None:
        because = f"because: {{article: 2 ¶1, confirmed: {str(confirmed).lower()}}}"
        listed = f"  - {{acts: [{', '.join(acts)}], {because}}}\n"
        use_pack(REFERENCE.replace("\nretention:", f"\ndual_control:\n{listed}retention:", 1))

    return ask
