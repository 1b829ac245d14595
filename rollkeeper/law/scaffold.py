# SPDX-License-Identifier: EUPL-1.2
"""Writes a pack to fill in, by the shape of the law. It contains questions and no value of a real law."""

import datetime as dt
from enum import StrEnum

from pydantic import TypeAdapter, ValidationError

from rollkeeper.law.calendars import is_known
from rollkeeper.law.schema_common import PackId


class Shape(StrEnum):
    """What a law is like."""

    REGISTER = "register"
    """Each new subscriber is registered; old lines are left alone."""
    CAMPAIGN = "campaign"
    """Old lines are registered too, by a day, or lose service."""
    REGISTRAR = "registrar"
    """Domains, address blocks and sites."""


def is_pack_id(text: str) -> bool:
    """Tell whether a pack can have this id."""
    try:
        TypeAdapter(PackId.__value__).validate_python(text)
    except ValidationError:
        return False
    return True


def scaffold(pack_id: str, *, shape: Shape, on: dt.date) -> str:
    """Return the text of a draft that loads, but allows no act."""
    country = pack_id.partition("-")[0].upper()
    closed = country if is_known(country) else "CN"
    services = "domain, address_block, hosted_site" if shape is Shape.REGISTRAR else "mobile, data_card"
    return (
        _HEAD.format(pack=pack_id, country=country, closed=closed, services=services, on=on)
        + (_CAMPAIGN.format(services=services) if shape is Shape.CAMPAIGN else "")
        + _TAIL
    )


_HEAD = """# yaml-language-server: $schema=pack.schema.json   (rollkeeper law schema > pack.schema.json)
# A draft, begun on {on}. Fill in each mark; docs/packs.md is the guide. Nothing acts by it before a named reader
# confirmed it (rollkeeper law confirm) and its status is 'confirmed'.
id: {pack}
version: 1
jurisdiction: {country}          # TODO: ISO 3166, the region too where the law is a region's (CN-XZ)
title: {{en: "TODO: the name of the law"}}
valid: {{begins: {on}}}          # TODO: when is it in force?
sources:
  - {{id: act, instrument: "TODO: the law, its date and number", rank: statute, url: "https://TODO"}}
  - {{id: operator, instrument: The operator's own rule where the law is silent, rank: operator}}
status: draft
duty: true
articles:
  - article: "1"
    source: act
    text: {{en: "TODO: the article's own words. A number of the law is 1 day here."}}
    serves: "TODO: what the register does about it"
  - {{article: "1", source: operator, text: {{en: After the end of a contract a number is not given to anyone else for 90 days.}}, serves: No one gets the calls of the subscriber before.}}
calendar:
  time_zone: UTC                 # TODO
  count_first_day: unknown       # unknown: the later date holds
  day_kind: calendar
  roll_last_day: next_working
  holidays: {{library: holidays, country: {closed}}}   # TODO: is it this country's?
  month_overflow: first_of_next
  because: {{article: "1", source: operator}}
scope:
  services:
    - {{services: [{services}], because: {{article: "1"}}}}
  registering_acts:
    - {{acts: [register, transfer], because: {{article: "1"}}}}
party_kinds:
  - id: individual
    attributes:                  # TODO: exactly what the law asks, each with its words
      - {{name: name, required: "yes", purpose: {{en: who answers for it}}, because: {{article: "1"}}}}
      - {{name: document_type, required: "yes", purpose: {{en: what proved it}}, because: {{article: "1"}}}}
      - {{name: document_number, required: "yes", purpose: {{en: which person of that name}}, because: {{article: "1"}}}}
  # Others that a law may name, each with its attributes: minor, and guardian (of a minor); company, company_user (who uses the line) and
  # company_bearer (who acts for it). A kind of one of the first: id: visitor, kind_of: individual, label: {{en: A visitor}}.
"""
_CAMPAIGN = """campaigns:
  - id: existing_lines
    cohort:
      when: {{activated_before: 2030-01-01, registered: false, services: [{services}]}}   # TODO
      because: {{article: "1"}}
    deadline:                    # TODO: so many days from this day, or from the proof of notice where that is later
      {{base: 2030-01-01, not_before_notice: true, after: {{n: 1, unit: day}}, because: {{article: "1"}}}}
    notices:
      - {{must_be_delivered: true, because: {{article: "1"}}}}
    stages:
      - id: suspended
        rank: 1
        enter: {{after: deadline, plus: {{n: 0, unit: day}}, requires: [notice_delivered, no_open_dispute, no_pause, human_batch_approval]}}
        always_allow: [emergency, operator_care, registration]
        reversible: true
        on_registered: active
        because: {{article: "1"}}
      - id: terminated
        rank: 2
        enter: {{after: suspended, plus: {{n: 1, unit: day, full: true}}, requires: [notice_delivered, no_open_dispute, no_pause, human_batch_approval]}}
        always_allow: [emergency, operator_care, registration]
        reversible: false
        number: quarantine
        because: {{article: "1"}}
"""
_TAIL = """retention:
  - {data_class: identity, anchor: termination, keep: {n: 1, unit: year}, kind: exact, then: erase, hold: legal_hold, because: {article: "1"}}   # TODO
number_reuse: {quarantine: {n: 90, unit: day}, because: {article: "1", source: operator}}
declined: []                     # TODO: what the law asks and Rollkeeper does not do; the value itself is in no other chapter
  # - {article: "2", source: act, leaf: gender, what: {en: Gender is recorded}, why: {en: It says nothing about who answers.}, instead: {en: Nothing.}, answers: The operator}
tests:                           # TODO: the day before, the day and the day after each limit, counted by hand
  - name: on the day it ends, it has ended
    given: {activated: 2001-01-01, ended: 2012-02-29}
    on: 2012-02-29
    expect: terminated
  # - {name: the day after the last, given: {activated: 2001-01-01, notices_delivered: [2030-01-01]}, on: 2030-01-05, expect: suspended}
"""
