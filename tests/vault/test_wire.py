"""The bytes: pinned, bound to their place, and opaque when touched."""

import hashlib
import hmac
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.vault import document_store, keys, wire
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, LineField, padded_to_bytes

VECTORS = Path(__file__).parent / "vectors"
KEY = bytes(range(32))
PERSON = UUID("01890000-0000-7000-8000-000000000001").bytes
TENURE = UUID("01890000-0000-7000-8000-000000000002").bytes
LINE = UUID("01890000-0000-7000-8000-000000000003").bytes
NONCE = bytes(range(100, 112))
EPOCH = wire.EpochSecret(7, bytes(range(32, 64)))
BINDING = wire.attribute_binding(PERSON, TENURE)
PERSON_CONTEXT = wire.person_key_context(PERSON, TENURE)
LINE_CONTEXT = wire.line_value_context(LINE, b"number")


def attribute(text: str = "Rigdzin Wangmo", field: bytes = b"name") -> bytes:
    return wire.attribute_sealer(KEY, binding=BINDING)(NONCE, wire.pad(text.encode(), to_bytes=64), field)


def flipped(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data) ^ 1 << bit).to_bytes(len(data))


# ---- golden vectors: a change here is a new version of the format, not a new expectation ----

GOLDEN_ATTRIBUTE = "016465666768696a6b6c6d6e6f1a72b902038038be6903318fb70aeafd42c2060a8b6cf372a7d1ac48fba3a54894e940c04c129b04fdf3783ffd42cacf1b5b98e7204a4128faf1acd6ef81a58a69f4b75e88a7b90705b785d17d3a0edb"
GOLDEN_PERSON_KEY = "0101000000076465666768696a6b6c6d6e6f76b3e7a775d10b9b33687452a178fa939809123e0c8f2154efd540958a66a3e4522f8509bdb5be3e734cbb3489af9baa"
GOLDEN_LINE_VALUE = "0101000000076465666768696a6b6c6d6e6ff0cdd0777757df5b36b4e4fe8e58d0ce80ab100c796ab63e7f2bd27d140cf3f5b9b1646884d89d975c97b57da07cdf1a"
GOLDEN_COMMITMENT = "df9a860194456eba2d45a23d2addc6d95b589db827ffa371d0aa7bb5f87c35b7"
GOLDEN_COPY = "9e5bde72257d1697a7e84aacc286e8904a35864d9ef62b137b130e0f5280c1fd"
GOLDEN_PUBLIC_HALF = "8b38b060d005267f1896928e60014f0a0245de4b64f97432eba5dad16b84b458"


def test_an_attribute_has_the_bytes_that_are_drawn():
    sealed = attribute()

    assert sealed.hex() == GOLDEN_ATTRIBUTE
    assert sealed[0] == 1
    assert sealed[1:13] == NONCE
    assert len(sealed) == 1 + 12 + 64 + 16


def test_associated_data_of_an_attribute_is_what_is_drawn():
    assert BINDING + b"name" == b"rollkeeper/attribute\x00\x01" + PERSON + TENURE + b"name"


def test_an_attribute_of_another_sim_has_the_bytes_that_are_drawn():
    sealed = wire.of_another_sim(b"\x01" + bytes(range(44)), 0xABC)

    assert sealed == b"\x02\x0a\xbc" + bytes(range(44))
    assert wire.sim_of(sealed) == (0xABC, b"\x01" + bytes(range(44)))
    assert wire.sim_of(b"\x01" + bytes(44)) == (None, b"\x01" + bytes(44))


@pytest.mark.parametrize("sim", [0, 0xABC, keys.SIMS - 1])
def test_the_key_of_another_sim_is_of_its_tenure_and_of_no_person(sim):
    tenure = UUID("01890000-0000-7def-8123-456789abcdef")

    named = keys.of_sim(tenure, sim)

    assert str(named) == f"01890000-0000-9{sim:03x}-8123-456789abcdef"
    assert [keys.is_of_part(one) for one in (named, keys.of_copies(tenure), tenure)] == [True, True, False]


def test_a_person_key_of_kind_1_has_the_bytes_that_are_drawn(monkeypatch):
    monkeypatch.setattr(wire.os, "urandom", lambda count: NONCE[:count])

    (sealed,) = EPOCH.person_key_sealer().seal([KEY], contexts=[PERSON_CONTEXT])

    assert sealed.hex() == GOLDEN_PERSON_KEY
    assert sealed[:6] == bytes([1, 1, 0, 0, 0, 7])
    assert len(sealed) == 6 + 12 + 32 + 16


def test_a_lines_value_of_kind_1_has_the_bytes_that_are_drawn(monkeypatch):
    monkeypatch.setattr(wire.os, "urandom", lambda count: NONCE[:count])

    (sealed,) = EPOCH.line_value_sealer().seal(
        [wire.pad(b"+8613800000001", to_bytes=32)], contexts=[LINE_CONTEXT]
    )

    assert sealed.hex() == GOLDEN_LINE_VALUE


def test_a_copy_of_a_document_has_the_bytes_that_are_drawn(monkeypatch):
    monkeypatch.setattr(wire.os, "urandom", lambda count: NONCE[:count])

    sealed = wire.seal_copy(KEY, b"a picture", person=PERSON, tenure=TENURE, position=2)

    bound = b"rollkeeper/document-copy\x00\x01" + PERSON + TENURE + b"\x02"
    padded = b"a picture\x80" + bytes(4096 - 10)
    assert sealed == b"\x01" + NONCE + AESGCM(KEY).encrypt(NONCE, padded, bound)
    assert hashlib.sha256(sealed).hexdigest() == GOLDEN_COPY
    assert len(sealed) == 1 + 12 + 4096 + 16


def test_a_copy_made_earlier_still_opens_and_for_nobody_else():
    kept = b"\x01" + NONCE + AESGCM(KEY).encrypt(
        NONCE, b"a picture\x80" + bytes(4086), b"rollkeeper/document-copy\x00\x01" + PERSON + TENURE + b"\x02"
    )  # fmt: skip

    assert wire.open_copy(KEY, kept, person=PERSON, tenure=TENURE, position=2) == b"a picture"
    for person, tenure, position in ((TENURE, TENURE, 2), (PERSON, PERSON, 2), (PERSON, TENURE, 1)):
        with pytest.raises(CannotOpen):
            wire.open_copy(KEY, kept, person=person, tenure=tenure, position=position)


def test_the_name_of_a_copys_object_is_the_one_that_is_drawn():
    name = document_store.name_of(UUID(bytes=PERSON), UUID(bytes=TENURE), 2)

    assert name == f"{TENURE.hex()[-2:]}/{UUID(bytes=TENURE)}/{UUID(bytes=PERSON)}-2"


def test_an_envelope_of_kind_2_has_the_shape_that_is_drawn():
    sealer = wire.PublicSealer(7, EPOCH.public_key())

    (sealed,) = sealer.seal([KEY], contexts=[PERSON_CONTEXT])

    assert sealed[:6] == bytes([1, 2, 0, 0, 0, 7])
    assert len(sealed) == 6 + 1120 + 32 + 16


def test_an_envelope_of_kind_2_made_earlier_still_opens():
    kept = bytes.fromhex((VECTORS / "person_key_kind_2.hex").read_text("ascii"))

    assert EPOCH.open_person_key(kept, context=PERSON_CONTEXT) == KEY


def test_the_public_half_of_an_epoch_is_derived_from_its_secret():
    assert wire.fingerprint(EPOCH.public_key()) == GOLDEN_PUBLIC_HALF
    assert len(EPOCH.public_key()) == 1184 + 32


def test_a_commitment_is_an_hmac_under_a_key_derived_from_the_persons_key():
    inner = hmac.digest(KEY, b"rollkeeper/commitment\x01", "sha256")

    made = wire.commitment(KEY, person=PERSON, tenure=TENURE)

    assert made == hmac.digest(inner, PERSON + TENURE, "sha256").hex() == GOLDEN_COMMITMENT


def test_deriving_a_key_is_hkdf_expand_of_rfc_5869():
    theirs = HKDFExpand(SHA256(), 32, b"rollkeeper/commitment").derive(KEY)

    assert wire.expand(KEY, b"rollkeeper/commitment") == theirs


# ---- touched in any part, moved to any other place: one opaque error ----

PARTS_OF_AN_ATTRIBUTE = {
    "version": 0,
    "nonce": 1,
    "nonce's end": 12,
    "ciphertext": 13,
    "filling": 76,
    "tag": 77,
    "end": -1,
}


@pytest.mark.parametrize("place", PARTS_OF_AN_ATTRIBUTE.values(), ids=PARTS_OF_AN_ATTRIBUTE)
@pytest.mark.parametrize("bit", [1, 128], ids=["low", "high"])
def test_an_attribute_with_one_bit_turned_does_not_open(place, bit):
    touched = bytearray(attribute())
    touched[place] ^= bit

    with pytest.raises(CannotOpen) as refused:
        wire.open_attribute(KEY, bytes(touched), binding=BINDING, field=b"name")

    assert refused.value.facts == {}
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("length", [0, 1, 12, 13, 20, 28, 29, 92])
def test_a_shortened_attribute_does_not_open(length):
    with pytest.raises(CannotOpen):
        wire.open_attribute(KEY, attribute()[:length], binding=BINDING, field=b"name")


@pytest.mark.parametrize(
    ("binding", "field"),
    [
        (wire.attribute_binding(LINE, TENURE), b"name"),
        (wire.attribute_binding(PERSON, LINE), b"name"),
        (wire.attribute_binding(TENURE, PERSON), b"name"),
        (BINDING, b"address"),
        (BINDING, b""),
    ],
    ids=["another person", "another tenure", "exchanged", "another field", "no field"],
)
def test_an_attribute_of_another_place_does_not_open(binding, field):
    with pytest.raises(CannotOpen):
        wire.open_attribute(KEY, attribute(), binding=binding, field=field)


def test_an_attribute_does_not_open_under_another_key():
    with pytest.raises(CannotOpen):
        wire.open_attribute(bytes(32), attribute(), binding=BINDING, field=b"name")


def envelopes() -> dict[str, bytes]:
    return {
        "kind 1": EPOCH.person_key_sealer().seal([KEY], contexts=[PERSON_CONTEXT])[0],
        "kind 2": wire.PublicSealer(7, EPOCH.public_key()).seal([KEY], contexts=[PERSON_CONTEXT])[0],
    }


@pytest.mark.parametrize("kind", ["kind 1", "kind 2"])
@pytest.mark.parametrize("place", [0, 1, 2, 5, 6, 17, 18, -17, -16, -1])
def test_a_wrapped_key_with_one_bit_turned_does_not_open(kind, place):
    touched = bytearray(envelopes()[kind])
    touched[place] ^= 1

    with pytest.raises(CannotOpen):
        EPOCH.open_person_key(bytes(touched), context=PERSON_CONTEXT)


@pytest.mark.parametrize("place", [6 + 500, 6 + 1088, 6 + 1119, 6 + 1120])
def test_an_envelope_of_kind_2_with_one_bit_turned_in_either_half_does_not_open(place):
    touched = bytearray(envelopes()["kind 2"])
    touched[place] ^= 1

    with pytest.raises(CannotOpen):
        EPOCH.open_person_key(bytes(touched), context=PERSON_CONTEXT)


@pytest.mark.parametrize("kind", ["kind 1", "kind 2"])
@pytest.mark.parametrize(
    "context",
    [wire.person_key_context(LINE, TENURE), wire.person_key_context(PERSON, LINE), LINE_CONTEXT, b""],
    ids=["another person", "another tenure", "a line", "nothing"],
)
def test_a_wrapped_key_of_another_place_does_not_open(kind, context):
    with pytest.raises(CannotOpen):
        EPOCH.open_person_key(envelopes()[kind], context=context)


@pytest.mark.parametrize("kind", ["kind 1", "kind 2"])
def test_a_wrapped_key_does_not_open_with_another_epochs_secret(kind):
    for other in (wire.EpochSecret(8, bytes(range(32, 64))), wire.EpochSecret(7, bytes(32))):
        with pytest.raises(CannotOpen):
            other.open_person_key(envelopes()[kind], context=PERSON_CONTEXT)


@pytest.mark.parametrize("kind", ["kind 1", "kind 2"])
def test_a_wrapped_key_opens_at_its_place(kind):
    assert EPOCH.open_person_key(envelopes()[kind], context=PERSON_CONTEXT) == KEY


@pytest.mark.parametrize("length", [0, 1, 5, 6, 7, 18, 33, 34])
@pytest.mark.parametrize("kind", ["kind 1", "kind 2"])
def test_a_shortened_envelope_does_not_open(kind, length):
    with pytest.raises(CannotOpen):
        EPOCH.open_person_key(envelopes()[kind][:length], context=PERSON_CONTEXT)


def test_the_keys_of_people_and_of_lines_are_not_the_same():
    (as_key,) = EPOCH.person_key_sealer().seal([KEY], contexts=[LINE_CONTEXT])

    assert EPOCH.open_line_values([as_key], contexts=[LINE_CONTEXT]) == [None]


def test_a_secret_does_not_show_itself():
    assert bytes(range(32, 64)).hex() not in repr(EPOCH)
    assert repr(EPOCH) == "<secret of epoch 7>"


# ---- properties ----


@given(
    text=st.text(max_size=300), field=st.sampled_from(list(Field)), key=st.binary(min_size=32, max_size=32)
)
def test_any_text_comes_back_as_it_was(text, field, key):
    padded = wire.pad(text.encode("utf-8", "surrogatepass"), to_bytes=padded_to_bytes(field))
    sealed = wire.attribute_sealer(key, binding=BINDING)(NONCE, padded, field.value.encode())

    opened = wire.open_attribute(key, sealed, binding=BINDING, field=field.value.encode())

    assert opened.decode("utf-8", "surrogatepass") == text


@given(value=st.binary(max_size=300), to_bytes=st.sampled_from([1, 32, 64, 128]))
def test_filling_up_can_be_taken_off_and_reaches_a_whole_multiple(value, to_bytes):
    padded = wire.pad(value, to_bytes=to_bytes)

    assert wire.unpad(padded) == value
    assert len(padded) % to_bytes == 0


@given(bit=st.integers(min_value=0, max_value=(1 + 12 + 64 + 16) * 8 - 1))
def test_no_bit_of_an_attribute_may_be_turned(bit):
    with pytest.raises(CannotOpen):
        wire.open_attribute(KEY, flipped(attribute(), bit), binding=BINDING, field=b"name")


@given(bit=st.integers(min_value=0, max_value=(6 + 12 + 32 + 16) * 8 - 1))
def test_no_bit_of_a_wrapped_key_may_be_turned(bit):
    with pytest.raises(CannotOpen):
        EPOCH.open_person_key(flipped(envelopes()["kind 1"], bit), context=PERSON_CONTEXT)


@given(rubbish=st.binary(max_size=1300))
def test_rubbish_is_refused_in_the_same_words(rubbish):
    for attempt in (
        lambda: wire.open_attribute(KEY, rubbish, binding=BINDING, field=b"name"),
        lambda: EPOCH.open_person_key(rubbish, context=PERSON_CONTEXT),
    ):
        with pytest.raises(CannotOpen, match=r"^This cannot be opened\.$"):
            attempt()


@given(number=st.from_regex(r"\+[1-9][0-9]{3,14}", fullmatch=True))
def test_every_number_is_filled_up_to_the_same_length(number):
    assert len(wire.pad(number.encode(), to_bytes=padded_to_bytes(LineField.NUMBER))) == 32
