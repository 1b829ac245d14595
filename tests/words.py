# SPDX-License-Identifier: EUPL-1.2
"""Hold tests to the words of entries (`ledger/sql/enforce_entry_schema.sql`) in whatever role of the database they act.

Most tests act as the owner of the tables, whom no trigger of the product checks. An app that enters a word of no enumeration is refused:
what it did is undone, and where it was refused before, no mark is left. So that a test of such an action fails, one trigger more checks
every entry of a verb that an app may enter, but for those of commands and workers.
"""

from tests.superuser import as_superuser

_TRIGGER = """
CREATE OR REPLACE FUNCTION tests_require_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unknown text;
BEGIN
    IF pg_input_is_valid(NEW.body, 'jsonb') THEN
        SELECT fact.key INTO unknown
          FROM jsonb_each_text(coalesce(NEW.body::jsonb -> 'facts', '{}') || jsonb_build_object('role', NEW.body::jsonb -> 'role')) AS fact
         WHERE fact.value ~ '^[a-z][a-z0-9_]{0,39}$' AND fact.value NOT IN ('true', 'false') AND NOT ledger_is_word(fact.value);
        IF FOUND THEN
            RAISE EXCEPTION 'an app would be refused: % of % is a word of no enumeration', unknown, NEW.verb;
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER tests_require_words BEFORE INSERT ON ledger_entry FOR EACH ROW
    WHEN ((ledger_role_may('counter', NEW.verb) OR ledger_role_may('backoffice', NEW.verb)) AND NEW.body !~ '"actor":"(console|worker)"') EXECUTE FUNCTION tests_require_words();
"""


def require_words() -> None:
    """Have the register of the tests check the words of entries that an app may make."""
    with as_superuser() as owner:
        owner.execute(_TRIGGER)
