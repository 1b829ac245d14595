# SPDX-License-Identifier: EUPL-1.2
"""What the counter gives a page that must go on without a network, and that nothing of anybody is in it."""

import base64
import datetime as dt
import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import get_language

from rollkeeper.access.authority import console_authority
from rollkeeper.counter import offline
from rollkeeper.counter.offline import _CACHED_FILES, _found
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel import clock
from rollkeeper.offline.payloads import Payload
from rollkeeper.registration.party_kinds import KindOfParty
from rollkeeper.registration.pipeline import active_pack
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PARTY_ROLES, PartyKind, PartyRole
from rollkeeper.vault import offline_keys, wire
from rollkeeper.vault.offline_keys import renew_offline_keys
from tests.counter.conftest import ON
from tests.offline.browsers import form
from tests.registration.people import fresh_number, person

ROOT = Path(__file__).parents[2]
KEY = "4c1f0e6a-2d6b-4b0e-9a55-7a1c2b3d4e5f"


@pytest.fixture
def page(at_counter):
    """A page of the counter, signed in, with a key to seal to."""
    renew_offline_keys(console_authority(), lasts_days=7, on=ON)

    def ask(address, said=None):
        return at_counter.post(
            address, json.dumps(said or {}), content_type="application/json", headers={"Accept": "application/json"}
        )  # fmt: skip

    return ask


def test_a_page_gets_a_ticket_and_this_instances_public_half(page):
    given = page("/offline/ticket/").json()

    assert base64.b64decode(given["half"]) == offline_keys.current_offline_key().public_key
    assert given["days"] == 7


def test_what_is_handed_in_waits_and_is_told_apart_from_what_never_came(page):
    given = page("/offline/ticket/").json()
    said = {
        "key": KEY,
        "ticket": given["ticket"],
        "sealed": base64.b64encode(b"x" * 64).decode(),
    }

    first, second = page("/offline/submissions/", said), page("/offline/submissions/", said)

    came = page("/offline/outcomes/", {"keys": [KEY, "another-key-here"]}).json()["submissions"]
    assert (first.status_code, second.status_code) == (200, 200)
    assert came == [{"key": KEY, "outcome": None, "said": []}]


@pytest.mark.parametrize("said", [{}, {"key": KEY}, {"key": "k", "ticket": "t", "sealed": "!"}, []])
def test_what_is_no_offline_registration_is_refused_and_not_repeated(page, said):
    answer = page("/offline/submissions/", said)

    assert answer.status_code == 422
    assert KEY not in answer.content.decode()


def test_nobody_who_is_not_signed_in_gets_a_ticket_or_hands_in(page, at_counter):
    at_counter.logout()

    assert page("/offline/ticket/").status_code == 401
    assert page("/offline/submissions/", {}).status_code == 401


@pytest.mark.parametrize(
    "address",
    [
        "/offline/forms/",
        "/offline/forms/register/?kind=company",
        "/offline/forms/pause/",
        "/offline/forms/dispute/",
        "/offline/forms/terminate/",
    ],
)
def test_a_form_that_is_kept_was_drawn_for_nobody(at_counter, address):
    drawn = at_counter.get(address)

    text = drawn.content.decode()
    assert drawn.status_code == 200
    assert "data-offline-form" in text
    assert "csrfmiddlewaretoken" not in text
    assert "clerk" not in re.sub(r"<[^>]+>", "", text)
    assert not re.search(r'name="submission_key" value="[^"]+"', text)


def test_every_form_that_is_to_be_kept_comes_in_one_answer_as_its_address_gives_it(page, at_counter):
    kept = at_counter.get(page("/offline/ticket/").json()["forms"])

    forms = kept.json()
    assert len(forms) == 3 * len(RegistrationKind) + 6
    assert forms == {address: at_counter.get(address).content.decode() for address in forms}
    assert len(gzip.compress(kept.content, 6)) < 20_000
    at_counter.logout()
    assert at_counter.get("/offline/kept-forms/").status_code in {302, 401}


def test_the_forms_of_a_language_are_drawn_once_a_minute_for_all_devices(at_counter, monkeypatch):
    drawn = []
    monkeypatch.setattr(offline, "_draw_forms", lambda _: drawn.append(get_language()) or b"{}")
    cache.clear()

    def ask(language="en"):
        at_counter.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        assert at_counter.get("/offline/kept-forms/").content == b"{}"

    ask(), ask(), ask("zh-hans"), ask("zh-hans")
    clock.set_demo_date(clock.today() + dt.timedelta(days=1))
    ask(), ask()
    assert drawn == ["en", "zh-hans", "en"]

    monkeypatch.setattr(offline, "_DRAWN_FOR_S", 0)
    cache.clear()
    ask(), ask()
    assert drawn == ["en", "zh-hans", "en", "en", "en"]


def test_every_file_that_is_to_be_kept_is_there_and_is_what_the_pages_load(at_counter):
    loaded = set(re.findall(r'(?:src|href)="/static/([^"?]+)', at_counter.get("/register/").content.decode()))

    assert [name for name in _CACHED_FILES if not _found(name).exists()] == []
    assert loaded - {"favicon.ico"} <= set(_CACHED_FILES)


def test_the_worker_is_the_same_for_everybody_and_keeps_no_page(at_counter):
    at_counter.logout()

    script = at_counter.get("/service-worker.js")

    assert "Service-Worker-Allowed" not in script.headers, "it answers for what is next to it and below"
    assert "rollkeeper.css" in script.content.decode()


@pytest.mark.parametrize("kind", PartyKind)
def test_an_offline_registration_is_read_as_the_counters_own_form_reads_it(register, kind):
    fields = form(
        fresh_number(), person(document_type="passport"), service="mobile", submission_key="a-submission-key"
    )
    fields |= {
        "subscriber__document_state": "NPL",
        "double_checked": "on",
        "former__document_type": "other",
        "former__document_number": " A1 ",
    }
    for part in PARTY_ROLES[kind]:
        fields |= {
            f"{part.key}__{name}": value
            for name, value in person().items()
            if part is not PartyRole.SUBSCRIBER
        }
    posted = QueryDict(mutable=True)
    posted.update(fields)

    drawn = RecordForm(posted, action_kind=RegistrationKind.CHANGE, kind=kind, pack=active_pack())
    drawn.is_valid()
    read = Payload("change", KindOfParty(kind), fields, 0, "device").submission("a-submission-key")

    asked = {name for names in drawn.part_names.values() for name in names}
    theirs = drawn.submission()
    for name in ("submission_key", "number", "kind", "language", "double_checked", "former_document"):
        assert getattr(read, name) == getattr(theirs, name), name
    assert {
        part: {n: v for n, v in values.items() if f"{part.key}__{n}" in asked}
        for part, values in read.parts.items()
    } == dict(theirs.parts)


@pytest.mark.skipif(
    shutil.which("node") is None, reason="NO NODE HERE: what a browser seals is not opened beside it"
)
@pytest.mark.parametrize("length", [0, 1, 4095, 4096, 5000])
def test_python_opens_what_the_browsers_script_seals_byte_for_byte(length):
    secret, key, ticket = wire.EpochSecret(0x01020304, bytes(range(32))), "a-submission-key", bytes(range(16))
    text = "བོད" + "x" * length
    script = (
        f"import {{ seal }} from {json.dumps(str(ROOT / 'rollkeeper/site/static/built/sealing.js'))};"
        f"const half = Uint8Array.from(Buffer.from('{secret.public_key().hex()}', 'hex'));"
        "const sealed = await seal(process.argv[1], {half, key: 0x01020304,"
        f" ticket: '00010203-0405-0607-0809-0a0b0c0d0e0f', submissionKey: '{key}'}});"
        "console.log(Buffer.from(sealed).toString('hex'));"
    )

    made = subprocess.run(
        ["node", "--input-type=module", "-e", script, text],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    sealed = bytes.fromhex(made.stdout.strip())
    opened = secret.open_offline(sealed, context=wire.offline_context(key, ticket))
    assert wire.unpad(opened).decode() == text
    assert len(opened) % offline_keys.PADDED_TO_BYTES == 0
