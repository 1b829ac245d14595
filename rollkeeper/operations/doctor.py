# SPDX-License-Identifier: EUPL-1.2
"""Checks whether this installation is healthy. There is one check for each promise; a check that cannot run is a fault, not a pass."""

import datetime as dt
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace

from psycopg import OperationalError

from rollkeeper.access.authority import console_authority
from rollkeeper.access.queries import new_approvers
from rollkeeper.disclosures.queries import count_overdue_notifications
from rollkeeper.kernel import clock, room, stores
from rollkeeper.kernel.database import KeysRole, Role, connect, rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import data_dir
from rollkeeper.languages.silence import silent_languages, summary_of_languages
from rollkeeper.law.calendars import have_same_days
from rollkeeper.law.checks import check_pack
from rollkeeper.law.findings import Weight
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.checks import check_newest
from rollkeeper.ledger.publication import check_witnesses, require_key
from rollkeeper.ledger.queries import count_unpublished, newest_publication, skipped_entries
from rollkeeper.ledger.settings import settings as ledger_settings
from rollkeeper.notices.queries import count_without_language
from rollkeeper.offline.queries import count_waiting
from rollkeeper.operations import going_live
from rollkeeper.operations.backup import Part, last_backup
from rollkeeper.operations.bootstrap import require_known_version
from rollkeeper.operations.clock_check import look_at_the_clock
from rollkeeper.operations.duty_check import look_at_the_duties, look_at_the_regions
from rollkeeper.operations.errors import UNEXPECTED_ERROR
from rollkeeper.operations.findings import Finding, Health
from rollkeeper.operations.job_check import age_text, look_at_the_jobs
from rollkeeper.operations.lost_files import find_lost_files
from rollkeeper.operations.peer_check import look_at_peers
from rollkeeper.operations.server_checks import NEW_PASSWORDS, look_at_the_server_settings, of_lost_connection
from rollkeeper.operations.unexpected_errors import tell
from rollkeeper.retention.abandoned import LONGEST, count_abandoned
from rollkeeper.retention.brake import stopped_erasure
from rollkeeper.retention.legal_holds import current_legal_holds
from rollkeeper.retention.services import count_due
from rollkeeper.vault import canaries, document_store, epochs
from rollkeeper.vault.client import is_reachable
from rollkeeper.vault.keys import living_epoch_ids
from rollkeeper.vault.root import index_key
from rollkeeper.vault.settings import settings as vault_settings

WITNESS_TIMEOUT_S = 3
_REPORT_IT = "Tell the maintainers this sentence, which contains no data."
MAX_OFFLINE_WAIT = dt.timedelta(hours=1)


def examine() -> list[Finding]:
    """Run every check; none stops another."""
    return [finding for check in (*CHECKS, *going_live.CHECKS) for finding in _run_check(check)]


def _run_check(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    name = check.__name__.removeprefix("_check_").removeprefix("look_at_the_").replace("_", " ")
    try:
        return [replace(f, check=name) for f in check()]
    except RollkeeperError as fault:
        return [Finding(name, Health.ERROR, str(fault), fault.advice)]
    except Exception as fault:  # noqa: BLE001 - a failing check is itself the finding; its text may contain values
        return [replace(_of_failed_check(fault), check=name)]


def _of_failed_check(fault: Exception) -> Finding:
    """Say in plain words why a check could not run: the server's own words, else what a command would say."""
    cause = fault.__cause__ if isinstance(fault.__cause__, OperationalError) else fault
    if isinstance(cause, OperationalError) and cause.sqlstate is None:
        return of_lost_connection(cause)
    told = tell(fault)
    remedy = _REPORT_IT if told.code == UNEXPECTED_ERROR.code else told.advice
    return Finding("", Health.ERROR, f"This could not be looked at. {told}", remedy)


def _ok(sentence: str) -> Finding:
    return Finding("", Health.OK, sentence)


def _check_instance() -> Iterator[Finding]:
    if instance().kind is InstanceKind.PRODUCTION:
        yield _ok("A production instance on the true date.")
    else:
        day = clock.demo_date()
        detail = f"believes it is {day}" if day else "runs on the true date"
        yield Finding(
            "", Health.WARNING, f"A demo instance; it {detail}.", "Keep no real person in a demo instance."
        )


def _check_secrets() -> Iterator[Finding]:
    loose = [
        file.name
        for file in (data_dir() / "secrets").iterdir()
        if stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if loose:
        yield Finding(
            "", Health.ERROR, f"Others may read: {', '.join(sorted(loose))}.", "chmod 600 these files."
        )
    else:
        yield _ok("Every secret is readable by its owner alone.")
    for lost in find_lost_files():
        yield Finding("", Health.ERROR, lost.sentence, lost.remedy)
    if refused := sorted(_refused_passwords()):
        yield Finding(
            "",
            Health.ERROR,
            f"A server refuses a password, or it is missing: {', '.join(refused)}.",
            NEW_PASSWORDS,
        )


def _refused_passwords() -> Iterator[str]:
    """Return the files with which no process connects: its role may be another than that of the process that looks."""
    are_ours = instance().register_url is None
    roles: list[tuple[stores.Store, str]] = [(stores.REGISTER, one) for one in Role]
    roles += [(stores.KEYS, one) for one in KeysRole]
    for store, role in roles:
        file = stores.password_file(store, role)
        if not are_ours and not file.exists():  # whose servers they are may connect in another way
            continue
        try:
            connect(store, role).close()
        except OperationalError:
            yield file.name


def _check_disk() -> Iterator[Finding]:
    detail = f"{room.free_bytes() / 1024**3:.1f} GiB free under the instance."
    yield (
        Finding("", Health.ERROR, detail, "Make room: docs/runbook/disk.md.")
        if room.is_low()
        else _ok(detail)
    )


def _check_register() -> Iterator[Finding]:
    if not require_known_version():
        yield Finding("", Health.ERROR, "The tables are older than this version.", "Run 'rollkeeper setup'.")
    else:
        (version,) = rows("SELECT current_setting('server_version') AS version")
        yield _ok(
            f"The register answers (PostgreSQL {version.version}); its tables are those of this version."
        )


def _check_keys() -> Iterator[Finding]:
    with connect(stores.KEYS, KeysRole.VAULT) as keys:
        row = keys.execute("SELECT max(begun_at), count(*) FROM epoch WHERE ended_at IS NULL").fetchone()
    begun, living = row or (None, 0)
    if not living or begun is None:
        yield Finding(
            "", Health.ERROR, "There is no key epoch yet: nothing can be sealed.", "Run 'rollkeeper setup'."
        )
    else:
        yield _ok(f"The store of keys answers; its epoch began on {begun:%Y-%m-%d}.")
        if is_over(begun, vault_settings().rotate_keys_within_days, now=clock.now()):
            yield Finding(
                "",
                Health.WARNING,
                f"The epoch of keys is older than {vault_settings().rotate_keys_within_days} days.",
                "Run 'rollkeeper vault rotate', then 'rollkeeper backup DIR'.",
            )


def is_over(begun: dt.datetime, days: int, *, now: dt.datetime) -> bool:
    """Tell whether more than this number of days has passed, exact to the second."""
    return now - begun > dt.timedelta(days=days)


def _check_root() -> Iterator[Finding]:
    epochs.require_root()
    epochs.require_genuine()
    index_key(as_app=True).digests([b"try"])
    yield _ok("The root of trust opens the epoch of keys, and the key of the index is there.")
    if instance().kind is InstanceKind.PRODUCTION and not is_reachable():
        said = "The vault service does not answer: no page, command or worker opens anything."
        yield Finding("", Health.WARNING, said, "Run 'rollkeeper vault serve', or 'rollkeeper serve'.")


def _check_canaries() -> Iterator[Finding]:
    alarms = canaries.open_alarms()
    if alarms:
        named = ", ".join(str(alarm.entry_id) for alarm in alarms[-5:])
        yield Finding(
            "",
            Health.ERROR,
            f"{len(alarms):,} alarms are open (a canary, a protected subscriber, or a limit of staff); ledger entries"
            f" that say by whom: {named}.",
            "docs/runbook/alarm.md; then 'rollkeeper vault alarms --settle --as USER'.",
        )
    if not canaries.has_canary(max(living_epoch_ids(), default=0)):
        yield Finding("", Health.WARNING, "The present epoch has no canary.", "Run 'rollkeeper setup'.")
    elif not alarms:
        yield _ok("There is a canary, and it was not opened.")


def _check_approvers() -> Iterator[Finding]:
    fresh = new_approvers() if instance().kind is InstanceKind.PRODUCTION else []
    if fresh:
        named = ", ".join(f"{one.username} ({one.role})" for one in fresh[:10])
        yield Finding(
            "",
            Health.WARNING,
            f"Within seven days {len(fresh):,} roles were granted with which people decide with others: {named}.",
            "Ask the person responsible whether each was intended; 'rollkeeper staff suspend USER' closes an account.",
        )
    else:
        yield _ok("No approver role was granted recently.")


def _check_disclosures() -> Iterator[Finding]:
    late = count_overdue_notifications(clock.today())
    if late:
        yield Finding(
            "",
            Health.ERROR,
            f"{late:,} people whose record was opened on a disclosure request were not notified in time.",
            "Run 'rollkeeper disclosures run', then 'rollkeeper notices send'.",
        )
    else:
        yield _ok("Every person who had to be notified of a disclosure request was notified.")


def _check_holds() -> Iterator[Finding]:
    today = clock.today()
    due = sum(one.review_on <= today for one in current_legal_holds(console_authority(), on=today))
    if due:
        yield Finding(
            "",
            Health.WARNING,
            f"{due:,} legal holds are due for review: is what they keep still needed?",
            "See 'rollkeeper holds list'; end those that are not, or add them again for the same case.",
        )
    else:
        yield _ok("No legal hold waits to be reviewed.")


def _check_backups() -> Iterator[Finding]:
    if instance().register_url:
        yield _ok("The stores are on your own servers, which are backed up with their own tools.")
        return
    worse = Health.ERROR if instance().kind is InstanceKind.PRODUCTION else Health.WARNING
    found = [(part, _fault_of_backup(part)) for part in Part]
    for part, why in found:
        if why:
            yield Finding(
                "",
                worse,
                f"The {part.value}: {why}.",
                "Run 'rollkeeper backup DIR'.",
                stops_going_live=last_backup(part) is None,
            )
    if not any(why for _, why in found):
        yield _ok(
            f"Both stores are backed up, the keys not over {vault_settings().keys_backup_max_age_days} days ago."
        )


def _fault_of_backup(part: Part) -> str:
    made = last_backup(part)
    if made is None:
        return "never backed up from this instance"
    if made.epoch_id < min(living_epoch_ids(), default=0):
        return "the keys were rotated since its last backup, which opens no more"
    now = dt.datetime.fromtimestamp(clock.true_seconds(), dt.UTC)
    if part is Part.KEYS and is_over(made.at, vault_settings().keys_backup_max_age_days, now=now):
        days = vault_settings().keys_backup_max_age_days
        return f"the last backup is older than {days} days, so that it may hold keys of erased people"
    return ""


def _check_erasure() -> Iterator[Finding]:
    due = count_due(console_authority(), on=clock.today())
    stopped, copies = stopped_erasure(of_copies=False), stopped_erasure(of_copies=True)
    if copies:
        yield Finding("", Health.ERROR, f"An erasure of the document copies of {copies.due:,} records was stopped: too much of the register for one day.",
                      "Find out why. If it is right, two people run 'rollkeeper retention approve --copies --as USER'.")  # fmt: skip
    if stopped:
        yield Finding("", Health.ERROR, f"An erasure of {stopped.due:,} records was stopped: too much of the register for one day.",
                      "Find out why. If it is right, two people run 'rollkeeper retention approve --as USER'.")  # fmt: skip
    if due.not_entered:
        yield Finding("", Health.ERROR, f"{due.not_entered:,} records ended without an entry in the ledger; they are not erased.",
                      "No action of Rollkeeper does that: find out who wrote into the register.")  # fmt: skip
    if not (stopped or copies or due.not_entered):
        yield _ok("No erasure was stopped; every record that is due has its entry in the ledger.")


def _check_document_copies() -> Iterator[Finding]:
    known, missing = document_store.look()
    if missing:
        yield Finding(
            "",
            Health.ERROR,
            f"Of the newest copies of documents {len(missing)} are not in their store.",
            "Bring the store back from its backup; is 'vault.documents_url' in settings.toml right?",
        )
    else:
        yield _ok(f"The store of document copies answers; the register knows {known:,} copies.")


def _check_abandoned_applications() -> Iterator[Finding]:
    left = count_abandoned(older_than=LONGEST)
    if left:
        yield Finding("", Health.ERROR,
                      f"{left:,} applications came to nothing over a day ago, and the identity in them is not erased.",
                      "Run 'rollkeeper retention erase' now, and keep 'rollkeeper worker' running from now on.")  # fmt: skip
    else:
        yield _ok("No identity is kept from an application that came to nothing over a day ago.")


def _check_emergency_floor() -> Iterator[Finding]:
    found = rows(
        "SELECT convalidated FROM pg_constraint WHERE conname = 'provisioning_command_bars_the_floor'"
        " AND conrelid = 'provisioning_command'::regclass"
    )
    if found and found[0].convalidated:
        yield _ok("No command can bar emergency calls: the constraint is in place.")
    else:
        yield Finding(
            "",
            Health.ERROR,
            "The constraint that keeps emergency calls open is missing.",
            "Stop every nightly run.",
        )


def _check_ledger() -> Iterator[Finding]:
    wrong = rows(
        "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_name IN ('ledger_entry', 'ledger_leaf', 'ledger_tile', 'ledger_integration', 'ledger_checkpoint',"
        " 'ledger_publication', 'ledger_fault')"
        " AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') AND grantee <> 'postgres'"
        # The owner needs UPDATE to reduce erased entries; a trigger refuses every other update.
        " AND (grantee, table_name, privilege_type) <> ('migrator', 'ledger_entry', 'UPDATE')"
    )
    if wrong:
        who = ", ".join(sorted({row.grantee for row in wrong}))
        yield Finding(
            "",
            Health.ERROR,
            f"The ledger can be changed by: {who}.",
            "Run 'rollkeeper setup' to grant it again.",
        )
    else:
        yield _ok("No role may change or remove a ledger entry.")
    if passed := skipped_entries():
        named = ", ".join(str(entry_id) for entry_id in passed[:5])
        yield Finding(
            "",
            Health.ERROR,
            f"Ledger entries were put in behind what is in the tree, under the number of an older transaction, and"
            f" will never be published: {named}{' and more' if len(passed) > 5 else ''}.",
            "This program never does so: something else writes to the register. Find out who owns the database.",
        )
    if faults := check_newest():
        first = faults[0]
        yield Finding(
            "",
            Health.ERROR,
            f"{len(faults)} ledger entries are not what their leaves say. The first: entry {first.entry_id} {first.kind.label}.",
            "Run 'rollkeeper ledger check', restore them from a backup, and find out who owns the database.",
        )
    hours = ledger_settings().publish_within_hours
    if waiting := count_unpublished(before=clock.now() - dt.timedelta(hours=hours)):
        yield Finding(
            "",
            Health.WARNING,
            f"{waiting:,} ledger entries older than {hours} hours are not published.",
            "Keep 'rollkeeper worker' running, which publishes, and let an outsider keep the checkpoints.",
        )


def _check_ledger_key() -> Iterator[Finding]:
    require_key()
    yield _ok("The key that signs the ledger is there.")


def _check_witnesses() -> Iterator[Finding]:
    if not ledger_settings().witnesses:
        yield Finding(
            "",
            Health.ERROR if instance().kind is InstanceKind.PRODUCTION else Health.OK,
            "No witness cosigns the ledger: only who keeps checkpoints would notice another history.",
            "Name witnesses in 'ledger.witnesses' (docs/publishing.md).",
            stops_going_live=True,
        )
        return
    yield _age_of_cosigned()
    statuses = check_witnesses(timeout_s=WITNESS_TIMEOUT_S)
    for one in statuses:
        if one.fault:
            yield Finding("", Health.ERROR, str(one.fault), one.fault.advice)
        elif one.why:
            yield Finding(
                "",
                Health.WARNING,
                f"The witness {one.witness}: {one.why}.",
                "Ask the operator of the witness.",
            )
    if not any(one.fault or one.why for one in statuses):
        yield _ok(
            f"Every witness answers ({len(statuses)}), and holds nothing that the ledger does not continue."
        )


def _age_of_cosigned() -> Finding:
    newest = newest_publication(cosigned=True)
    if newest is None or newest.cosigned_at is None:
        return Finding(
            "", Health.WARNING, "No checkpoint was ever cosigned.", "Run 'rollkeeper ledger publish'."
        )
    age = dt.datetime.fromtimestamp(clock.true_seconds(), dt.UTC) - newest.cosigned_at
    detail = f"The last cosigned checkpoint covers {newest.size:,} entries and is {age_text(age)} old."
    if age <= dt.timedelta(hours=ledger_settings().publish_within_hours):
        return _ok(detail)
    return Finding("", Health.WARNING, detail, "Keep 'rollkeeper worker' running, which publishes.")


def _check_law() -> Iterator[Finding]:
    pack = load_pack(instance().pack)
    yield _ok(f"The rule pack {pack.id} loads and passes its own cases; hash {pack.hash[:16]}.")
    for one in check_pack(pack, on=clock.today()):
        stops = Health.ERROR if one.weight is Weight.STOPS else Health.WARNING
        if one.weight is not Weight.NOTE or one.topic == "declined":
            health = Health.OK if one.weight is Weight.NOTE else stops
            yield Finding("", health, one.sentence, one.remedy, stops_going_live=one.weight is Weight.STOPS)
    # Without a duty no clock runs, in any zone.
    if pack.duty and not have_same_days(pack.zone, instance().zone, on=clock.today()):
        yield Finding(
            "",
            Health.ERROR,
            f"The rule pack {pack.id} counts days in {pack.zone}, this instance in {instance().zone}: its days are not the law's.",
            "Set the setting 'instance.zone' to the pack's; no campaign is planned and nothing is prepared before.",
        )


def _check_languages() -> Iterator[Finding]:
    if waiting := count_without_language():
        detail = f"{waiting:,} notices wait, since they could be sent in no language that was accepted."
        yield Finding("", Health.ERROR, detail, "Have one accepted, or add 'en' to 'instance.languages'.")
    silent = [Finding("", Health.WARNING, one.sentence, one.remedy) for one in silent_languages()]
    yield from silent or [_ok(summary_of_languages())]


def _check_notices_and_commands() -> Iterator[Finding]:
    yield from look_at_peers()


def _check_offline() -> Iterator[Finding]:
    found = count_waiting()
    if found.failed:
        yield Finding(
            "",
            Health.ERROR,
            f"{found.failed:,} offline registrations of counters without a network broke three times and are held, sealed, for 22 hours.",
            "Mend what 'offline registrations' in the log names, then 'rollkeeper offline process --retry-failed'; else they are erased.",
        )
    if found.oldest_waits and found.oldest_waits > MAX_OFFLINE_WAIT:
        detail = f"{found.waiting:,} offline registrations wait to be carried, the oldest for {age_text(found.oldest_waits)}."
        yield Finding(
            "",
            Health.WARNING,
            detail,
            "Keep 'rollkeeper serve' running, or run 'rollkeeper offline process'.",
        )
    elif not found.failed:
        yield _ok("Nothing that a counter recorded offline is held or has waited for an hour.")


def _check_background_jobs() -> Iterator[Finding]:
    yield from look_at_the_jobs()


def _check_clock() -> Iterator[Finding]:
    yield look_at_the_clock()


CHECKS = (
    _check_instance, _check_secrets, _check_disk, _check_register, _check_keys, look_at_the_server_settings, _check_root,
    _check_canaries, _check_approvers, _check_disclosures, _check_holds, _check_backups,
    _check_document_copies, _check_erasure, _check_abandoned_applications, _check_emergency_floor, _check_ledger,
    _check_ledger_key, _check_witnesses, _check_law, look_at_the_duties, look_at_the_regions, _check_languages, _check_notices_and_commands,
    _check_offline, _check_background_jobs, _check_clock,
)  # fmt: skip
