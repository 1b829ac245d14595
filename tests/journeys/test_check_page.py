# SPDX-License-Identifier: EUPL-1.2
"""The page that checks receipts, opened from a file in a real Chromium with no server and no network behind it."""

import base64
import datetime as dt
import hashlib
import json
import re
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from rollkeeper.kernel.accepted_languages import ACCEPTED_LANGUAGES
from rollkeeper.ledger import auditor, cosignatures, notes, signed_entry_timestamps, tree
from rollkeeper.ledger.leaves import disclose, leaf_bytes, root_of
from rollkeeper.ledger.printouts.receipt_checker import LANGUAGES, check_page, policy
from rollkeeper.ledger.services import entry_body
from rollkeeper.ledger.verbs import Verb
from tests.journeys.conftest import AXE, RULES, SCREENSHOTS

LINE = UUID("01900000-0000-7000-8000-000000000001")
FOREIGN = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
COSIGNED_S = 1_331_000_000  # 2012-03-06 02:13:20 UTC
WITNESS = "\u2014 witness.example/w1 " + base64.b64encode(bytes(76)).decode() + "\n"


def body(verb=Verb.TENURE_REGISTERED, **facts):
    return entry_body(
        verb=verb, at=dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC), on=dt.date(2012, 3, 2), role="clerk",
        actor="0f" * 32, line_id=LINE, commitment="f0" * 32, pack="cd" * 32, article="2 ¶1",
        facts={"assurance": "checked", "party_kind": "individual", **facts},
    )  # fmt: skip


class Witness:
    """A witness outside, which cosigns any head."""

    def __init__(self, kind=4, name="witness.example/w1"):
        self.name = name
        self._private = Ed25519PrivateKey.generate() if kind == 4 else MLDSA44PrivateKey.generate()
        raw = bytes([kind]) + self._private.public_key().public_bytes_raw()
        self._id = hashlib.sha256(f"{name}\n".encode() + raw).digest()[:4]
        self.vkey = f"{name}+{self._id.hex()}+{base64.b64encode(raw).decode()}"

    def line(self, head, at_s=COSIGNED_S):
        if isinstance(self._private, MLDSA44PrivateKey):
            signature = self._private.sign(cosignatures.signed_tree(head, name=self.name, at_s=at_s))
        else:
            signature = self._private.sign(f"cosignature/v1\ntime {at_s}\n{head.text()}".encode())
        raw = self._id + at_s.to_bytes(8, "big") + signature
        line = f"\u2014 {self.name} {base64.b64encode(raw).decode()}"
        assert cosignatures.cosignature([line], head=head, key=cosignatures.witness_key(self.vkey))
        return line + "\n"


def proof(size=1000, index=702, entry=None, cosigned=lambda _: WITNESS, only=None):
    """A proof in a ledger of `size` entries, signed by this instance's key; built without a database."""
    text, day = (entry or body()).decode(), "2012-03-02"
    known = {"secret": bytes(range(32)), "entry_id": index + 1}
    leaf = leaf_bytes("registration", day, root_of(text, **known))
    hashes = [tree.leaf_hash(str(n).encode()) for n in range(size)]
    hashes[index] = tree.leaf_hash(leaf)

    def node(height, place):
        return tree.root_of(b"".join(hashes[place << height : (place + 1) << height]))

    steps = tree.prove_inclusion(index, size=size, node=node)
    head = notes.Head(notes.origin(), size, tree.root_at(size, node))
    shown = disclose(text, leaf_class="registration", day=day, only=only, **known)
    lines = [auditor.PROOF, "extra " + base64.b64encode(shown).decode(), f"index {index}"]
    lines += [base64.b64encode(step).decode() for step in steps]
    return "\n".join([*lines, "", notes.sign(head, notes.signing_key()) + cosigned(head)])


@pytest.fixture(autouse=True)
def _nobody_accepted_a_language():
    """The browser's loop runs in this thread, where Django refuses to use the register."""
    with ACCEPTED_LANGUAGES.replaced(frozenset):
        yield


@pytest.fixture(scope="module")
def key():
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())
    return signed_entry_timestamps.vkey()


@pytest.fixture(scope="module")
def saved(tmp_path_factory, key):
    """The page, saved on the disk."""
    file = tmp_path_factory.mktemp("saved") / "check-receipt.html"
    with ACCEPTED_LANGUAGES.replaced(frozenset):  # as for each test
        file.write_text(check_page(), "utf-8")
    return file


@pytest.fixture(scope="module")
def window(chromium):
    """A browser's window without a network, and what it asked for and complained about."""
    context = chromium.new_context(locale="en-GB", offline=True)
    opened, asked, complaints = context.new_page(), [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda said: complaints.append(said.text) if said.type != "log" else None)
    opened.on("pageerror", lambda fault: complaints.append(str(fault)))
    yield opened, asked, complaints
    context.close()


@pytest.fixture
def page(window, saved):
    """The page, opened from the disk; nothing may be asked for and nothing complained about."""
    opened, asked, complaints = window
    opened.goto(saved.as_uri())
    yield opened
    wanted, said = [*asked], [*complaints]
    asked.clear(), complaints.clear()
    assert [url for url in wanted if not url.startswith(("file:", "data:"))] == []
    assert said == []


ANSWER = """async given => {
  for (const [id, text] of Object.entries(given)) {
    const field = document.getElementById(id);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.getElementById("check").click();
  while (!document.querySelector("#answer section")) await new Promise(done => setTimeout(done, 5));
  return [document.querySelector("#answer section").className, document.querySelector("#answer").innerText];
}"""


def answer(page, text, key, witnesses=()):
    """Have a receipt checked on a page that checked none yet, in one go: `type_in` does it as people do."""
    return page.evaluate(ANSWER, {"key": key, "witnesses": lines(witnesses), "receipt": text})


def type_in(page, text, key, witnesses=()):
    """Have a receipt checked by typing and pressing."""
    page.fill("#key", key)
    page.fill("#witnesses", lines(witnesses))
    page.fill("#receipt", text)
    page.click("#check")
    page.wait_for_selector("#answer section")
    return page.get_attribute("#answer section", "class"), page.inner_text("#answer")


def lines(witnesses):
    return "\n".join(one.vkey if isinstance(one, Witness) else one for one in witnesses)


pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "index"), [(1, 0), (2, 1), (255, 254), (257, 256), (1000, 702)])
def test_a_proof_is_found_good_and_said_in_plain_words(page, key, size, index):
    verdict, said = answer(page, proof(size, index), key)

    assert verdict == "good"
    assert "the act is in the ledger" in said
    assert "The subscriber of the line is registered." in said
    assert f"{index}, counted from 0, of {size}" in said
    assert str(LINE) in said
    assert "not checked here: 1" in said


def test_a_number_that_was_ported_in_is_said_to_come_from_another_operator(page, key):
    _, said = answer(page, proof(entry=body(act="port_in")), key)

    assert "The number comes from another operator; the subscriber of the line is registered." in said


def test_a_promise_is_found_good_and_is_not_taken_for_a_proof(page, key):
    verdict, said = type_in(page, signed_entry_timestamps.sign_entry(body()), key)

    assert verdict == "good"
    assert "owes the proof" in said


def spoilt_entry(text):
    """Change one letter of the day in the entry that a receipt holds."""
    encoded = re.search(r"^(?:extra|entry) (\S+)$", text, re.MULTILINE)[1]
    changed = base64.b64decode(encoded).replace(b"2012-03-02", b"2012-03-03")
    return text.replace(encoded, base64.b64encode(changed).decode())


def spoilt_signature(text):
    """Change one letter of the ledger's signature."""
    signed = re.compile(r"^(\u2014 ledger\S+ \S{20})(.)", re.MULTILINE)
    return signed.sub(lambda found: found[1] + ("B" if found[2] == "A" else "A"), text)


@pytest.mark.parametrize(
    "make", [proof, lambda: signed_entry_timestamps.sign_entry(body())], ids=["proof", "signed entry"]
)
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (spoilt_entry, "different entry at this place|was changed after"),
        (lambda text: text[: len(text) // 3], "receipt is incomplete"),
        (lambda text: text.replace("@v1", "@v2"), "receipt is incomplete"),
        (lambda _: "", "receipt is incomplete"),
        (lambda _: "Believe me.", "receipt is incomplete"),
        (spoilt_signature, "was changed after"),
    ],
    ids=["entry", "third", "form", "empty", "words", "signature"],
)  # fmt: skip
def test_a_receipt_that_was_tampered_with_proves_nothing(page, key, make, spoil, why):
    spoilt = spoil(make())

    verdict, said = answer(page, spoilt, key)

    assert spoilt != make()
    assert verdict == "bad"
    assert re.search(why, said)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("index 702", "index 703"),
        lambda text: text.replace("\n1000\n", "\n1001\n"),
        lambda text: "\n".join(line for nth, line in enumerate(text.split("\n")) if nth != 3),
        lambda text: text.replace("\n\n", "\n" + base64.b64encode(bytes(32)).decode() + "\n\n", 1),
    ],
    ids=["place", "head", "shorter", "longer"],
)
def test_a_proof_that_was_bent_proves_nothing(page, key, spoil):
    assert answer(page, spoil(proof()), key)[0] == "bad"


@pytest.mark.parametrize(
    "make", [proof, lambda: signed_entry_timestamps.sign_entry(body())], ids=["proof", "signed entry"]
)
def test_a_receipt_of_another_ledger_proves_nothing_here(page, key, make):
    verdict, said = answer(page, make(), FOREIGN)

    assert verdict == "bad"
    assert "not signed with this key" in said


def test_a_witness_that_cosigned_is_named_with_its_instant(page, key):
    one, other = Witness(), Witness(name="other.example/w")
    text = proof(cosigned=lambda head: one.line(head) + other.line(head, COSIGNED_S - 60) + WITNESS)

    verdict, said = answer(page, text, key, ["# from their own sites", one, "", other])

    assert verdict == "good"
    assert f"{one.name} cosigned this ledger: 2012-03-06 02:13 UTC" in said
    assert f"{other.name} cosigned this ledger: 2012-03-06 02:12 UTC" in said
    assert "not checked here: 1" in said


def test_of_two_right_cosignatures_of_one_witness_the_newer_counts(page, key):
    witness = Witness()
    text = proof(cosigned=lambda head: witness.line(head) + witness.line(head, COSIGNED_S - 3600))

    assert "2012-03-06 02:13 UTC" in type_in(page, text, key, [witness])[1]


def test_a_witness_that_did_not_cosign_is_said_to_have_not(page, key):
    verdict, said = answer(page, proof(), key, [Witness()])

    assert verdict == "good"
    assert "witness.example/w1 did not cosign this ledger." in said
    assert "cosigned this ledger:" not in said


def retimed(line):
    """Change the second at which a cosignature says that it was made."""
    start, _, encoded = line.rstrip("\n").rpartition(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[11] ^= 1
    return f"{start} {base64.b64encode(bytes(raw)).decode()}\n"


@pytest.mark.parametrize(
    "forge",
    [
        lambda witness, head: witness.line(notes.Head(head.origin, head.size + 1, head.root)),
        lambda witness, head: witness.line(notes.Head(head.origin, head.size, bytes(32))),
        lambda witness, head: witness.line(notes.Head("other.example", head.size, head.root)),
        lambda witness, head: retimed(witness.line(head)),
        lambda witness, head: witness.line(head)[:-9] + "\n",
    ],
    ids=["size", "root", "origin", "instant", "short"],
)
def test_a_cosignature_that_was_borrowed_or_made_up_proves_nothing(page, key, forge):
    witness = Witness()

    verdict, said = answer(page, proof(cosigned=lambda head: forge(witness, head)), key, [witness])

    assert verdict == "bad"
    assert "cosignature under it is wrong" in said


def test_what_a_browser_cannot_check_is_never_called_right(page, key):
    witness = Witness(kind=6)

    verdict, said = answer(page, proof(cosigned=witness.line), key, [witness])

    assert verdict == "good"
    assert "ML-DSA-44, which browsers cannot check" in said
    assert "cosigned this ledger:" not in said


@pytest.mark.parametrize(
    "line",
    [FOREIGN, "Believe me.", Witness().vkey[:-5], Witness().vkey.replace("example", "elsewhere")],
    ids=["a ledger's", "words", "cut", "another's"],
)
def test_what_is_no_key_of_a_witness_is_said_to_be_none(page, key, line):
    verdict, said = answer(page, proof(), key, [Witness(), line])

    assert verdict == "bad"
    assert "not the key of a witness" in said


def test_what_is_no_key_is_said_to_be_none(page, key):
    verdict, said = answer(page, proof(), key.replace("+", "-"))

    assert verdict == "bad"
    assert "not the key of a ledger" in said


def test_what_is_written_around_a_receipt_is_passed_over(page, key):
    around = "Receipt\r\n\r\n" + proof().replace("\n", "\r\n") + "\r\nSent from my telephone"

    assert answer(page, around, key)[0] == "good"


def test_a_file_can_be_chosen_or_dropped(page, key, tmp_path):
    file = tmp_path / "receipt.tlog-proof"
    file.write_text(proof(), "utf-8")
    page.fill("#key", key)

    page.set_input_files("#file", file)
    page.wait_for_selector("#answer .good")
    page.fill("#receipt", "")
    dropped = page.evaluate_handle(
        "text => { const held = new DataTransfer(); held.items.add(new File([text], 'r')); return held; }",
        proof(),
    )
    page.dispatch_event("#receipt", "drop", {"dataTransfer": dropped})
    page.wait_for_selector("#answer .good")

    assert page.input_value("#receipt") == proof()


def test_what_a_receipt_says_is_never_taken_for_markup(page, key):
    wicked = b'{"verb":"<img src=x onerror=alert(1)>","day":"<b>now</b>","v":1}'

    verdict, said = answer(page, proof(entry=wicked), key)

    assert verdict == "good"
    assert "<b>now</b>" in said
    assert page.locator("#answer img, #answer b").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_sound_in_every_language_and_width(page, chromium, key, language):
    seen, unread, absent = (
        Witness(),
        Witness(kind=6, name="later.example/w"),
        Witness(name="absent.example/w"),
    )
    text = proof(cosigned=lambda head: seen.line(head) + unread.line(head) + WITNESS)
    answered = type_in(page, text, key, [seen, unread, absent])
    page.click(f"nav button[lang={language}]")

    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if SCREENSHOTS:
            page.screenshot(path=SCREENSHOTS / f"check-receipt.{language}.{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert answered[0] == "good"
    assert page.get_attribute("html", "lang") == language


def test_nothing_keeps_people_out(chromium, saved, key):
    context = chromium.new_context(bypass_csp=True, locale="en-GB")
    page = context.new_page()
    page.goto(saved.as_uri())
    answer(page, proof(), key, [Witness()])
    page.evaluate(AXE.read_text("utf-8"))

    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    context.close()

    assert not [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


def test_the_policy_lets_the_page_send_nothing(chromium, saved, key):
    context = chromium.new_context(locale="en-GB")
    page, refused = context.new_page(), []
    page.on("console", lambda said: refused.append(said.text))
    page.goto(saved.as_uri())

    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))"
    )
    context.close()

    assert len([one for one in refused if "Content Security Policy" in one]) >= 2
    assert "unsafe" not in policy()
    assert policy() in check_page()


def test_every_language_says_everything(key):
    words = json.loads(re.search(r'id="words">(.*?)</script>', check_page(), re.DOTALL)[1])

    assert set(words) == set(LANGUAGES)
    assert [bool(words[one]["note"]) for one in LANGUAGES] == [False, True, True]
    assert {len(one["texts"]) for one in words.values()} == {len(words["en"]["texts"])}
    assert all(
        words[one]["texts"][key] != words["en"]["texts"][key]
        for one in ("zh-hans", "bo")
        for key in words["en"]["texts"]
    )


def test_the_page_speaks_the_language_of_the_page_that_led_to_it(chromium, saved):
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()

    page.goto(saved.as_uri() + "#zh-hans")
    chinese = page.inner_text("h1")
    page.goto("about:blank")
    page.goto(saved.as_uri() + "#xx")
    english = page.inner_text("h1")
    context.close()

    assert (chinese, english) == ("核验凭证", "Check a receipt")


def test_a_receipt_of_which_someone_left_out_fields_is_said_to_be_in_part(page, key):
    whole = answer(page, proof(), key)
    page.reload()

    # Someone else's receipt, handed in as one's own: of which line it is, and that no one saw a document, is not there any more.
    shown, text = answer(page, proof(only=["day", "verb", "article"]), key)

    assert whole[0] == "good"
    assert "left out" not in whole[1]
    assert shown == "bad"
    assert "The act is in the ledger, but a part of this receipt was left out." in text
    assert re.search(r"Left out: \d+\.", text)
    assert "The whole entry" not in text
