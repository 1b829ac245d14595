# SPDX-License-Identifier: EUPL-1.2
"""Values that the settings accept: zones, countries, and addresses of servers, whose passwords stand elsewhere."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo


def whole_path(name: str) -> str:
    """Hold the name of a folder or file to a whole path."""
    if not Path(name).is_absolute():
        raise ValueError("write the whole path, from / on")
    return name


def each_once(names: list[str]) -> list[str]:
    """Hold a list to naming each thing once."""
    if len(set(names)) != len(names):
        raise ValueError("each may be named once")
    return names


def known_mail_server(url: str) -> str:
    """Hold an address to that of a mail server, without a password."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("write it as smtp://host:port or smtps://host:port")
    if parts.password:
        raise ValueError("the password belongs into secrets/smtp.password, not into the address")
    return url


def known_database(url: str) -> str:
    """Hold an address to that of a PostgreSQL, without a password."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise ValueError("write it as postgresql://host:port/database")
    if parts.password:
        raise ValueError("the passwords belong into the files secrets/*.pgpass, not into the address")
    return url


def known_message_centre(url: str) -> str:
    """Hold an address to that of a short message centre, without a password."""
    parts = urlsplit(url)
    if parts.scheme not in {"smpp", "smpps"} or not parts.hostname or not parts.username:
        raise ValueError("write it as smpp://name@host:port or smpps://name@host:port")
    if parts.password:
        raise ValueError("the password belongs into secrets/smpp.password, not into the address")
    return url


def known_store(url: str) -> str:
    """Hold an address to that of an S3-compatible store or of a folder, without a key in it."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and Path(parts.path).is_absolute():
        return url
    if parts.scheme != "s3" or not parts.hostname:
        raise ValueError("write it as s3://bucket/prefix or file:///whole/path")
    if parts.username or parts.password or parts.query:
        raise ValueError("endpoint and keys belong into secrets/documents.toml, not into the address")
    return url


def known_zone(name: str) -> str:
    """Hold a zone to one that the system knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as fault:
        raise ValueError(f"no time zone is called {name!r}") from fault
    return name


def known_country(code: str) -> str:
    """Hold a country to one whose numbers are known."""
    # Loading every country's numbers takes a third of a second: only who changes the country waits for it.
    from phonenumbers import SUPPORTED_REGIONS

    if code not in SUPPORTED_REGIONS:
        raise ValueError("write the two capital letters of a country, such as CN")
    return code


def lasting_pack(name: str) -> str:
    """Hold the file of a pack to a whole path."""
    if name.endswith((".yaml", ".yml")) and not Path(name).is_absolute():
        raise ValueError("write the whole path of the file, from / on, or the id of a shipped pack")
    return name
