# SPDX-License-Identifier: EUPL-1.2
"""Settings of an instance, read once, validated all together, every fault reported.

They live in ``settings.toml`` inside the instance. The instance is the folder in the environment variable ``ROLLKEEPER_HOME``,
by default the platform's folder for the user's data. Secrets are not settings: they lie beside it, mode 0600, in
``secrets/``. `docs/settings.md` is written from this file.
"""

import base64
import binascii
import datetime as dt
import os
import re
import tomllib
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import platformdirs
import tomli_w
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from rollkeeper.kernel.agent_settings import AgentSettings
from rollkeeper.kernel.batch_settings import BatchSettings
from rollkeeper.kernel.errors import Kind, RollkeeperError, raise_all
from rollkeeper.kernel.job_settings import JobSettings
from rollkeeper.kernel.networked import NetworkElement, known_place, known_service, safe_webhook, served
from rollkeeper.kernel.notice_settings import NoticeSettings
from rollkeeper.kernel.offline_settings import OfflineSettings
from rollkeeper.kernel.portal_settings import PortalSettings
from rollkeeper.kernel.setting_values import (
    each_once,
    known_country,
    known_database,
    known_store,
    known_zone,
    lasting_pack,
    whole_path,
)

DATA_FORMAT = 1


class SettingFault(RollkeeperError):
    """A setting cannot be used as it stands."""

    code = "setting_fault"
    kind = Kind.MALFORMED
    sentence = "{file}: the setting '{setting}' is not valid: {why}."
    remedy = "Mend the file; docs/settings.md lists every setting and its default."


class InstanceFormatMismatch(RollkeeperError):
    """The instance was made by another version of Rollkeeper."""

    code = "instance_format_mismatch"
    kind = Kind.MALFORMED
    sentence = "The data directory {data_dir} has format {found}; this version reads format {wanted}."
    remedy = "Use the version that made it, or set ROLLKEEPER_HOME to another folder."


class DataDirNotADirectory(RollkeeperError):
    """The place of the instance is taken by something that is no folder."""

    code = "data_dir_not_a_directory"
    kind = Kind.MALFORMED
    sentence = "{data_dir} is not a directory."
    remedy = "Set ROLLKEEPER_HOME to an empty or new directory, or to a data directory of Rollkeeper."


class InstanceKind(StrEnum):
    """A demo instance holds invented people and may be given a date; a production instance refuses one."""

    DEMO = "demo"
    PRODUCTION = "production"


def _https_or_here(url: str | None) -> str | None:
    parts = urlsplit(url or "https:")
    if parts.scheme != "https" and (
        parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "::1", "localhost"}
    ):
        raise ValueError("it must begin with https:// unless it is on this machine")
    return url


def _known_root(url: str | None) -> str | None:
    if url is None or not url.startswith("pkcs11:"):
        return _https_or_here(url)
    if not re.fullmatch(r"pkcs11:(\S+;)?token=[^;?\s]+(;\S+)?\?(\S+&)?module-path=/\S+", url):
        raise ValueError("write a token as pkcs11:token=LABEL?module-path=/path/of/the/library.so")
    return url


# Kinds of cosigning keys (c2sp.org/tlog-cosignature) and the bytes of each: Ed25519 and ML-DSA-44.
_COSIGNING_KEYS = {b"\x04": 1 + 32, b"\x06": 1 + 1312}


def _cosigning_key(text: str) -> str:
    try:
        name, key_id, encoded = text.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError(
            "write the witness's verifier key as it gives it out: name+hexadecimal+base64"
        ) from None
    if not name or any(letter.isspace() for letter in name) or _COSIGNING_KEYS.get(raw[:1]) != len(raw):
        raise ValueError("that is no key of a witness: those begin with 04 (Ed25519) or 06 (ML-DSA-44)")
    if sha256(f"{name}\n".encode() + raw).hexdigest()[:8] != key_id:
        raise ValueError("the key and its eight hexadecimal digits do not belong together")
    return text


class Witness(BaseModel):
    """Somebody outside who cosigns the ledger's checkpoints: where, and by which key (c2sp.org/tlog-witness)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[
        str,
        AfterValidator(lambda url: _https_or_here(url) or url),
        Field(min_length=1, description="The address before /add-checkpoint."),
    ]
    vkey: Annotated[str, AfterValidator(_cosigning_key), Field(description="Its verifier key.")]

    @property
    def name(self) -> str:
        """Return what the witness calls itself in its key."""
        return self.vkey.partition("+")[0]

    @property
    def key(self) -> str:
        """Return the public half alone, under whatever name."""
        return self.vkey.split("+", 2)[2]


def _different(witnesses: list[Witness]) -> list[Witness]:
    for what in ("name", "url", "key"):
        if len({getattr(one, what) for one in witnesses}) != len(witnesses):
            raise ValueError(f"two witnesses have the same {what}")
    return witnesses


def _not_too_many(needed: int, info: ValidationInfo) -> int:
    there = len(info.data.get("ledger_witnesses", ()))
    if "ledger_witnesses" in info.data and needed > there:
        raise ValueError(f"there are only {there} witnesses in 'ledger_witnesses'")
    return needed


class Settings(
    AgentSettings, BatchSettings, OfflineSettings, PortalSettings, NoticeSettings, JobSettings, BaseModel
):
    """What an operator may choose. Every field has a default that is safe."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Annotated[int, Field(description="The version of the instance's form; not to be edited.")] = (
        DATA_FORMAT
    )
    kind: Annotated[
        InstanceKind, Field(description="demo (invented people, may be given a date) or production.")
    ] = InstanceKind.DEMO
    pack: Annotated[
        str,
        AfterValidator(lasting_pack),
        Field(description="The rule pack in force: an id of a shipped pack or a whole path."),
    ] = "cn-xz-2011"
    zone: Annotated[
        str, AfterValidator(known_zone), Field(description="The zone in which days are counted.")
    ] = "Asia/Shanghai"
    demo_date: Annotated[
        dt.date | None,
        Field(
            ge=dt.date(1900, 1, 1),
            le=dt.date(2199, 12, 31),
            description="The day a demo instance believes it to be.",
        ),
    ] = None
    country_code: Annotated[
        str,
        AfterValidator(known_country),
        Field(description="Numbers without a country code belong to this country."),
    ] = "CN"
    languages: Annotated[list[str], Field(min_length=1, description="Languages of notices and pages.")] = [
        "en",
        "zh-hans",
        "bo",
    ]
    operator_name: Annotated[
        str, Field(min_length=1, description="How notices and pages call the operator.")
    ] = "Invented Telecom"
    care_number: Annotated[str, Field(description="The number of the desk that can restore a line.")] = (
        "10086"
    )
    registration_number: Annotated[
        str | None,
        Field(description="The number by which a line is registered; empty: the care number."),
    ] = None
    register_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and known_database(url)),
        Field(description="A PostgreSQL 18 for the register; empty: the embedded one."),
    ] = None
    keys_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and known_database(url)),
        Field(description="A PostgreSQL 18 for the keys; empty: the embedded one."),
    ] = None
    root_url: Annotated[
        str | None,
        AfterValidator(_known_root),
        Field(
            description="The key service (OpenBao) that is the root of trust, or a token as"
            " pkcs11:token=LABEL?module-path=/path/of/its/library.so; empty: a file in secrets/."
        ),
    ] = None
    documents_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and known_store(url)),
        Field(
            description="Where sealed copies of documents lie: s3://bucket/prefix, its endpoint and keys in"
            " secrets/documents.toml, or file:///whole/path; empty: documents/ in the instance."
        ),
    ] = None
    outbox_full_addresses: Annotated[
        bool,
        Field(
            description="Demo instances: write whole addresses into the file outbox instead of masked ones."
        ),
    ] = False
    outbox_bounce_share: Annotated[
        float,
        Field(ge=0, le=1, description="Demo instances: share of messages that the file outbox lets bounce."),
    ] = 0.05
    network_webhook: Annotated[
        str | None,
        AfterValidator(lambda url: url and safe_webhook(url)),
        Field(
            description="Where commands for the network are posted, signed; empty in a demo instance: a file."
        ),
    ] = None
    network_kamailio: Annotated[
        str | None,
        AfterValidator(lambda url: url and safe_webhook(url)),
        Field(
            description="Where a Kamailio with ops/kamailio/rollkeeper.cfg takes orders, as in"
            " http://127.0.0.1:8060/rollkeeper; its token lies in secrets/kamailio.token."
        ),
    ] = None
    hlr_ctrl: Annotated[
        str | None,
        AfterValidator(lambda place: place and known_place(place)),
        Field(description="host:port of an Osmocom HLR's control interface, usually 127.0.0.1:4259."),
    ] = None
    hlr_vty: Annotated[
        str | None,
        AfterValidator(lambda place: place and known_place(place)),
        Field(description="host:port of the same HLR's terminal (VTY), usually 127.0.0.1:4258."),
    ] = None
    radius_coa: Annotated[
        str | None,
        AfterValidator(lambda place: place and known_place(place)),
        Field(
            description="host:port where a FreeRADIUS with ops/freeradius takes changes of authorization, usually"
            " 127.0.0.1:3799; the shared secret lies in secrets/freeradius.secret."
        ),
    ] = None
    radius_auth: Annotated[
        str | None,
        AfterValidator(lambda place: place and known_place(place)),
        Field(
            description="host:port where the same FreeRADIUS answers what is true, usually 127.0.0.1:1822."
        ),
    ] = None
    network_by_service: Annotated[
        dict[
            Annotated[str, AfterValidator(known_service)],
            Annotated[list[NetworkElement], Field(min_length=1), AfterValidator(each_once)],
        ],
        AfterValidator(served),
        Field(
            description="Which elements serve which kind of service, as in {mobile = ['osmo_hlr', 'kamailio']};"
            " the webhook (in a demo instance: the file) serves the kinds that are not named."
        ),
    ] = {}
    network_webhook_numbers: Annotated[
        bool,
        Field(description="Name the line to the webhook by its number too, opened at the moment of sending."),
    ] = True
    network_tries: Annotated[
        int,
        Field(
            gt=0,
            description="Tries before a command to bar or to end is given up that the network takes and does not carry out."
            " Restoring never is, and an element that is away is waited for.",
        ),
    ] = 8
    demo_network_faults: Annotated[
        float,
        Field(ge=0, le=1, description="Demo instances: share of lines on which the file network fails."),
    ] = 0.0
    ledger_origin: Annotated[
        str,
        Field(
            pattern=r"^[^\s+]+$",
            description="What the published ledger is called: its address without https:// and without a final slash.",
        ),
    ] = "ledger.operator.example"
    ledger_folder: Annotated[
        str | None,
        AfterValidator(lambda folder: folder and whole_path(folder)),
        Field(
            description="Where the ledger is published and whence the back office serves it under /ledger/, as a whole"
            " path; empty: ledger/public in the instance."
        ),
    ] = None
    ledger_witnesses: Annotated[
        list[Witness],
        AfterValidator(_different),
        Field(
            description="Who is asked to cosign each checkpoint, as in"
            " [{url = 'https://witness.example', vkey = 'witness.example+1a2b3c4d+BA...'}]."
        ),
    ] = []
    ledger_cosignatures: Annotated[
        int,
        AfterValidator(_not_too_many),
        Field(ge=0, description="Cosignatures without which a new checkpoint is not published."),
    ] = 0
    opens_per_day: Annotated[
        int, Field(gt=0, description="Sealed values that one member of staff may open within 24 hours.")
    ] = 60
    opens_per_day_total: Annotated[
        int,
        Field(
            gt=0,
            description="Sealed values that all members of staff together may open within 24 hours; reaching it is an alarm.",
        ),
    ] = 600
    alarms_to: Annotated[
        str | None,
        Field(
            pattern=r"^[^@\s]+@[^@\s]+$",
            description="Who is notified of alarms by e-mail, such as the data protection officer (needs smtp_url); empty: nobody.",
        ),
    ] = None
    keys_backup_max_age_days: Annotated[
        int, Field(gt=0, description="Greatest age of a backup of the keys.")
    ] = 7
    rotate_keys_within_days: Annotated[
        int,
        Field(
            gt=0, description="Greatest age of an epoch of keys: older copies of the keys open until then."
        ),
    ] = 30


def data_dir() -> Path:
    """Return the folder of this instance, whether or not it exists."""
    chosen = os.environ.get("ROLLKEEPER_HOME")
    return Path(chosen).expanduser().resolve() if chosen else Path(platformdirs.user_data_path("rollkeeper"))


def settings_file() -> Path:
    """Return where the settings of this instance lie."""
    return data_dir() / "settings.toml"


def instance_exists() -> bool:
    """Tell whether this instance has been made."""
    return settings_file().exists()


def made_mark() -> Path:
    """Return the file whose presence says that the making of this instance came to its end."""
    return data_dir() / "made"


def is_made() -> bool:
    """Tell whether this instance was made, to the end."""
    return instance_exists() and made_mark().exists()


@cache
def settings() -> Settings:
    """Read and validate the settings once. Refuses: SettingFault (all at once), InstanceFormatMismatch."""
    file = settings_file()
    if data_dir().exists() and not data_dir().is_dir():
        raise DataDirNotADirectory(data_dir=data_dir())
    if not file.exists():
        return Settings()
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
    except UnicodeDecodeError as fault:
        raise SettingFault(file=file, setting="(the whole file)", why="it is not UTF-8 text") from fault
    except tomllib.TOMLDecodeError as fault:
        raise SettingFault(file=file, setting="(the whole file)", why=f"it is not TOML: {fault}") from fault
    if raw.get("format", DATA_FORMAT) != DATA_FORMAT:
        raise InstanceFormatMismatch(data_dir=data_dir(), found=raw.get("format"), wanted=DATA_FORMAT)
    try:
        return Settings(**raw)
    except ValidationError as fault:
        raise_all(
            [
                SettingFault(file=file, setting=".".join(map(str, e["loc"])), why=_why(e))
                for e in fault.errors(include_input=False)
            ]
        )
        raise


def _why(error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such setting"
    why = error["msg"].removeprefix("Value error, ").rstrip(".")
    return why[:1].lower() + why[1:]


def write_settings(**changes: object) -> Settings:
    """Write the settings with these changes; values at their default are left out."""
    fresh = Settings(**{**settings().model_dump(), **changes})
    kept = {"format": DATA_FORMAT, "kind": fresh.kind.value} | fresh.model_dump(
        exclude_defaults=True, mode="python"
    )
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(
        tomli_w.dumps({k: str(v) if isinstance(v, StrEnum) else v for k, v in kept.items()}), "utf-8"
    )
    draft.replace(file)
    settings.cache_clear()
    return settings()
