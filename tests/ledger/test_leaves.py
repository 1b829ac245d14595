# SPDX-License-Identifier: EUPL-1.2
"""The bytes of a leaf and of a disclosure are frozen, and the auditor opens what the writer closed."""

import base64
import json
import subprocess
import sys
from hashlib import sha256, shake_256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.ledger import auditor, leaves
from rollkeeper.ledger.leaf_classes import LeafClass
from rollkeeper.ledger.leaves import disclose, fields_of, leaf_bytes, receipt_code, root_of
from rollkeeper.ledger.verbs import Verb

BODY = (
    '{"actor":"worker","article":"art. 3 第三条","at":"2012-03-02T01:00:00.123Z","day":"2012-03-02",'
    '"facts":{"first":"2012-03-01","known":true,"lines":60},"line":"01900000-0000-7000-8000-000000000001",'
    '"role":"worker","v":1,"verb":"line:clock:paused"}'
)
SECRET = bytes(range(32))


def by_hand(body, secret, entry_id):
    """The page of formats, in a few lines of code."""
    said = json.loads(body)
    flat = {key: value for key, value in said.items() if key != "facts"}
    flat |= {f"facts.{key}": value for key, value in said.get("facts", {}).items()}
    names = [
        name
        for key in said
        for name in ([key] if key != "facts" else [f"facts.{one}" for one in said["facts"]])
    ]
    salts = shake_256(secret + b"rollkeeper/leaf-salts@v2\x00" + entry_id.to_bytes(8)).digest(16 * len(names))
    digests = b"".join(
        sha256(
            salts[16 * nth : 16 * nth + 16]
            + json.dumps([name, flat[name]], ensure_ascii=False, separators=(",", ":")).encode()
        ).digest()
        for nth, name in enumerate(names)
    )
    return sha256(b"rollkeeper/leaf-root@v2\x00" + digests).digest()


def test_the_root_is_that_of_the_drawing_and_never_changes():
    root = root_of(BODY, secret=SECRET, entry_id=4711)

    assert root == by_hand(BODY, SECRET, 4711)
    assert root.hex() == "9ac5a976b49194c1c095a736f6a4c5f675b1776243b08d0149c59ac1d226afa3"


ARTICLES = [
    "art. 2", "3,", ",", '","', '",', "a{b}", "}", '{"', "\\", '\\"', ',"at":"x', "第三条", "\n", ',"}', '"}', '{"facts":{"a":1}}', ":", ":x", "x:", "[1]", "x}]",
]  # fmt: skip


@pytest.mark.parametrize("article", ARTICLES)
@pytest.mark.parametrize("facts", [None, {"a": "x"}, {"a": 1, "b": True}])
def test_fields_that_are_cut_out_are_those_that_are_read(article, facts):
    said = {"actor": "worker", "article": article, "facts": facts, "role": article, "v": 1, "verb": article}
    body = canonical_bytes({key: value for key, value in said.items() if value is not None}).decode()

    assert root_of(body, secret=SECRET, entry_id=7) == by_hand(body, SECRET, 7)


@pytest.mark.parametrize(
    "odd", ["", "{", '{"a":"\\\\"}', '{"a":"x\ty\1"}', '{"a":1', '{"facts":{"a":1}', '{"b":{"a":1}}']
)
def test_what_one_entry_says_changes_nothing_of_how_others_are_hashed(odd):
    bodies = [BODY.replace("worker", "console"), odd, BODY, odd, '{"a":1}']

    found = leaves.fields_of_all("\0".join(bodies).encode())

    roots = [leaves.root_over(fields, SECRET, (7).to_bytes(8)) for fields in found]
    assert roots == [root_of(body, secret=SECRET, entry_id=7) for body in bodies]


def test_the_leaf_says_a_class_a_day_and_a_root():
    leaf = leaf_bytes("change", "2012-03-02", bytes(32))

    assert leaf == b'{"class":"change","day":"2012-03-02","root":"' + b"00" * 32 + b'","v":2}'


@pytest.mark.parametrize("only", [None, {"verb"}, set(), {"line", "facts.known"}])
def test_a_disclosure_leads_to_the_leaf_and_says_what_was_disclosed_alone(only):
    root = root_of(BODY, secret=SECRET, entry_id=4711)

    shown = disclose(BODY, secret=SECRET, entry_id=4711, leaf_class="change", day="2012-03-02", only=only)
    leaf, entry, hidden = auditor.open_disclosure(shown)

    assert leaf == leaf_bytes("change", "2012-03-02", root)
    assert hidden == (0 if only is None else len(fields_of(BODY)) - len(only))
    if only is None:
        assert entry == BODY
    else:
        assert {name for name, _ in fields_of(entry)} == only


@given(
    st.dictionaries(
        st.sampled_from(["article", "at", "line", "lines", "role", "verb"]),
        st.text(max_size=20) | st.integers(0, 10**15) | st.booleans(),
    )
)
def test_whatever_an_entry_says_the_auditor_reads_as_it_was_written(said):
    body = json.dumps(dict(sorted(said.items())), ensure_ascii=False, separators=(",", ":"))

    shown = disclose(body, secret=SECRET, entry_id=1, leaf_class="other", day="2012-03-02")
    leaf, entry, _ = auditor.open_disclosure(shown)

    assert entry == body
    assert root_of(body, secret=SECRET, entry_id=1).hex() in leaf.decode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said["fields"].append(said["fields"][0]),
        lambda said: said["fields"][0].__setitem__(1, "facts"),
        lambda said: said["fields"][0].__setitem__(1, "facts.first"),
        lambda said: said["fields"][0].__setitem__(2, {"a": 1}),
        lambda said: said["fields"][0].__setitem__(0, "AAAA"),
        lambda said: said["fields"].__setitem__(0, "AAAA"),
        lambda said: said.pop("fields"),
    ],
    ids=["twice", "facts", "another's name", "an object", "a short salt", "a short digest", "nothing"],
)
def test_a_disclosure_that_could_be_read_in_two_ways_is_none(spoil):
    said = json.loads(disclose(BODY, secret=SECRET, entry_id=1, leaf_class="change", day="2012-03-02"))
    spoil(said)

    with pytest.raises((ValueError, KeyError)):
        auditor.open_disclosure(json.dumps(said).encode())


def test_one_salt_tells_nothing_of_the_next_and_no_two_entries_share_one():
    salts = {
        field[0]
        for entry_id in range(200)
        for secret in (SECRET, bytes(32))
        for field in json.loads(
            disclose(BODY, secret=secret, entry_id=entry_id, leaf_class="change", day="2012-03-02")
        )["fields"]
    }

    assert len(salts) == 200 * 2 * len(fields_of(BODY))
    assert {len(base64.urlsafe_b64decode(salt + "==")) for salt in salts} == {16}


def test_every_verb_has_a_class_and_no_class_is_of_one_verb_alone():
    by_class = {one: [verb for verb in Verb if verb.leaf_class is one] for one in LeafClass}

    assert sum(map(len, by_class.values())) == len(Verb)
    assert {one: verbs for one, verbs in by_class.items() if len(verbs) < 3} == {}


def test_a_code_is_made_of_the_body_which_is_not_published():
    assert receipt_code(4711, BODY) == "4711-4FZ0XA"
    assert receipt_code(4711, '{"check":123456789,"erased":true}') == "4711-3NQK8N"


def test_the_module_that_makes_leaves_knows_no_database():
    asked = "import sys; import rollkeeper.ledger.leaves; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert "rollkeeper.ledger.leaves" in loaded.stdout.split()
    assert not {
        name
        for name in loaded.stdout.split()
        if name.startswith(("django", "psycopg", "rollkeeper.kernel.database"))
    }
