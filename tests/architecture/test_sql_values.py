"""A value written into a SQL statement is a value of the column it is compared with: a renamed value fails here."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps

import rollkeeper
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.agents import choices as agents
from rollkeeper.campaign import choices as campaign
from rollkeeper.disclosures import choices as disclosures
from rollkeeper.documents.assurance import Assurance
from rollkeeper.incidents import choices as incidents
from rollkeeper.kernel.choices import Channel, IdentityCheck, Payment, Service
from rollkeeper.kernel.database import Role
from rollkeeper.ledger.choices import ErasureGround, FaultKind
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines import choices as lines
from rollkeeper.lines.contacts import ContactKind
from rollkeeper.notices import choices as notices
from rollkeeper.offline import choices as offline
from rollkeeper.provisioning import choices as provisioning
from rollkeeper.selfcare import choices as selfcare
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.vault.fields import Field

PACKAGE = Path(rollkeeper.__file__).parent
FILES = sorted([*PACKAGE.rglob("*.sql"), *(f for f in PACKAGE.rglob("*.py") if "migrations" not in f.parts)])

# The enumerated columns: whose values they hold.
COLUMNS = {
    "access_approval.permission": (Permission,),
    "access_rolegrant.role": (StaffRole,),
    "agents_agent.state": (agents.AgentState,),
    "agents_agent.suspended_because": (agents.SuspensionCause,),
    "agents_case.pattern": (agents.Pattern,),
    "agents_case.verdict": (agents.Verdict,),
    "agents_finding.severity": (agents.Severity,),
    "agents_registration.pattern": (agents.Pattern,),
    "agents_reverification.outcome": (agents.ReverificationOutcome,),
    "campaign_batch.action": (campaign.Action,),
    "campaign_batch.state": (campaign.BatchState,),
    "campaign_batchline.outcome": (campaign.LineOutcome,),
    "campaign_batchline.skip_reason": (campaign.SkipReason,),
    "campaign_member.out_of_scope_reason": (campaign.OutOfScopeReason,),
    "campaign_member.stage": (campaign.Stage,),
    "campaign_regiontally.stage": (campaign.Stage,),
    "campaign_tally.stage": (campaign.Stage,),
    "campaign_unreachablewaiver.because": (campaign.WaiverReason,),
    "disclosures_deferral.because": (disclosures.DeferralReason,),
    "disclosures_request.instrument": (disclosures.Instrument,),
    "disclosures_request.outcome": (disclosures.Outcome,),
    "disclosures_request.refused_because": (disclosures.RefusalReason,),
    "disclosures_request.state": (disclosures.DisclosureState,),
    "incidents_incident.about": (incidents.About,),
    "incidents_incident.severity": (incidents.Severity,),
    "incidents_step.state": (incidents.StepState,),
    "incidents_step.step": (incidents.Step,),
    "ledger_entry.verb": (Verb,),
    "ledger_fault.kind": (FaultKind,),
    "lines_line.contact_kind": (ContactKind,),
    "lines_line.payment": (Payment,),
    "lines_line.service": (Service,),
    "lines_line.state": (lines.LineState,),
    "lines_line.terminated_by": (lines.TerminatedBy,),
    "lines_pause.reason": (lines.PauseReason,),
    "lines_suspension.reason": (lines.SuspensionReason,),
    "lines_tenure.assurance": (Assurance,),
    "lines_tenure.identity_check": (IdentityCheck,),
    "lines_tenure.party_kind": (PartyKind,),
    "notices_attempt.channel": (Channel,),
    "notices_attempt.outcome": (notices.Outcome,),
    "notices_notice.channel": (Channel,),
    "notices_notice.kind": (notices.NoticeKind,),
    "notices_notice.state": (notices.NoticeState,),
    "notices_returnedletter.verdict": (notices.LetterVerdict,),
    "offline_registration.outcome": (offline.Outcome,),
    "provisioning_command.kind": (provisioning.CommandKind,),
    "provisioning_command.read_back": (provisioning.ReadBack,),
    "provisioning_command.reason": (lines.SuspensionReason, provisioning.CommandReason),
    "provisioning_command.state": (provisioning.CommandState,),
    "retention_erasure.ground": (ErasureGround,),
    "selfcare_application.state": (selfcare.ApplicationState,),
    "selfcare_case.because": (selfcare.DecisionReason,),
    "selfcare_case.kind": (selfcare.CaseKind,),
    "selfcare_coderequest.channel": (Channel, selfcare.HandOver),
    "selfcare_delegate.part": (selfcare.DelegateRole,),
    "selfcare_portalrequest.kind": (selfcare.PortalRequestKind,),
    "subscribers_subscriber.kind": (PartyKind,),
    "vault_sealed.field": (Field,),
}
# Names on the left of a comparison that are no enumerated column of a table, and what they may be compared with.
OTHERS = {
    "actor": {"console", "worker"},
    "came": {*map(str, lines.AccessOutcome)},
    "cause": {*map(str, campaign.OutOfScopeReason), *map(str, lines.SuspensionReason)},
    "counting": {*map(str, lines.AccessKind)},
    "current_user": {*map(str, Role)},
    "session_user": {*map(str, Role)},
    "former": {*map(str, lines.LineState)},
    "event": {"activated", "registered", "transferred", "notice_delivered", "ended", "pause", "hold"},
    "inside": {"console", "worker"},
    "matter": {
        "agent",
        "approval",
        "closing",
        "code_request",
        "line_limit",
        "linking",
        "sample",
        "stays",
        "work_request",
    },
    "means": {*map(str, selfcare.HandOver)},
    "reported": {*map(str, notices.Outcome)},
    "said": {"true", "false"},
    "subject": {"attempt", "notice"},
    "type": {"totp", "webauthn"},
    "what": {"line", "tenure"},
}
CATALOGUE = {
    "locktype",
    "conname",
    "conrelid",
    "grantee",
    "table_name",
    "pronamespace",
    "oid",
    "proname",
    "relkind",
    "relname",
    "relnamespace",
    "usename",
}
"""Names of PostgreSQL's own catalogue: what they are compared with are names, no values."""

COMPARED = re.compile(
    r"""(?:%\((?P<placeholder>\w+)\)s|(?:\b(?P<alias>\w+)\.)?\b(?P<column>[a-z_]+))\s*
        (?:=|<>|!=|\bIS\s+(?:NOT\s+)?DISTINCT\s+FROM\b|\b(?:NOT\s+)?IN\b)\s*
        (?P<values>\(\s*'[^()]*'\s*\)|'[^']*')""",
    re.VERBOSE,
)
VALUE = re.compile(r"'([a-z][a-z_:]*)'")
NAMED = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|INTO|ON|USING)\s+(?:ONLY\s+)?(?P<table>[a-z]+_[a-z]+)\b(?:\s+(?:AS\s+)?(?P<alias>[a-z]\w*)\b)?"
)
STATEMENT = re.compile(r"\b(?:SELECT|UPDATE|INSERT INTO|DELETE FROM|WHERE)\b")
COMMENT = re.compile(r"--[^\n]*")


class Comparison(NamedTuple):
    """One comparison of a column with written values: what the column may hold, as far as the statement says."""

    file: str
    column: str
    values: frozenset[str]
    allowed: frozenset[str]


def tables() -> dict[str, set[str]]:
    return {
        model._meta.db_table: {field.column for field in model._meta.local_concrete_fields}
        for model in apps.get_models()
    }


def values_of(columns: set[str]) -> frozenset[str]:
    return frozenset(str(value) for column in columns for choices in COLUMNS[column] for value in choices)


def columns_called(name: str, among: set[str]) -> set[str]:
    return {f"{table}.{name}" for table in among} & COLUMNS.keys()


def comparisons(text: str, file: str) -> Iterator[Comparison]:
    """Give each comparison; an alias leads to its table, and no alias to the tables that the statement names."""
    known = {column.split(".")[0] for column in COLUMNS}
    for statement in COMMENT.sub("", text).split(";"):
        named = [(m["alias"], m["table"]) for m in NAMED.finditer(statement) if m["table"] in known]
        here = {table for _, table in named}
        for found in COMPARED.finditer(statement):
            values = frozenset(VALUE.findall(found["values"]))
            name = found["placeholder"] or found["column"]
            if not values or name in CATALOGUE:
                continue
            own = {table for alias, table in named if found["alias"] in {alias, table}}
            columns = (
                columns_called(name, own)
                or columns_called(name, here)
                # NEW, OLD and the names of parts of a query: any table that has such a column.
                or columns_called(name, known)
            )
            allowed = values_of(columns) if columns else frozenset(OTHERS.get(name, ()))
            yield Comparison(file, name, values, allowed)


@cache
def all_comparisons() -> list[Comparison]:
    return [
        one for file in FILES for one in comparisons(file.read_text("utf-8"), str(file.relative_to(PACKAGE)))
    ]


def test_every_value_in_a_statement_is_one_of_its_column():
    found = all_comparisons()

    assert len(found) > 250
    assert not {(one.file, one.column, value) for one in found for value in one.values - one.allowed}


def test_every_column_listed_here_is_there():
    there = {f"{table}.{column}" for table, columns in tables().items() for column in columns}

    assert not COLUMNS.keys() - there


def test_no_name_is_listed_that_no_statement_compares():
    assert not OTHERS.keys() - {one.column for one in all_comparisons()}


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("SELECT 1 FROM lines_line WHERE state = 'suspended'", set()),
        ("SELECT 1 FROM lines_line WHERE state = 'ended'", {"ended"}),
        ("SELECT 1 FROM lines_line l JOIN campaign_batch b USING (x) WHERE l.state = 'stopped'", {"stopped"}),
        ("SELECT 1 FROM campaign_batch b WHERE b.state NOT IN ('stopped', 'ceased')", {"ceased"}),
        ("UPDATE campaign_member SET stage = 'left' WHERE line_id = %s", {"left"}),
        ("SELECT 1 FROM selfcare_case c WHERE c.kind IS DISTINCT FROM 'quarrel'", {"quarrel"}),
        ("SELECT 1 WHERE NEW.state = 'ended'", {"ended"}),
        ("SELECT %(stage)s = 'left' FROM campaign_member", {"left"}),
        ("SELECT 1 -- WHERE state = 'ended'", set()),
    ],
)
def test_a_renamed_value_is_found(statement, wrong):
    assert {v for one in comparisons(statement, "x") for v in one.values - one.allowed} == wrong


def test_no_two_statements_make_a_trigger_or_a_function_of_one_name():
    made: dict[str, list[str]] = {}
    for file in PACKAGE.rglob("*.sql"):
        text = file.read_text("utf-8")
        if text.startswith("-- As release 0.1.0 had it, for its migration alone"):
            continue
        for kind, name in re.findall(
            r"^CREATE (?:OR REPLACE )?(?:CONSTRAINT )?(TRIGGER|FUNCTION) (\w+)", text, re.MULTILINE
        ):
            made.setdefault(f"{kind} {name}", []).append(str(file.relative_to(PACKAGE)))

    # The second would take the place of the first without a word, a trigger on one table above all.
    assert {name: files for name, files in made.items() if len(set(files)) > 1} == {}
