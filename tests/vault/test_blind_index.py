"""Exact look-up by keyed hash: one thing in all its spellings, two things never."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.vault import root
from rollkeeper.vault.blind_index import INDEX_BYTES, blind_documents, blind_numbers, blind_references
from rollkeeper.vault.errors import RootMissing
from rollkeeper.vault.rules import normalise_document, normalise_number, normalise_reference


@pytest.fixture
def key(monkeypatch, tmp_path):
    """A known index key, in its own file."""
    file = tmp_path / "index.key"
    file.write_text("index " + bytes(range(32)).hex() + "\n", "ascii")
    monkeypatch.setattr(root, "index_file", lambda: file)
    return bytes(range(32))


def test_an_index_is_the_keyed_hash_that_is_drawn(key):
    (index,) = blind_numbers(["+8613800000001"])

    assert index == hmac.digest(key, b"number\x008613800000001", "sha256")[:INDEX_BYTES]
    assert index.hex() == "b0e4fa201df607651d7b816bff405487"


def test_a_document_and_a_reference_that_look_like_a_number_have_other_indexes(key):
    made = {blind(["8613800000001"])[0] for blind in (blind_numbers, blind_documents, blind_references)}

    assert len(made) == 3


def test_another_key_makes_other_indexes(key, monkeypatch, tmp_path):
    before = blind_numbers(["+8613800000001"])
    other = tmp_path / "other.key"
    other.write_text("index " + bytes(32).hex() + "\n", "ascii")
    monkeypatch.setattr(root, "index_file", lambda: other)

    assert blind_numbers(["+8613800000001"]) != before


def test_without_the_key_nothing_is_looked_up(monkeypatch, tmp_path):
    monkeypatch.setattr(root, "index_file", lambda: tmp_path / "none.key")

    with pytest.raises(RootMissing):
        blind_numbers(["+8613800000001"])


@pytest.mark.parametrize(
    "spelling",
    ["11010519491231002X", "11010519491231002x", "11010519491231002Ⅹ", "11010519491231002ⅹ", "１１０１０５１９４９１２３１００２Ｘ",
     "110105 19491231 002X", "110105-19491231-002x", "\u200b11010519491231002X ", "11010519491231002×",
     "11010519491231002Х", "110105491231002"],
    ids=["as printed", "small", "roman", "small roman", "full width", "spaces", "dashes", "invisible", "times",
         "cyrillic", "15 digits"],
)  # fmt: skip
def test_one_chinese_card_has_one_spelling(spelling):
    assert normalise_document(spelling) == "11010519491231002X"


@pytest.mark.parametrize(
    ("short", "long"),
    [("110105491231002", "11010519491231002X"), ("540102600229001", "540102196002290014"),
     ("110105991231996", "110105189912319960")],
    ids=["1949", "a leap day", "born before 1900"],
)  # fmt: skip
def test_a_number_of_15_digits_is_the_same_person_as_that_of_18(short, long):
    lengthened = normalise_document(short)

    assert lengthened[:17] == long[:17]
    assert normalise_document(lengthened) == lengthened


@pytest.mark.parametrize("other", ["540102610229001", "110105491331002", "110105490000002"])
def test_15_digits_that_hold_no_date_stay_as_they_are(other):
    assert normalise_document(other) == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("11010519491231002X", "110105194912310021"),
        ("E12345678", "E12345679"),
        ("A1234567", "A12345678"),
        ("Х123", "X123"),
    ],
)
def test_two_documents_never_become_one(one, other):
    assert normalise_document(one) != normalise_document(other)


@pytest.mark.parametrize(
    ("spelling", "normal"),
    [
        ("+8613800000001", "8613800000001"), ("+86 138-0000-0001", "8613800000001"), ("＋８６１３８０００００００１", "8613800000001"),
        ("Example.ORG", "example.org"), ("192.0.2.0/24", "192.0.2.0/24"), ("2001:DB8::/32", "2001:db8::/32"),
        ("a-b.example", "a-b.example"), ("10.20.30.40", "10.20.30.40"),
    ],
)  # fmt: skip
def test_a_number_has_one_spelling_and_a_domain_keeps_its_dashes(spelling, normal):
    assert normalise_number(spelling) == normal


def test_an_operators_reference_keeps_its_case_and_its_dashes():
    assert normalise_reference(" 7590-vHVEG\t") == "7590-vHVEG"


@given(
    number=st.text(alphabet="0123456789", min_size=4, max_size=15),
    spaces=st.lists(st.integers(0, 14), max_size=4),
)
def test_spaces_in_a_number_change_nothing(number, spaces):
    spelled = number
    for place in sorted(spaces, reverse=True):
        spelled = spelled[:place] + " " + spelled[place:]

    assert normalise_number("+" + spelled) == normalise_number("+" + number) == number


@given(text=st.text(max_size=40))
def test_spelling_something_normally_twice_is_spelling_it_once(text):
    for normalise in (normalise_document, normalise_number, normalise_reference):
        assert normalise(normalise(text)) == normalise(text)


@given(digits=st.integers(min_value=0, max_value=10**15 - 1))
def test_no_two_numbers_of_15_digits_become_one(digits):
    one, other = f"{digits:015}", f"{(digits + 1) % 10**15:015}"

    assert normalise_document(one) != normalise_document(other)
