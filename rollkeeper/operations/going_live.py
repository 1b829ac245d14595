# SPDX-License-Identifier: EUPL-1.2
"""What a production instance lacks before it may serve real subscribers. A demo instance lacks nothing: it holds no real person."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from rollkeeper.access.queries import count_people_for, count_without_second_factor
from rollkeeper.access.roles import Permission
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import data_dir
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.settings import Ledger
from rollkeeper.ledger.settings import settings as ledger_settings
from rollkeeper.notices.gateways.registry import SETTINGS_OF, gateways
from rollkeeper.notices.settings import Notices
from rollkeeper.notices.settings import settings as notice_settings
from rollkeeper.operations.findings import Finding, Health
from rollkeeper.operations.setup_answers import unanswered
from rollkeeper.provisioning.gateways.registry import has_own_network
from rollkeeper.provisioning.settings import settings as network_settings
from rollkeeper.vault.settings import settings as vault_settings

_HERE: Final = {"", "localhost", "127.0.0.1", "::1"}
_TWO_PEOPLE: Final = (Permission.APPROVE_BATCH, Permission.END_STAY, Permission.APPROVE_ERASURE)


def _is_production() -> bool:
    return instance().kind is InstanceKind.PRODUCTION


def _lacks(sentence: str, remedy: str) -> Finding:
    return Finding("", Health.ERROR, sentence, remedy, stops_going_live=True)


def _should(sentence: str, remedy: str) -> Finding:
    return Finding("", Health.WARNING, sentence, remedy, stops_going_live=True)


def _check_names() -> Iterator[Finding]:
    missing = unanswered() if _is_production() else []
    for key in missing:
        value = getattr(instance(), key)
        said = ", ".join(value) if isinstance(value, list) else value
        yield _lacks(
            f"'instance.{key}' was never set: it is '{said}' by default.",
            f"Write '{key}' under [instance] into settings.toml.",
        )
    others = list(_invented()) if _is_production() else []
    yield from others
    if not missing and not others:
        yield Finding(
            "", Health.OK, f"The operator is {instance().operator_name}, in {instance().country_code}."
        )


def _invented() -> Iterator[Finding]:
    """Yield names that are still the default for demos; the ledger's name cannot be changed after its first publication."""
    chosen: dict[str, tuple[type[Ledger | Notices], str]] = {
        "ledger.origin": (Ledger, ledger_settings().origin)
    }
    if notice_settings().smtp_url:
        chosen["notices.email_from"] = (Notices, notice_settings().email_from)
    for key, (table, value) in chosen.items():
        if value == table.model_fields[key.split(".")[1]].default:
            yield _lacks(
                f"'{key}' is the default, '{value}'.", "Set yours in settings.toml (docs/settings.md)."
            )


def _check_addresses() -> Iterator[Finding]:
    """Check that the addresses of the apps are set: behind a proxy an app cannot find out its own address."""
    chosen = access_settings()
    keys = ("backoffice_address", "counter_address", "portal_address", "passkey_domain")
    values = [getattr(chosen, key) for key in keys]
    missing = [f"'access.{key}'" for key, value in zip(keys, values, strict=True) if value is None]
    if missing and _is_production():
        yield _should(
            f"Pages, invitations and passkeys lack addresses: {', '.join(missing)}.",
            "Set them (docs/install.md), run 'rollkeeper setup' and start 'rollkeeper serve' again.",
        )
    else:
        known = (
            "A demo's apps take their addresses from each request."
            if missing
            else "Every app knows its address."
        )
        yield Finding("", Health.OK, known)


def _check_gateways() -> Iterator[Finding]:
    """Check that each channel of the law has a gateway: without one, people get no notice."""
    pack, there = load_pack(instance().pack), set(gateways())
    wanted = [Channel(name) for name in pack.notification_rules.channels] if pack.duty else []
    missing = [channel for channel in wanted if channel not in there]
    for channel in missing:
        yield _lacks(
            f"The law has people notified by {channel.label}, and no gateway for it is set.",
            f"Set 'notices.{SETTINGS_OF[channel]}' (docs/notices.md).",
        )
    chosen = notice_settings()
    unbelieved = bool(chosen.smpp_url) and not chosen.smpp_report_ids
    if unbelieved:
        yield _lacks(
            "No delivery report of the message centre is believed: no SMS proves that anyone was notified.",
            "Send a few, then set 'notices.smpp_report_ids' (docs/notices.md).",
        )
    if _is_production() and not there:
        yield _lacks(
            "No notice can be sent: no gateway is set.",
            "Set 'notices.smpp_url' or another (docs/notices.md).",
        )
    elif not missing and not unbelieved:
        yield Finding(
            "",
            Health.OK,
            f"Notices go by {', '.join(str(channel.label) for channel in there) or 'no channel'}.",
        )


def _check_passwords() -> Iterator[Finding]:
    """Check that the secret of each server is there: a restore brings back settings, but no secret that was not kept with the others."""
    notices, network = notice_settings(), network_settings()
    needed = {
        "smpp.password": notices.smpp_url and "notices.smpp_url",
        "smtp.password": urlsplit(notices.smtp_url or "").username and "notices.smtp_url",
        "webhook.key": network.webhook.url and "provisioning.webhook.url",
        "kamailio.token": network.kamailio.url and "provisioning.kamailio.url",
        "freeradius.secret": network.radius.coa and "provisioning.radius.coa",
    }
    missing = {
        file: key for file, key in needed.items() if key and not (data_dir() / "secrets" / file).exists()
    }
    for file, key in missing.items():
        yield _should(
            f"'secrets/{file}' is missing: the server of '{key}' will refuse this instance.",
            "Write it there with mode 0600, after a restore from the kept secrets; 'webhook.key' is else made at the first command.",
        )
    if not missing:
        yield Finding("", Health.OK, "The secrets of all servers are there.")


def _check_alarms() -> Iterator[Finding]:
    chosen = notice_settings()
    are_mailed = chosen.alarms_to is not None and chosen.smtp_url is not None
    if _is_production() and not are_mailed:
        yield _should(
            "No one gets a mail of an alarm, of what is broken, or of a disk that is nearly full.",
            "Set 'notices.alarms_to' and 'notices.smtp_url', and have your monitoring ask 'rollkeeper health' and 'rollkeeper doctor'.",
        )
    else:
        said = "Alarms and what is broken are mailed." if are_mailed else "This demo mails no alarm."
        yield Finding("", Health.OK, said)


def _check_network() -> Iterator[Finding]:
    has_elements = has_own_network()
    if _is_production() and not has_elements:
        yield _lacks(
            "No network element is set: no line is suspended or restored in the network.",
            "Set 'provisioning.by_service' or 'provisioning.webhook.url' (docs/provisioning.md).",
        )
    else:
        said = (
            "The network has elements for commands."
            if has_elements
            else "This demo's commands go into a file."
        )
        yield Finding("", Health.OK, said)


def _check_root_of_trust() -> Iterator[Finding]:
    if _is_production() and vault_settings().root_url is None:
        yield _should(
            "The root of trust is a file on this machine: who copies it and both stores reads everything.",
            "Use OpenBao (ops/openbao/) or a token (ops/pkcs11/); else keep the file off every backup.",
        )
    else:
        yield Finding("", Health.OK, "The root of trust is where this instance's kind has it.")


def _check_connections() -> Iterator[Finding]:
    found = list(_unverified()) if _is_production() else []
    yield from found or [
        Finding("", Health.OK, "Every connection over a network is verified by its certificate.")
    ]


def _unverified() -> Iterator[Finding]:
    place = conninfo_to_dict(instance().register_url or "")
    hosts = str(place.get("hostaddr") or place.get("host") or "").split(",")
    over_network = [host for host in hosts if host not in _HERE and not host.startswith(("/", "@"))]
    if over_network and place.get("sslmode") != "verify-full":
        yield _lacks(
            "The register is reached over a network, and its server is not verified.",
            "Add ?sslmode=verify-full&sslrootcert=... to 'instance.register_url'.",
        )
    smtp, smpp = urlsplit(notice_settings().smtp_url or ""), urlsplit(notice_settings().smpp_url or "")
    if smtp.scheme == "smtp" and smtp.hostname not in _HERE and not notice_settings().smtp_requires_tls:
        yield _lacks(
            "E-mail may go to its server without TLS.",
            "Set 'notices.smtp_requires_tls = true', or use smtps://.",
        )
    if smpp.scheme == "smpp" and smpp.hostname not in _HERE:
        yield _should(
            "SMS go to their centre without TLS.", "Use smpps://, or a tunnel that ends on this machine."
        )


def _check_people() -> Iterator[Finding]:
    if not _is_production():
        yield Finding("", Health.OK, "Invented staff need no second factor.")
        return
    today: dt.date = clock.today()
    few = {permission: count_people_for(permission, on=today) for permission in _TWO_PEOPLE}
    for permission, people in few.items():
        if people < 2:
            yield _lacks(
                f"Two different people are needed for '{permission.label}'; {people} may do it.",
                "Add staff: 'rollkeeper staff add NAME --role ROLE' (docs/permissions.md names the roles).",
            )
    without = count_without_second_factor()
    if without:
        yield _lacks(
            f"{without:,} accounts have no second factor.",
            "Each person adds an authenticator app or a passkey at the back office, under their account.",
        )
    if not without and all(people > 1 for people in few.values()):
        yield Finding("", Health.OK, "Enough people decide together, and every account has a second factor.")


CHECKS: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (
    _check_names, _check_addresses, _check_gateways, _check_passwords, _check_alarms, _check_network, _check_root_of_trust, _check_connections, _check_people,
)  # fmt: skip
