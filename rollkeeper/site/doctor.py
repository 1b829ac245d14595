# SPDX-License-Identifier: EUPL-1.2
"""Is this installation sound? One check a promise; a check that could not look is a fault, not a pass."""

import datetime as dt
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from rollkeeper.access.authority import console_authority
from rollkeeper.access.queries import new_deciders
from rollkeeper.captures.queries import count_waiting
from rollkeeper.disclosures.queries import untold
from rollkeeper.kernel import clock, server
from rollkeeper.kernel.database import KeysRole, connect, rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.lanes import Lane, is_late, last_turn
from rollkeeper.kernel.settings import HomeKind, home, settings
from rollkeeper.law.calendars import have_same_days
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.publishing import look_at_witnesses
from rollkeeper.ledger.queries import newest_publication, passed_over
from rollkeeper.retention.abandoned import LONGEST, count_abandoned
from rollkeeper.retention.holding import standing_holds
from rollkeeper.site.backup import Part, last_backup
from rollkeeper.site.work import all_lanes
from rollkeeper.vault import canaries, copies, epochs
from rollkeeper.vault.keys import living_epoch_ids
from rollkeeper.vault.root import index_key

LEAST_FREE_BYTES = 2 * 1024**3
WITNESS_PATIENCE_S = 3
CAPTURES_PATIENCE = dt.timedelta(hours=1)


class Health(StrEnum):
    """How it is."""

    SOUND = "sound"
    WATCH = "watch"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, and what to do about it."""

    check: str
    health: Health
    sentence: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Run every check; none stops another."""
    return [finding for check in CHECKS for finding in _look(check)]


def _look(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    name = check.__name__.removeprefix("_check_").replace("_", " ")
    try:
        return [Finding(name, f.health, f.sentence, f.remedy) for f in check()]
    except RollkeeperError as fault:
        return [Finding(name, Health.FAULT, str(fault), fault.advice)]
    except Exception as fault:  # noqa: BLE001 - whatever stops a check is itself the finding; its text may hold values
        return [
            Finding(
                name, Health.FAULT, f"This could not be looked at ({type(fault).__name__}).", "See the log."
            )
        ]


def _sound(sentence: str) -> Finding:
    return Finding("", Health.SOUND, sentence)


def _check_home() -> Iterator[Finding]:
    if settings().kind is HomeKind.PRODUCTION:
        yield _sound("A production home on the true date.")
    else:
        day = clock.given_day()
        told = f"believes it is {day}" if day else "runs on the true date"
        yield Finding("", Health.WATCH, f"A trial home; it {told}.", "Keep no real person in a trial home.")


def _check_secrets() -> Iterator[Finding]:
    loose = [
        file.name
        for file in (home() / "secrets").iterdir()
        if stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if loose:
        yield Finding(
            "", Health.FAULT, f"Others may read: {', '.join(sorted(loose))}.", "chmod 600 these files."
        )
    else:
        yield _sound("Every secret is readable by its owner alone.")


def _check_disk() -> Iterator[Finding]:
    free = shutil.disk_usage(home()).free
    told = f"{free / 1024**3:.1f} GiB free under the home."
    yield (
        _sound(told)
        if free > LEAST_FREE_BYTES
        else Finding("", Health.FAULT, told, "Make room before the next sweep.")
    )


def _check_register() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding("", Health.FAULT, "The tables are older than this version.", "Run 'rollkeeper setup'.")
    else:
        (version,) = rows("SELECT current_setting('server_version') AS version")
        yield _sound(
            f"The register answers (PostgreSQL {version.version}); its tables are those of this version."
        )


def _check_keys() -> Iterator[Finding]:
    with connect(server.KEYS, KeysRole.VAULT) as keys:
        row = keys.execute("SELECT max(begun_at), count(*) FROM epoch WHERE ended_at IS NULL").fetchone()
    begun, living = row or (None, 0)
    if not living or begun is None:
        yield Finding(
            "", Health.FAULT, "No epoch of keys has begun: nothing can be sealed.", "Run 'rollkeeper setup'."
        )
    else:
        yield _sound(f"The store of keys answers; its epoch began on {begun:%Y-%m-%d}.")
        if is_over(begun, settings().rotate_keys_within_days, now=clock.now()):
            yield Finding(
                "",
                Health.WATCH,
                f"The epoch of keys is older than {settings().rotate_keys_within_days} days.",
                "Run 'rollkeeper vault rotate', then 'rollkeeper backup DIR'.",
            )


def is_over(begun: dt.datetime, days: int, *, now: dt.datetime) -> bool:
    """Tell whether more than so many days have gone by, counted by the hour and minute."""
    return now - begun > dt.timedelta(days=days)


def _check_root() -> Iterator[Finding]:
    epochs.secret_of(max(living_epoch_ids()))
    index_key().digests([b"doctor"])
    epochs.demand_genuine()
    yield _sound("The root of trust opens the epoch of keys, and the key of the index is there.")


def _check_canaries() -> Iterator[Finding]:
    alarms = canaries.open_alarms()
    if alarms:
        named = ", ".join(str(alarm.entry_id) for alarm in alarms[-5:])
        yield Finding(
            "",
            Health.FAULT,
            f"{len(alarms):,} alarms are open (a canary was opened, or all staff reached the limit of openings); ledger entries"
            f" that say by whom: {named}.",
            "docs/runbook/alarm.md; then 'rollkeeper vault alarms --settle --as USER'.",
        )
    if not canaries.has_canary(max(living_epoch_ids(), default=0)):
        yield Finding("", Health.WATCH, "The present epoch has no canary.", "Run 'rollkeeper setup'.")
    elif not alarms:
        yield _sound("There is a canary among the people, and nobody opened one.")


def _check_deciders() -> Iterator[Finding]:
    fresh = new_deciders() if settings().kind is HomeKind.PRODUCTION else []
    if fresh:
        named = ", ".join(f"{one.username} ({one.role})" for one in fresh[:10])
        yield Finding(
            "",
            Health.WATCH,
            f"Within seven days {len(fresh):,} roles were granted with which people decide with others: {named}.",
            "Ask whoever is responsible whether each was meant; 'rollkeeper staff suspend USER' closes an account.",
        )
    else:
        yield _sound("Nobody was lately given a role that decides with others.")


def _check_demands() -> Iterator[Finding]:
    late = untold(clock.today())
    if late:
        yield Finding(
            "",
            Health.FAULT,
            f"{late:,} people whose record was opened on a demand were not told in time.",
            "Run 'rollkeeper disclosure keep', then 'rollkeeper notices send'.",
        )
    else:
        yield _sound("Whoever had to be told of a demand was told.")


def _check_holds() -> Iterator[Finding]:
    today = clock.today()
    due = sum(one.review_on <= today for one in standing_holds(console_authority(), on=today))
    if due:
        yield Finding(
            "",
            Health.WATCH,
            f"{due:,} legal holds are due for review: is what they keep still needed?",
            "See 'rollkeeper holds list'; end those that are not, or lay them anew for the same case.",
        )
    else:
        yield _sound("No legal hold waits to be reviewed.")


def _check_backups() -> Iterator[Finding]:
    if settings().register_url:
        yield _sound("The stores lie on servers of yours, which have backups of their own.")
        return
    worse = Health.FAULT if settings().kind is HomeKind.PRODUCTION else Health.WATCH
    found = [(part, _fault_of_backup(part)) for part in Part]
    for part, why in found:
        if why:
            yield Finding("", worse, f"The {part.value}: {why}.", "Run 'rollkeeper backup DIR'.")
    if not any(why for _, why in found):
        yield _sound(
            f"Both stores are backed up, the keys not over {settings().keys_backup_max_age_days} days ago."
        )


def _fault_of_backup(part: Part) -> str:
    made = last_backup(part)
    if made is None:
        return "never backed up from this home"
    if made.epoch_id < min(living_epoch_ids(), default=0):
        return "the keys were rotated since its last backup, which opens no more"
    now = dt.datetime.fromtimestamp(clock.true_seconds(), dt.UTC)
    if part is Part.KEYS and is_over(made.at, settings().keys_backup_max_age_days, now=now):
        days = settings().keys_backup_max_age_days
        return f"the last backup is older than {days} days, so that it may hold keys of erased people"
    return ""


def _check_document_copies() -> Iterator[Finding]:
    known, missing = copies.look()
    if missing:
        yield Finding(
            "",
            Health.FAULT,
            f"Of the newest copies of documents {len(missing)} are not in their store.",
            "Bring the store back from its backup; is 'documents_url' in home.toml right?",
        )
    else:
        yield _sound(f"The store of document copies answers; the register knows {known:,} copies.")


def _check_abandoned_applications() -> Iterator[Finding]:
    left = count_abandoned(older_than=LONGEST)
    if left:
        yield Finding(
            "",
            Health.FAULT,
            f"{left:,} applications came to nothing over a day ago, and the identity in them is not erased.",
            "Run 'rollkeeper erase-due' now, and keep 'rollkeeper work' running from now on.",
        )
    else:
        yield _sound("No identity is kept from an application that came to nothing over a day ago.")


def _check_emergency_floor() -> Iterator[Finding]:
    found = rows(
        "SELECT convalidated FROM pg_constraint WHERE conname = 'network_command_bars_the_floor'"
        " AND conrelid = 'network_command'::regclass"
    )
    if found and found[0].convalidated:
        yield _sound("No command can bar emergency calls: the constraint stands.")
    else:
        yield Finding(
            "",
            Health.FAULT,
            "The constraint that keeps emergency calls open is missing.",
            "Stop every sweep.",
        )


def _check_ledger() -> Iterator[Finding]:
    wrong = rows(
        "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_name IN ('ledger_entry', 'ledger_leaf', 'ledger_tile', 'ledger_integration', 'ledger_checkpoint',"
        " 'ledger_publication')"
        " AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') AND grantee <> 'postgres'"
    )
    if wrong:
        who = ", ".join(sorted({row.grantee for row in wrong}))
        yield Finding(
            "", Health.FAULT, f"The ledger can be changed by: {who}.", "Run 'rollkeeper setup' to grant anew."
        )
    else:
        yield _sound("No role may change or remove a ledger entry.")
    if passed := passed_over():
        named = ", ".join(str(entry_id) for entry_id in passed[:5])
        yield Finding(
            "",
            Health.FAULT,
            f"Ledger entries were put in behind what is in the tree, under the number of an older transaction, and"
            f" will never be published: {named}{' and more' if len(passed) > 5 else ''}.",
            "No act of this program does so: somebody writes to the register past it. Find out who owns the database.",
        )
    (waiting,) = rows(
        "SELECT count(*) AS entries FROM ledger_entry WHERE at < %s"
        " AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = ledger_entry.entry_id AND l.leaf_index < %s)",
        [clock.now() - dt.timedelta(hours=settings().ledger_publish_within_hours), _published_size()],
    )
    if waiting.entries:
        yield Finding(
            "",
            Health.WATCH,
            f"{waiting.entries:,} ledger entries older than {settings().ledger_publish_within_hours} hours are not"
            " published.",
            "Keep 'rollkeeper work' running, which publishes, and let somebody outside keep the checkpoints.",
        )


def _published_size() -> int:
    newest = newest_publication()
    return newest.size if newest else 0


def _check_witnesses() -> Iterator[Finding]:
    if not settings().ledger_witnesses:
        yield Finding(
            "",
            Health.WATCH if settings().kind is HomeKind.PRODUCTION else Health.SOUND,
            "No witness cosigns the ledger: only who keeps checkpoints would notice another history.",
            "Name witnesses in 'ledger_witnesses' (docs/publishing.md).",
        )
        return
    yield _age_of_cosigned()
    sights = look_at_witnesses(patience_s=WITNESS_PATIENCE_S)
    for one in sights:
        if one.fault:
            yield Finding("", Health.FAULT, str(one.fault), one.fault.advice)
        elif one.why:
            yield Finding(
                "", Health.WATCH, f"The witness {one.witness}: {one.why}.", "Ask whoever runs the witness."
            )
    if not any(one.fault or one.why for one in sights):
        yield _sound(
            f"Every witness answers ({len(sights)}), and holds nothing that the ledger does not continue."
        )


def _age_of_cosigned() -> Finding:
    newest = newest_publication(cosigned=True)
    if newest is None or newest.cosigned_at is None:
        return Finding(
            "", Health.WATCH, "No checkpoint was ever cosigned.", "Run 'rollkeeper ledger publish'."
        )
    age = dt.datetime.fromtimestamp(clock.true_seconds(), dt.UTC) - newest.cosigned_at
    told = f"The last cosigned checkpoint covers {newest.size:,} entries and is {_told_age(age)} old."
    if age <= dt.timedelta(hours=settings().ledger_publish_within_hours):
        return _sound(told)
    return Finding("", Health.WATCH, told, "Keep 'rollkeeper work' running, which publishes.")


def _told_age(age: dt.timedelta) -> str:
    minutes = max(0, int(age.total_seconds()) // 60)
    if minutes < 2 * 60:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 3 * 24 * 60 else f"{minutes // (24 * 60)} days"


def _check_law() -> Iterator[Finding]:
    pack = load_pack(settings().pack)
    yield _sound(f"The rule pack {pack.id} loads and passes its own cases; hash {pack.hash[:16]}.")
    # Without a duty no clock runs against anybody, whatever zone the pack names.
    if pack.duty and not have_same_days(pack.zone, settings().zone, on=clock.today()):
        yield Finding(
            "",
            Health.FAULT,
            f"The rule pack {pack.id} counts days in {pack.zone}, this home in {settings().zone}: its days are not the law's.",
            "Set the setting 'zone' to the pack's; no campaign is planned and nothing is drawn up before.",
        )


def _check_notices_and_commands() -> Iterator[Finding]:
    """What is held on purpose (by a stay, a stopped batch, a day on which the desks are shut) does not wait for the network."""
    now = clock.now()
    (commands,) = rows(
        "SELECT count(*) AS n FROM network_command WHERE state IN ('waiting', 'sent') AND asked_at < %s"
        " AND NOT (state = 'waiting' AND attempts = 0 AND next_try_at > %s)",
        [now - dt.timedelta(hours=24), now],
    )
    if commands.n:
        yield Finding(
            "",
            Health.WATCH,
            f"{commands.n:,} commands have waited for the network for a day.",
            "rollkeeper network push",
        )
    else:
        yield _sound("No command has waited for the network for a day.")


def _check_captures() -> Iterator[Finding]:
    found = count_waiting()
    if found.held:
        yield Finding(
            "",
            Health.FAULT,
            f"{found.held:,} captures of counters without a network broke three times and are held, sealed, for 22 hours.",
            "Mend what 'captures' in the log names, then 'rollkeeper captures carry --held'; else they are erased.",
        )
    if found.oldest_waits and found.oldest_waits > CAPTURES_PATIENCE:
        told = (
            f"{found.waiting:,} captures wait to be carried, the oldest for {_told_age(found.oldest_waits)}."
        )
        yield Finding(
            "", Health.WATCH, told, "Keep 'rollkeeper serve' running, or run 'rollkeeper captures carry'."
        )
    elif not found.held:
        yield _sound("Nothing that a counter took down without a network is held or has waited for an hour.")


def _check_work_by_itself() -> Iterator[Finding]:
    if not settings().works_by_itself:
        yield Finding(
            "",
            Health.WATCH,
            "This home does nothing by itself: no notice, no command to the network, no publication, no erasure.",
            "Where it takes the place of the home that it was restored from: 'works_by_itself = true' in home.toml.",
        )
        return
    late = []
    for lane in all_lanes():
        turn = last_turn(lane.name)
        if turn is None:
            late.append(f"'{lane.name}' never ran")
        elif turn.fault is not None:
            late.append(f"'{lane.name}' failed {_told_ago(turn.began)} ago ({turn.fault})")
        elif is_late(lane, turn, now=clock.true_seconds()):
            late.append(f"'{lane.name}' began last {_told_ago(turn.began)} ago")
    if late:
        remedy = (
            "Keep 'rollkeeper work' or 'rollkeeper serve' running (ops/systemd/); their logs are in logs/."
        )
        yield Finding("", Health.WATCH, f"{'; '.join(late)}.", remedy)
    else:
        told = ", ".join(f"{lane.name} {_told_ago(_began(lane))} ago" for lane in all_lanes())
        yield _sound(f"Everything ran when it should: {told}.")


def _began(lane: Lane) -> int:
    turn = last_turn(lane.name)
    return turn.began if turn else 0


def _told_ago(began: int) -> str:
    return _told_age(dt.timedelta(seconds=clock.true_seconds() - began))


CHECKS = (
    _check_home,
    _check_secrets,
    _check_disk,
    _check_register,
    _check_keys,
    _check_root,
    _check_canaries,
    _check_deciders,
    _check_demands,
    _check_holds,
    _check_backups,
    _check_document_copies,
    _check_abandoned_applications,
    _check_emergency_floor,
    _check_ledger,
    _check_witnesses,
    _check_law,
    _check_notices_and_commands,
    _check_captures,
    _check_work_by_itself,
)
