# SPDX-License-Identifier: EUPL-1.2
"""Hooks: what is registered is called, what is missing is said, and every hook of the register leads to something."""

from collections.abc import Callable
from importlib import import_module

import pytest

from rollkeeper.access.hooks import ACCOUNT_FINDERS, SIGN_OUTS
from rollkeeper.kernel.hooks import Hook, HookUnset
from rollkeeper.kernel.instance import INSTANCE_OPENER
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.hooks import BEFORE_SENDING, PROMISES
from rollkeeper.operations.cli import make_app
from rollkeeper.retention.hooks import ABANDONED_ERASERS
from rollkeeper.vault.hooks import ALARM_MAILERS, CANARY_MAKER, LINE_VALUE_TABLES


@pytest.fixture
def hook() -> Hook[Callable[[], int]]:
    return Hook("kernel: a number")


def test_the_one_registration_is_returned(hook):
    hook.register(lambda: 7)

    assert hook.only()() == 7


def test_a_hook_that_nothing_registered_with_says_which(hook):
    with pytest.raises(HookUnset, match="kernel: a number: 0 are registered, and one is needed"):
        hook.only()


def test_a_hook_that_two_claim_says_so(hook):
    hook.register(lambda: 1)
    hook.register(lambda: 2)

    with pytest.raises(HookUnset, match="2 are registered"):
        hook.only()


def test_the_same_registered_twice_is_called_once(hook):
    for _ in range(2):
        hook.register(one := int)
        hook.register_by_name("builtins:len")

    assert list(hook.each()) == [one, len]


def test_registrations_come_in_the_order_in_which_they_were_made(hook):
    hook.register(lambda: 1)
    hook.register(lambda: 2)

    assert [one() for one in hook.each()] == [1, 2]


def test_a_key_chooses_among_registrations(hook):
    hook.register(lambda: 1, key="one")
    hook.register(lambda: 2, key="two")

    assert hook.only("two")() == 2
    assert [(key, one()) for key, one in hook.each_by_key()] == [("one", 1), ("two", 2)]
    with pytest.raises(HookUnset, match="under 'three'"):
        hook.only("three")


def test_a_name_is_imported_when_it_is_called_and_not_before(hook):
    hook.register_by_name("rollkeeper.there_is_no_such_module:number")

    with pytest.raises(ModuleNotFoundError):
        hook.only()


def test_what_is_replaced_comes_back(hook):
    hook.register(lambda: 1)

    with hook.replaced(lambda: 2):
        assert hook.only()() == 2
    with hook.replaced():
        assert list(hook.each()) == []

    assert hook.only()() == 1


@pytest.mark.parametrize(
    ("hook", "provider"),
    [
        (ACCOUNT_FINDERS, "rollkeeper.agents.queries:accounts_of"),
        (SIGN_OUTS, "rollkeeper.selfcare.sessions:end_all_sessions"),
        (BEFORE_SENDING, "rollkeeper.disclosures.due_actions:run_due_before_sending"),
        (PROMISES, "rollkeeper.campaign.planning:current_last_day"),
        (ABANDONED_ERASERS, "rollkeeper.offline.processor:expire_failed"),
        (ALARM_MAILERS, "rollkeeper.notices.alarms:mail_alarms"),
        (CANARY_MAKER, "rollkeeper.lines.canaries:make_canary"),
        (LINE_VALUE_TABLES, "rollkeeper.lines.encrypted_columns:EncryptedColumns"),
        (INSTANCE_OPENER, "rollkeeper.operations.bootstrap:open_instance"),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_each_hook_of_the_register_leads_to_the_package_above(hook, provider):
    make_app()
    module, name = provider.split(":")

    assert list(hook.each()) == [getattr(import_module(module), name)]


def test_keyed_hooks_have_the_keys_that_their_callers_ask_for():
    assert [key for key, _ in ACCOUNT_FINDERS.each_by_key()] == ["agent"]
    assert [NoticeKind(key) for key, _ in PROMISES.each_by_key()] == [NoticeKind.REGISTER_BY]
