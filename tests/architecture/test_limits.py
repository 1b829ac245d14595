"""What Rollkeeper will not do, as tests: no place for what must not be kept, no way to list people."""

import re

from django.apps import apps
from django.urls import get_resolver

from rollkeeper.operations import docs

FORBIDDEN = re.compile(
    r"biometr|finger|face|iris|ethnic|nationality|race|relig|politic|party_member|gender|sex|marital|marketing|"
    r"location|latitude|browsing|call_log|cdr|content_log"
)


def all_models():
    return [model for model in apps.get_models() if model.__module__.startswith("rollkeeper.")]


def test_the_schema_has_no_place_for_what_must_not_be_kept():
    columns = {
        f"{m._meta.db_table}.{f.name}"
        for m in all_models()
        for f in m._meta.get_fields()
        if hasattr(f, "column")
    }

    assert not {column for column in columns if FORBIDDEN.search(column.split(".")[1])}


def test_no_column_holds_a_name_an_address_a_number_or_a_birth_date_in_clear():
    bare = re.compile(
        r"^(full_)?name$|surname|given|address|birth|phone|msisdn|^number$|document_number|email"
    )
    columns = {
        f"{m._meta.db_table}.{f.name}"
        for m in all_models()
        for f in m._meta.get_fields()
        if hasattr(f, "column")
    }

    assert not {column for column in columns if bare.search(column.split(".")[1])}


def test_no_command_lists_people_or_searches_them_by_name():
    listing = re.compile(r"subscribers? (list|export|search)|people|persons|search|export|police|lookup")

    assert not [name for name, _ in docs.commands() if listing.search(name)]


def test_no_address_of_the_web_carries_a_number_or_a_name():
    patterns = [str(p.pattern) for p in get_resolver("rollkeeper.backoffice.urls").url_patterns]
    patterns += [str(p.pattern) for p in get_resolver("rollkeeper.counter.urls").url_patterns]
    patterns += [str(p.pattern) for p in get_resolver("rollkeeper.portal.urls").url_patterns]

    assert not [p for p in patterns if re.search(r"<(str:)?(number|name|document|phone)", p)]
