# SPDX-License-Identifier: EUPL-1.2
"""Why an instance does not speak a language of its settings, in sentences for `doctor`."""

from dataclasses import dataclass

from rollkeeper.kernel.accepted_languages import SOURCE, has_reader, is_spoken
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.languages.queries import list_languages


@dataclass(frozen=True, slots=True)
class Silence:
    """A language of the settings in which nothing is said, and what to do."""

    sentence: str
    remedy: str


def silent_languages() -> list[Silence]:
    """Return each language of the settings in which this instance may not speak; a demo instance has none."""
    silent = [one for one in instance().languages if not is_spoken(one)]
    return [_silence(language) for language in silent]


def summary_of_languages() -> str:
    """Return the sentence of an instance that may speak every language of its settings."""
    configured = [one for one in instance().languages if one != SOURCE]
    if instance().kind is InstanceKind.PRODUCTION:
        return (
            f"Every language is accepted as it is now: {', '.join([*configured, f'{SOURCE} (the source)'])}."
        )
    unread = [one for one in configured if not has_reader(one)]
    marked = f": {', '.join(unread)}" if unread else ""
    return f"A demo instance speaks every language and marks those that no native reader accepted{marked}."


def _silence(language: str) -> Silence:
    known = next((one for one in list_languages() if one.language == language), None)
    if known is None:
        why = "there are no texts in it"
        remedy = f"Take '{language}' out of 'instance.languages' in settings.toml."
    elif known.read_on is None:
        why = f"no native reader has accepted its {known.texts:,} texts"
        remedy = f"docs/notices.md; then 'rollkeeper settings languages accept {language}'."
    else:
        why = f"{known.changed:,} of its {known.texts:,} texts changed since they were accepted on {known.read_on}"
        remedy = f"'rollkeeper settings languages report {language} --changed' lists them; then 'accept {language}'."
    return Silence(f"Nothing is sent and no page is offered in '{language}': {why}.", remedy)
