# SPDX-License-Identifier: EUPL-1.2
"""Numbers as people write them, read as one text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rollkeeper.kernel.choices import Service
from rollkeeper.lines import numbers
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import masked_number, normalise, normalise_identifier, service_guess
from rollkeeper.vault.rules import normalise_number
from tests.refusals import refusing

DIGITS = st.text("0123456789", min_size=5, max_size=15)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "+8613800138000", "8613800138000", "008613800138000", "138 0013 8000", "(+86) 138-0013-8000",
        "１３８００１３８０００", " 13800138000 ", "tel:+86-138-0013-8000",
    ],
)  # fmt: skip
def test_one_number_is_one_number_however_it_is_written(text):
    assert normalise(text, "CN") == "+8613800138000"


@pytest.mark.parametrize(
    "text",
    [
        "1380013800O", "138O0138000", "138OO138000", "138001380001l", "x13800138000", "13800138000x", "13800138000 A",
        "tel:13800138000;phone-context=+1", "13800138000.0", "13800138000.00", "+8613800138000.0", "08916331234.5",
        "*13800138000", "13800138000\0", "\u202e00083100831", "138\ufe0f00138000", "13800138000 / x 13800138001",
    ],
)  # fmt: skip
def test_no_sign_is_left_out_so_that_the_rest_is_another_number(text):
    with refusing(NumberNotRead):
        normalise(text, "CN")


@pytest.mark.parametrize(
    "text",
    [
        "\u202a13800138000\u202c", "\u2068138 0013 8000\u2069", "138\u200b00138000", "\ufeff13800138000", "138\u20110013\u20118000",
        "'13800138000", '="13800138000"', "138.0013.8000", "༡༣༨༠༠༡༣༨༠༠༠", "TEL:+8613800138000", "138–0013–8000", "+86 138/0013/8000",
    ],
)  # fmt: skip
def test_marks_that_people_and_programs_put_around_a_number_change_nothing(text):
    assert normalise(text, "CN") == "+8613800138000"


def test_a_number_of_another_country_keeps_its_country():
    assert normalise("+977 984-1234567", "CN") == "+9779841234567"


@pytest.mark.parametrize(
    ("text", "value_class"),
    [
        ("", "empty"), ("  ", "empty"), ("12", "too short"), ("1380013800013800", "too long"),
        ("no number", "letters instead of digits"), ("1" * 10_000, "too long"), ("+999 123456", "unknown country code"),
        ("---", "not a telephone number"),
    ],
)  # fmt: skip
def test_a_fault_names_its_class_and_never_the_value(text, value_class):
    with pytest.raises(NumberNotRead) as fault:
        normalise(text, "CN")

    assert fault.value.facts == {"value_class": value_class}


@given(
    st.sampled_from(["CN", "IN", "US"]),
    st.sampled_from(["", "+86", "86", "+91", "91", "+1", "1", "0"]),
    DIGITS,
)
def test_the_fast_path_answers_as_the_slow_one(country, prefix, digits):
    fast = numbers._FAST[country].fullmatch(prefix + digits)

    if fast:
        assert normalise(prefix + digits, country) == numbers._parse(prefix + digits, country)


@given(st.text(max_size=30))
def test_every_text_is_read_or_refused_and_what_was_read_is_read_again_as_itself(text):
    try:
        number = normalise(text, "CN")
    except NumberNotRead:
        return
    assert normalise(number, "IN") == number


@pytest.mark.parametrize(
    ("service", "text", "name"),
    [
        (Service.DOMAIN, "Example.CN.", "example.cn"),
        (Service.DOMAIN, "例子.中国", "xn--fsqu00a.xn--fiqs8s"),
        (Service.DOMAIN, "例子。中国。", "xn--fsqu00a.xn--fiqs8s"),
        (Service.DOMAIN, "XN--FSQU00A.xn--fiqs8s", "xn--fsqu00a.xn--fiqs8s"),
        (Service.DOMAIN, "Straße.example", "xn--strae-oqa.example"),
        (Service.DOMAIN, "strasse.example", "strasse.example"),
        (Service.DOMAIN, "e\u0301cole.example", "xn--cole-9oa.example"),
        (Service.DOMAIN, "école.example", "xn--cole-9oa.example"),
        (Service.HOSTED_SITE, "www.example.cn", "https://www.example.cn"),
        (Service.HOSTED_SITE, "HTTP://例子.中国/", "https://xn--fsqu00a.xn--fiqs8s"),
        (Service.ADDRESS_BLOCK, "192.0.2.0/24", "192.0.2.0/24"),
        (Service.ADDRESS_BLOCK, "10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        (Service.ADDRESS_BLOCK, "192.0.2.7", "192.0.2.7/32"),
        (Service.ADDRESS_BLOCK, "2001:0db8:0000:0000:0000:0000:0000:0000/48", "2001:db8::/48"),
        (Service.ADDRESS_BLOCK, "2001:DB8:0::/48", "2001:db8::/48"),
        (Service.INTERNET_ACCESS, "0891-6331234", "+868916331234"),
        (Service.INTERNET_ACCESS, "Tashi@ISP.example", "Tashi@ISP.example"),
        (Service.INTERNET_ACCESS, "#acc-000123", "acc-000123"),
        (Service.INTERNET_ACCESS, "#100200300", "#100200300"),
        (Service.INTERNET_ACCESS, "＃100200300", "#100200300"),
        (Service.INTERNET_ACCESS, "my-shop.cn", "#my-shop.cn"),
    ],
)
def test_domains_and_address_blocks_are_numbers_of_their_own_kind(service, text, name):
    assert normalise_identifier(text, service=service, country="CN") == name


@pytest.mark.parametrize(
    ("service", "text"),
    [
        (Service.DOMAIN, "localhost"), (Service.DOMAIN, "a b.cn"), (Service.DOMAIN, "-a.cn"), (Service.DOMAIN, "a..cn"),
        (Service.DOMAIN, "a_b.cn"), (Service.DOMAIN, "192.0.2.1"), (Service.DOMAIN, "xn--a-.cn"), (Service.DOMAIN, "a" * 64 + ".cn"),
        (Service.DOMAIN, "example.cn.."), (Service.HOSTED_SITE, "https://example.cn/shop"),
        (Service.DOMAIN, "https://example.cn"), (Service.INTERNET_ACCESS, "#"), (Service.INTERNET_ACCESS, "#a b"), (Service.ADDRESS_BLOCK, "192.0.2.1/24"),
        (Service.ADDRESS_BLOCK, "13800138000"), (Service.ADDRESS_BLOCK, "fe80::%eth0/64"), (Service.ADDRESS_BLOCK, "010.0.0.0/8"),
    ],
)  # fmt: skip
def test_what_is_no_domain_and_no_block_is_refused(service, text):
    with pytest.raises(NumberNotRead):
        normalise_identifier(text, service=service, country="CN")


@given(
    st.sampled_from([Service.DOMAIN, Service.ADDRESS_BLOCK, Service.HOSTED_SITE, Service.INTERNET_ACCESS]),
    st.text(st.sampled_from("aZéß例中。.．-_:/@#+0123456789 "), max_size=20),
)
@example(Service.INTERNET_ACCESS, "my-shop.cn")
@example(Service.INTERNET_ACCESS, "a/1")
@example(Service.INTERNET_ACCESS, "#13800138000")
@example(Service.HOSTED_SITE, "example.cn")
def test_what_stands_for_a_line_is_read_again_as_itself_and_found_by_its_shape(service, text):
    try:
        name = normalise_identifier(text, service=service, country="CN")
    except NumberNotRead:
        return

    assert normalise_identifier(name, service=service, country="CN") == name
    assert service_guess(name) == (Service.MOBILE if name.startswith("+") else service)


SPACES = [(Service.MOBILE, "13800138000"), (Service.DOMAIN, "my-shop.cn"), (Service.HOSTED_SITE, "my-shop.cn"),
    (Service.ADDRESS_BLOCK, "192.0.2.0/24"), (Service.INTERNET_ACCESS, "my-shop.cn"), (Service.INTERNET_ACCESS, "#13800138000")]  # fmt: skip


def test_one_text_in_each_space_of_numbers_is_another_key():
    texts = [normalise_identifier(text, service=service, country="CN") for service, text in SPACES]

    assert len({normalise_number(text) for text in texts}) == len(SPACES)


@pytest.mark.parametrize(
    "service", [Service.MOBILE, Service.DATA_CARD, Service.FIXED_LINE, Service.INTERNET_ACCESS]
)
def test_services_with_telephone_numbers_share_one_space(service):
    assert normalise_identifier("0891-6331234", service=service, country="CN") == "+868916331234"


@pytest.mark.parametrize(
    ("number", "called"),
    [("tashi@isp", "ta…sp"), ("acc-000123", "ac…23"), ("#100200300", "#1…00"), ("https://example.cn", "https://exa….cn"),
     ("a@b-c-d9", "…"), ("a@b-c-d90", "a@…90"), ("ab.cn", "a….cn"), ("https://a.cn", "https://….cn"), ("10.0.0.0/8", "10.…/8"),
     ("+29051234", "+290 … 34"), ("+8613908910003", "+86 … 0003")],
)  # fmt: skip
def test_a_masked_reference_does_not_tell_the_whole(number, called):
    assert masked_number(number) == called


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("139.112.123.14", Service.ADDRESS_BLOCK), ("2001:db8::1", Service.ADDRESS_BLOCK), ("02.123.45.67", Service.MOBILE),
        ("139.1121.2314", Service.MOBILE), ("13911212314", Service.MOBILE),
    ],
)  # fmt: skip
def test_an_address_is_not_taken_for_somebodys_telephone(text, service):
    assert service_guess(text) == service


@pytest.mark.parametrize("text", ["例子。中国", "例子．中国", "Example.cn."])
def test_a_name_is_known_by_its_shape_however_it_is_written(text):
    assert service_guess(text) == Service.DOMAIN
