# SPDX-License-Identifier: EUPL-1.2
"""The vault's settings: the root of trust, where document copies are, how much may be opened, how old keys may get."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from rollkeeper.kernel.setting_values import https_or_this_machine
from rollkeeper.kernel.settings import Table, table


def _known_root(url: str | None) -> str | None:
    if not url or not url.startswith("pkcs11:"):
        return url and https_or_this_machine(url)
    if not re.fullmatch(r"pkcs11:(\S+;)?token=[^;?\s]+(;\S+)?\?(\S+&)?module-path=/\S+", url):
        raise ValueError("write a token as pkcs11:token=LABEL?module-path=/path/of/the/library.so")
    return url


def _known_store(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and Path(parts.path).is_absolute():
        return url
    if parts.scheme != "s3" or not parts.hostname or ":" in parts.netloc.rpartition("@")[2]:
        raise ValueError("write it as s3://bucket/prefix or file:///whole/path")
    if parts.username or parts.password or parts.query:
        raise ValueError("endpoint and keys belong into secrets/documents.toml, not into the address")
    return url


class Vault(Table):
    """The vault: its root of trust, the document copies, and who may open how much."""

    root_url: Annotated[
        str | None,
        AfterValidator(_known_root),
        Field(
            description="The root of trust: an OpenBao's address, or pkcs11:token=LABEL?module-path=/path/of/its/library.so; "
            "empty: a file in secrets/."
        ),
    ] = None
    documents_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and _known_store(url)),
        Field(
            description="The store of document copies: s3://bucket/prefix (endpoint and keys in secrets/documents.toml) or "
            "file:///absolute/path; empty: documents/ in the data directory."
        ),
    ] = None
    opens_per_day: Annotated[
        int, Field(gt=0, description="Sealed values that one member of staff opens in 24 hours.")
    ] = 60
    opens_per_day_total: Annotated[
        int,
        Field(
            gt=0,
            description="The same for all staff together; more than this or one of the next four is an alarm.",
        ),
    ] = 600
    notice_opens_per_day: Annotated[
        int,
        Field(gt=0, description="Addresses that the sender of notices opens in a day."),
    ] = 5_000_000
    network_opens_per_day: Annotated[
        int,
        Field(
            gt=0,
            description="Numbers that the sender of network commands opens in a day.",
        ),
    ] = 5_000_000
    portal_opens_per_day: Annotated[
        int,
        Field(
            gt=0,
            description="Values that the portal worker opens for subscribers in a day.",
        ),
    ] = 50_000
    offline_opens_per_day: Annotated[
        int,
        Field(
            gt=0,
            description="Offline registrations and applications opened in a day.",
        ),
    ] = 50_000
    rotate_keys_within_days: Annotated[
        int,
        Field(
            gt=0,
            le=366,
            description="An epoch's maximum age in days: until then older copies of the keys open.",
        ),
    ] = 30
    keys_backup_max_age_days: Annotated[
        int, Field(gt=0, le=366, description="Maximum age of a backup of the keys in days.")
    ] = 7


settings = table("vault", Vault)
