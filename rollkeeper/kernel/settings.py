# SPDX-License-Identifier: EUPL-1.2
"""Reads the settings of an instance: one table for each package that has some, validated all together, every fault reported.

The settings are in ``settings.toml`` in the instance's data directory (the environment variable ``ROLLKEEPER_HOME``, by default the
platform's directory for the user's data). An environment variable ``ROLLKEEPER_<TABLE>__<KEY>`` wins over the file. Secrets are
not settings: they are next to it, mode 0600, in ``secrets/``.

A package registers its table in its ``settings.py``::

    class Campaign(Table): ...


    settings = table("campaign", Campaign)

`docs/settings.md` is written from these tables.
"""

import datetime as dt
import logging
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import NoneType
from typing import Any, Final, cast, get_args, get_origin

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, create_model, field_validator
from pydantic_core import ErrorDetails

from rollkeeper.kernel import setting_faults
from rollkeeper.kernel.errors import (
    DATA_DIR_NOT_A_DIRECTORY,
    INSTANCE_FORMAT_MISMATCH,
    SETTING_FAULT,
    SETTINGS_FILE_FAULT,
    Phrase,
    RollkeeperError,
    raise_all,
)
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.toml_text import changed_toml

DATA_FORMAT = 1
INSTANCE = "instance"
_PREFIX, _DELIMITER = "ROLLKEEPER_", "__"
FORMER: Final = "settings.toml.former"
"""The file as it was before the last change on a page."""
FIXED: Final = "fixed-settings"
"""The file that tells an app which settings of the real instance no page can change."""
ALL: Final = "*"
MOST: Final = 2**31 - 1
"""The largest number that a setting may have: the database counts no further."""
log = logging.getLogger("rollkeeper.settings")

type Content = dict[str, Any]
"""The content of a settings file or the environment: tables by name, keys in them."""


class Table(BaseModel):
    """A table of `settings.toml`, or a table in one. Every field has a default that is safe, and a description."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _as_meant(cls, value: object, info: ValidationInfo) -> object:
        """Take an empty text for none where there may be none. Refuse values that the library would misread.

        21 as a time would be 21 seconds after midnight, true as a number would be 1.
        """
        kind = cls.model_fields[str(info.field_name)].annotation
        if value == "" and NoneType in get_args(kind):
            return None
        if kind is dt.time and isinstance(value, int | float):
            raise ValueError(setting_faults.TIME)
        if kind in {int, float} and isinstance(value, bool):
            raise ValueError(setting_faults.WHOLE if kind is int else setting_faults.NUMBER)
        return value


@dataclass(frozen=True, slots=True)
class OnPages:
    """Marks a setting that an administrator may change on a page too, and that running apps take over: it cannot weaken a protection."""


_tables: dict[str, type[Table]] = {}
_kept: dict[str, Table] = {}
_written_ns: int | None = None
"""When the settings file that was read last had been written."""


def table[T: Table](name: str, model: type[T]) -> Callable[[], T]:
    """Register a package's table; return the function that gives it.

    That function refuses: SETTING_FAULT (those of all tables at once), INSTANCE_FORMAT_MISMATCH, DATA_DIR_NOT_A_DIRECTORY.
    """
    _tables[name] = model

    def read() -> T:
        kept = _kept.get(name)
        return cast("T", kept if kept is not None else _read_tables()[name])

    return read


def registered_tables() -> Mapping[str, type[Table]]:
    """Return the tables whose packages were imported, by name."""
    return dict(_tables)


def check_all_tables() -> None:
    """Read the settings again and refuse what belongs to no table: to be called once every package's table is registered.

    Refuses: SETTING_FAULT (all at once), INSTANCE_FORMAT_MISMATCH, DATA_DIR_NOT_A_DIRECTORY.
    """
    _read_tables(is_complete=True)


def forget_settings() -> None:
    """Forget what was read: the next access reads the file and the environment again."""
    _kept.clear()


def read_text(file: Path) -> str:
    """Return the text of a settings file; editors of Windows begin it with a mark of the encoding, which TOML does not know."""
    return file.read_text("utf-8-sig")


def read_settings_again() -> None:
    """Read the file and the environment again; where they have a fault, keep what was read before."""
    if read := _read_without_fault():
        _kept.clear()
        _kept.update(read)


def take_over_changes() -> None:
    """Take over changes in the file since it was read, of settings that pages may change; other changes wait for a restart.

    A file with a fault is not taken over.
    """
    global _written_ns  # noqa: PLW0603 - one file a process
    written = _file_time()
    if not _kept or written == _written_ns:
        return
    _written_ns = written
    if read := _read_without_fault():
        for name, kept in list(_kept.items()):
            changes = {key: getattr(read[name], key) for key in on_pages(type(kept))}
            _kept[name] = kept.model_copy(update=changes)


def _read_without_fault() -> dict[str, Table] | None:
    """Read the file and the environment; None, and a line in the log, where they have a fault."""
    try:
        return _validated(current_content(), is_complete=False)
    except (RollkeeperError, OSError) as fault:
        log.warning(
            "the changed settings are not taken over: %s", getattr(fault, "code", type(fault).__name__)
        )
        return None


def on_pages(model: type[Table]) -> list[str]:
    """Return the settings of a table that an administrator may change on a page too."""
    return [
        name
        for name, field in model.model_fields.items()
        if any(isinstance(one, OnPages) for one in field.metadata)
    ]


def fixed_settings() -> frozenset[str]:
    """Return the settings, as `table.setting`, that the environment decides and no page can change; `ALL` where the file is read-only."""
    said = data_dir() / FIXED
    if said.exists():
        return frozenset(said.read_text("utf-8").split())
    return frozenset(_fixed_here())


def _fixed_here() -> Iterator[str]:
    if not os.access(settings_file(), os.W_OK) or not os.access(data_dir(), os.W_OK):
        yield ALL
    for name, model in _tables.items():
        yield from (f"{name}.{key}" for key in on_pages(model) if isinstance(_source_of(name, [key]), str))


def current_content() -> Content:
    """Return what the file and the environment say together; the environment wins. Refusals as of `file_content`."""
    return _of_known_format(_merged(file_content(), _environment_content()))


def file_content() -> Content:
    """Return what the file says. Refuses: SETTINGS_FILE_FAULT, INSTANCE_FORMAT_MISMATCH, DATA_DIR_NOT_A_DIRECTORY."""
    file = settings_file()
    if data_dir().exists() and not data_dir().is_dir():
        raise DATA_DIR_NOT_A_DIRECTORY(data_dir=data_dir())
    if not file.exists():
        return _of_made_instance({})
    text = ""
    try:
        content = tomllib.loads(text := read_text(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SETTINGS_FILE_FAULT(source=file, why=setting_faults.why_not_toml(fault, text)) from fault
    return _of_made_instance(_of_known_format(content))


def _of_made_instance(content: Content) -> Content:
    """Refuse settings that no longer state the kind of a made instance: with the defaults, a production instance would become a demo."""
    said = content.get(INSTANCE)
    if made_mark().exists() and not (isinstance(said, dict) and "kind" in said):
        raise SETTINGS_FILE_FAULT(
            source=settings_file(),
            why=Phrase(setting_faults.SETTINGS_LOST, former=FORMER),
        )
    return content


def with_changes(changes: Mapping[str, Mapping[str, object]]) -> Content:
    """Return what the file would say with these changes, as its tables read them. Refuses: SETTING_FAULT (all at once)."""
    content = _merged(file_content(), _plain(changes))
    read = _validated(_merged(content, _environment_content()), is_complete=False)
    as_read = {
        name: {key: _plain(getattr(read[name], key)) for key in keys} for name, keys in changes.items()
    }
    return _merged(content, as_read)


def replace_file(content: Content) -> None:
    """Write this content into the file, keep the file's comments, and keep the former file next to it. Raises OSError."""
    file = settings_file()
    if file.exists():
        write_atomically(file.with_name(FORMER), file.read_bytes(), mode=0o644)
    _write(content)


def write_settings(**changes: Mapping[str, object]) -> None:
    """Write these changes, by table and key, into the file.

    Values at their default are left out, except in the table `instance` of a production instance. Refuses: SETTING_FAULT (all at once), and then changes nothing.
    """
    if unknown := [name for name in changes if name not in _tables]:
        raise SETTINGS_FILE_FAULT(source=settings_file(), why=setting_faults.no_table(unknown[0], _tables))
    content = _merged(file_content(), _plain(changes))
    _validated(_merged(content, _environment_content()), is_complete=False)
    first = {"format": DATA_FORMAT, "kind": content.get(INSTANCE, {}).get("kind", "demo")}
    is_said = {INSTANCE} if first["kind"] == "production" else set[str]()
    kept = {
        name: {key: value for key, value in values.items() if value is not None}
        if name in is_said
        else _without_defaults(_tables[name], values)
        if name in _tables
        else values
        for name, values in content.items()
    }
    kept = {INSTANCE: first | kept.pop(INSTANCE, {})} | {
        name: values for name, values in kept.items() if values
    }
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    _write(kept)


def _write(content: Content) -> None:
    file = settings_file()
    text = changed_toml(read_text(file) if file.exists() else "", content)
    write_atomically(file, text.encode(), mode=0o644, is_durable=True)
    forget_settings()


def data_dir() -> Path:
    """Return the folder of this instance, whether or not it exists."""
    chosen = os.environ.get("ROLLKEEPER_HOME")
    if not chosen:
        return Path(platformdirs.user_data_path("rollkeeper"))
    return _resolved(chosen) if chosen.startswith("/") else Path(chosen).expanduser().resolve()


@lru_cache(maxsize=1)
def _resolved(chosen: str) -> Path:
    # Each request asks for it several times, and resolving looks at each part of the path.
    return Path(chosen).resolve()


def settings_file() -> Path:
    """Return where the settings of this instance are."""
    return data_dir() / "settings.toml"


def instance_exists() -> bool:
    """Tell whether this instance has been made."""
    return settings_file().exists()


def made_mark() -> Path:
    """Return the file whose presence says that this instance was completely made."""
    return data_dir() / "made"


def is_made() -> bool:
    """Tell whether this instance was completely made; lost settings are refused where they are read, not here."""
    return made_mark().exists()


def variable_of(*keys: str) -> str:
    """Return the environment variable that sets the key at the end of this path of tables."""
    return _PREFIX + _DELIMITER.join(keys).upper()


def _read_tables(*, is_complete: bool = False) -> dict[str, Table]:
    global _written_ns  # noqa: PLW0603 - one file a process
    written = _file_time()
    read = _validated(current_content(), is_complete=is_complete)
    _kept.update(read)
    _written_ns = written
    return read


def _file_time() -> int | None:
    try:
        return settings_file().stat().st_mtime_ns
    except OSError:
        return None


def _validated(content: Content, *, is_complete: bool) -> dict[str, Table]:
    """Validate every registered table. A table's validators find in their context the tables registered before it, by name."""
    read: dict[str, Table] = {}
    faults = list(_outside_the_tables(content, is_complete=is_complete))
    for name, model in _tables.items():
        try:
            read[name] = model.model_validate(content.get(name, {}), context=read)
        except ValidationError as fault:
            faults += [_fault(name, model, error) for error in fault.errors(include_input=False)]
        else:
            faults += [
                SETTING_FAULT(
                    source=_source_of(name, [key]),
                    table=name,
                    setting=key,
                    why=setting_faults.too_large(MOST),
                )
                for key, value in read[name]
                if isinstance(value, int) and value > MOST
            ]
    raise_all(faults)
    return read


def _of_known_format(content: Content) -> Content:
    instance = content.get(INSTANCE)
    found = instance.get("format", DATA_FORMAT) if isinstance(instance, dict) else DATA_FORMAT
    if str(found) != str(DATA_FORMAT):
        raise INSTANCE_FORMAT_MISMATCH(data_dir=data_dir(), found=found, wanted=DATA_FORMAT)
    return content


def _outside_the_tables(content: Content, *, is_complete: bool) -> Iterator[RollkeeperError]:
    for name, values in content.items():
        if not isinstance(values, dict) and name not in _tables:
            why = setting_faults.in_no_table(name, elsewhere=_keys_by_table())
            yield SETTINGS_FILE_FAULT(source=settings_file(), why=why)
        elif is_complete and name not in _tables:
            yield SETTINGS_FILE_FAULT(source=settings_file(), why=setting_faults.no_table(name, _tables))
    if is_complete:
        for variable in os.environ:
            name = variable.removeprefix(_PREFIX).partition(_DELIMITER)[0].lower()
            if _names_a_setting(variable) and name not in _tables:
                yield SETTINGS_FILE_FAULT(
                    source=_by_variable(variable), why=setting_faults.no_table(name, _tables)
                )


def _fault(name: str, model: type[Table], error: ErrorDetails) -> RollkeeperError:
    path = [str(one) for one in error["loc"]]
    source = _source_of(name, path)
    if not path:
        is_one = error["type"] == "value_error"  # a fault of several keys together
        return SETTINGS_FILE_FAULT(
            source=source,
            why=Phrase("[{table}]: {why}", table=name, why=setting_faults.why_invalid(error))
            if is_one
            else Phrase("[{table}] is not a table", table=name),
        )
    table, setting, entry, found = _place_of(name, model, path)
    why = setting_faults.why_invalid(error)
    if error["type"] == "extra_forbidden":
        why = setting_faults.no_setting(setting, here=found.model_fields, elsewhere=_keys_by_table())
    return SETTING_FAULT(
        source=source, table=table, setting=setting, why=setting_faults.of_entry(entry, why) if entry else why
    )


def _place_of(name: str, model: type[Table], path: list[str]) -> tuple[str, str, int, type[BaseModel]]:
    """Return a fault's table, setting and entry as the file has them (the first entry is 1, 0 is no entry), and the table's model."""
    tables, found = [name], cast("type[BaseModel]", model)
    while len(path) > 1 and path[0] in tables_in(found):
        tables.append(path[0])
        found = tables_in(found)[path.pop(0)]
    if len(path) > 1 and get_origin(found.model_fields[path[0]].annotation) is dict:
        tables.append(path.pop(0))
        path = [one for one in path if one != "[key]"]
    entry = int(path.pop(1)) + 1 if len(path) > 1 and path[1].isdecimal() else 0
    if len(path) > 1:
        tables.append(path[0])
        (found,) = get_args(found.model_fields[path.pop(0)].annotation)
    return ".".join(tables), ".".join(path), entry, found


def _keys_by_table() -> dict[str, list[str]]:
    """Return the names of the settings in each table, and in each table in one."""
    named = dict[str, type[Table]](_tables)
    for name, model in _tables.items():
        named |= {f"{name}.{below}": one for below, one in tables_in(model).items()}
    return {name: [*model.model_fields] for name, model in named.items()}


def _by_variable(variable: str) -> Phrase:
    return Phrase("the environment variable {variable}", variable=variable)


def _source_of(name: str, path: list[str]) -> Path | str:
    """Return where the value at this path comes from: the environment variable with the longest name that fits, or the file."""
    for length in range(len(path), -1, -1):
        wanted = variable_of(name, *path[:length])
        for variable in os.environ:
            if variable.upper() == wanted:
                return _by_variable(variable)
    return settings_file()


def _names_a_setting(variable: str) -> bool:
    return variable.upper().startswith(_PREFIX) and _DELIMITER in variable.removeprefix(_PREFIX)


def _environment_content() -> Content:
    """Return the settings from the environment. The parser is imported only if there are any, because the import takes a fifth of
    a second.
    """
    if not any(map(_names_a_setting, os.environ)):
        return {}
    from pydantic_settings import BaseSettings, EnvSettingsSource

    class Environment(EnvSettingsSource):
        def decode_complex_value(self, field_name: str, field: Any, value: Any) -> Any:
            """Leave what is not JSON as it is: the table's own validation names it among the other faults."""
            try:
                return super().decode_complex_value(field_name, field, value)
            except ValueError:
                return value

    fields: dict[str, Any] = {name: (model, model()) for name, model in _tables.items()}
    whole = create_model("Whole", __base__=BaseSettings, **fields)
    source = Environment(whole, env_prefix=_PREFIX, env_nested_delimiter=_DELIMITER, case_sensitive=False)
    source.env_vars = {name: value for name, value in source.env_vars.items() if _names_a_setting(name)}
    return source()


def tables_in(model: type[BaseModel]) -> dict[str, type[Table]]:
    """Return the tables in a table, by name."""
    return {
        name: field.annotation
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table)
    }


def _merged(under: Content, over: Content, tables: Mapping[str, type[Table]] | None = None) -> Content:
    """Put one content over another, table by table; a key's value is replaced as a whole."""
    tables = _tables if tables is None else tables
    return under | {
        name: _merged(under[name], value, tables_in(tables[name]))
        if name in tables and isinstance(value, dict) and isinstance(under.get(name), dict)
        else value
        for name, value in over.items()
    }


def _plain(value: object) -> Any:
    """Return a value as TOML knows it."""
    if isinstance(value, BaseModel):
        return _plain(value.model_dump())
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, StrEnum) else value


def _without_defaults(model: type[Table], values: Content) -> Content:
    kept: Content = {}
    for name, value in values.items():
        if name in tables_in(model):
            rest = _without_defaults(tables_in(model)[name], value)
            kept |= {name: rest} if rest else {}
        elif value is not None and value != model.model_fields[name].get_default(call_default_factory=True):
            kept[name] = value
    return kept
