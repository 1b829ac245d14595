# SPDX-License-Identifier: EUPL-1.2
"""Code requests, sessions and requests, which are soon deleted; and the cases that subscribers open, which stay.

Instants here are the machine's own, regardless of a demo instance's date: they limit a code, not a legal period. Nothing in these
tables is personal: indexes and hashes under keys, references, codes and days.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import UUID7, Now

from rollkeeper.selfcare.choices import ApplicationState, CaseKind, DecisionReason, DelegateRole, ForgerySign


class CodeRequest(models.Model):
    """A request for a code to one number, which may or may not be a line of ours."""

    code_request_id = models.UUIDField(primary_key=True)
    number_index = models.BinaryField(db_comment="Keyed hash of the number typed. Goes after a day.")
    source_mark = models.BinaryField(
        db_comment="Keyed hash of where it came from, under a key that the process forgets when it ends."
    )
    language = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True, db_comment="When the portal worker looked at it.")
    line_id = models.UUIDField(null=True)
    tenure_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    channel = models.TextField(
        null=True,
        db_comment="By which way a code went, or care_menu or counter: it was handed over; empty: none went.",
    )
    code_hash = models.BinaryField(null=True, db_comment="Keyed hash of the code. Goes when it is used.")
    attempts_left = models.SmallIntegerField(db_default=0)
    expires_at = models.DateTimeField(null=True)
    is_kept = models.BooleanField(
        db_default=False, db_comment="The code was one that staff keep for the line."
    )
    session_minutes = models.SmallIntegerField(db_default=0)
    session_attempts = models.SmallIntegerField(db_default=0)

    class Meta:
        """The portal's role inserts, and is told only how many came from one source."""

        db_table = "selfcare_coderequest"
        indexes = [
            models.Index(fields=["source_mark", "made_at"], name="selfcare_coderequest_by_source"),
            models.Index(fields=["line_id", "made_at"], name="selfcare_coderequest_by_line"),
            models.Index(fields=["number_index", "made_at"], name="selfcare_coderequest_by_number"),
            models.Index(
                fields=["made_at"],
                name="selfcare_coderequest_pending",
                condition=models.Q(processed_at__isnull=True),
            ),
        ]


class CodeTry(models.Model):
    """The tries of a code on one page. Rows have the same length for every number: otherwise the bytes written would show which is a line."""

    code_request_id = models.UUIDField(primary_key=True)
    tries = models.SmallIntegerField(db_comment="How often something was typed.")
    tried_code = models.BinaryField(
        null=True, db_comment="Keyed hash of what was typed last. Goes when it is compared."
    )
    tried_letter = models.BinaryField(null=True, db_comment="The same, as the code of a letter.")
    tried_in = models.BigIntegerField(null=True, db_comment="The transaction that counted it.")

    class Meta:
        """Written by functions alone."""

        db_table = "selfcare_codetry"


class PostedCode(models.Model):
    """A letter with a code that a page asked for, for a number that may or may not be a line of ours."""

    code_request_id = models.UUIDField(primary_key=True, db_comment="The page. One page asks once.")
    number_index = models.BinaryField(
        db_comment="Keyed hash of the number typed. Goes after a day, or with the letter's days."
    )
    language = models.TextField()
    made_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True, db_comment="When the portal worker looked at it.")
    line_id = models.UUIDField(null=True)
    tenure_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    reference = models.TextField(
        null=True, db_comment="What the window of the envelope shows; empty: no letter was printed."
    )
    code_hash = models.BinaryField(
        null=True, db_comment="Keyed hash of the code. Goes when it is used, or the letter comes back."
    )
    ends_at = models.DateTimeField(null=True, db_comment="Until then the line gets no other letter.")
    session_minutes = models.SmallIntegerField(db_default=0)
    session_attempts = models.SmallIntegerField(db_default=0)

    class Meta:
        """Made by `selfcare_request_letter` alone. The portal's role reads nothing of it."""

        db_table = "selfcare_postedcode"
        constraints = [
            models.UniqueConstraint(fields=["code_hash"], name="selfcare_postedcode_by_code"),
            models.UniqueConstraint(fields=["reference"], name="selfcare_postedcode_by_reference"),
        ]


class ReservedCode(models.Model):
    """An extra code for a line, reserved by staff for a caller or visitor whose codes others used up."""

    pk = models.CompositePrimaryKey("line_id", "reserved_id")
    line_id = models.UUIDField()
    reserved_id = models.UUIDField(db_default=UUID7())
    reserved_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Deleted after a day."""

        db_table = "selfcare_reservedcode"


class PortalSession(models.Model):
    """A session of a person who proved to have a line in hand. Bound to the tenure; ends automatically."""

    session_mark = models.BinaryField(
        primary_key=True, db_comment="Hash of the token, which only the browser has."
    )
    line_id = models.UUIDField()
    tenure_id = models.UUIDField(null=True, db_comment="Empty: no registered subscriber.")
    person_id = models.UUIDField(null=True)
    begun_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, db_comment="When the second proof was given.")
    attempts_left = models.SmallIntegerField()
    is_limited = models.BooleanField(
        db_default=False,
        db_comment="The code was handed over by the care menu or at a counter; it did not come to the line itself.",
    )
    images_left = models.SmallIntegerField(db_default=10, db_comment="Pictures of a document to be read.")
    applications_left = models.SmallIntegerField(db_default=5, db_comment="Tries to register remotely.")
    challenge = models.BinaryField(
        null=True, db_comment="What a passkey has to sign. Good once, for this session alone."
    )

    class Meta:
        """Made by `selfcare_verify_code` alone; the portal's role may not read it."""

        db_table = "selfcare_portalsession"


class PortalRequest(models.Model):
    """One request of a session, and its answer, encrypted to the requesting process."""

    request_id = models.UUIDField(primary_key=True)
    session_mark = models.BinaryField()
    kind = models.TextField(db_comment="selfcare.choices.PortalRequestKind.")
    payload = models.JSONField(db_comment="References, days, codes and keyed hashes; nothing personal.")
    sealed = models.BinaryField(
        null=True,
        db_comment="Personal, sealed to a key for offline registrations: an application. Goes with the request.",
    )
    language = models.TextField()
    public_key = models.BinaryField()
    made_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    answer = models.BinaryField(null=True, db_comment="Personal, sealed to a key that is in no store.")

    class Meta:
        """Deleted as its answer is read."""

        db_table = "selfcare_portalrequest"
        indexes = [
            models.Index(
                fields=["made_at"],
                name="selfcare_portalrequest_pending",
                condition=models.Q(answered_at__isnull=True),
            )
        ]


class Case(models.Model):
    """Something a subscriber contests or asks to be corrected, to be decided by a person until a day."""

    case_id = models.UUIDField(primary_key=True)
    line_id = models.UUIDField()
    tenure_id = models.UUIDField(null=True)
    kind = models.TextField(db_comment="selfcare.choices.CaseKind.")
    about = models.TextField(
        null=True,
        db_comment="Which field is said to be wrong, or by what a forgery is suspected: a name, no value; of a dispute selfcare.choices.DisputeReason.",
    )
    opened_on = models.DateField()
    due_on = models.DateField(db_comment="The last day on which to decide.")
    against = models.UUIDField(
        null=True, db_comment="An appeal: the case that it is against; empty: the suspension of the line."
    )
    claimant_mark = models.BinaryField(
        null=True,
        db_comment="Keyed hash of a claimant's document, good for this subscriber alone. Goes when it is settled.",
    )
    settled_on = models.DateField(null=True)
    settled_by = models.TextField(null=True, db_comment="The decider's mark in the ledger.")
    upheld = models.BooleanField(null=True, db_comment="Whether the subscriber was right.")
    because = models.TextField(null=True, db_comment="selfcare.choices.DecisionReason.")
    assigned_to = models.UUIDField(null=True, db_comment="The member of staff who took it on.")
    reminded_on = models.DateField(null=True, db_comment="When its day was last mailed to the contacts.")
    asked_from = models.UUIDField(
        null=True,
        db_comment="The line in the hand of who disowns a line or appeals: they are told on it, not on the disowned one. Goes when it is settled.",
    )
    notice_id = models.UUIDField(null=True, db_comment="The notice that it is decided; null: none was owed.")

    class Meta:
        """One open case of a kind a line and tenure."""

        db_table = "selfcare_case"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "tenure_id", "kind"],
                condition=models.Q(settled_on__isnull=True),
                nulls_distinct=False,
                name="selfcare_case_open_twice_for_one_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=CaseKind.values),
                name="selfcare_case_of_unknown_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_on__isnull=True, upheld__isnull=True)
                | models.Q(settled_on__isnull=False, upheld__isnull=False),
                name="selfcare_case_settled_without_a_verdict",
            ),
            models.CheckConstraint(
                condition=models.Q(because__isnull=True) | models.Q(because__in=DecisionReason.values),
                name="selfcare_case_for_unknown_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="forgery", about__isnull=False, about__in=ForgerySign.values)
                | (
                    ~models.Q(kind="forgery")
                    & (models.Q(about__isnull=True) | models.Q(about__regex="^[a-z][a-z0-9_]{0,39}$"))
                ),
                name="selfcare_case_about_no_code",
            ),
        ]
        indexes = [
            models.Index(fields=["line_id"], name="selfcare_case_of_line"),
            models.Index(
                fields=["due_on"], name="selfcare_case_open", condition=models.Q(settled_on__isnull=True)
            ),
        ]


class Passkey(models.Model):
    """A passkey with which a subscriber proves who they are, in addition to the line in their hand."""

    pk = models.CompositePrimaryKey("person_id", "passkey_id")
    person_id = models.UUIDField()
    passkey_id = models.UUIDField()
    credential = models.BinaryField(
        db_comment="Personal: public key and name of the passkey, which identifies no one. Deleted when it is removed or its subscriber erased."
    )
    sign_count = models.BigIntegerField()
    added_on = models.DateField()
    used_on = models.DateField(null=True)

    class Meta:
        """The portal's role may not read it: the portal worker compares."""

        db_table = "selfcare_passkey"


class Application(models.Model):
    """A remote registration of the line in hand: recorded at once, or held until the document is seen at a counter."""

    pk = models.CompositePrimaryKey("line_id", "application_id")
    line_id = models.UUIDField()
    application_id = models.UUIDField()
    key_id = models.IntegerField(db_comment="The key for offline registrations to which it is sealed.")
    sealed = models.BinaryField(
        null=True, db_comment="Personal, sealed to that key. Goes when it is settled or its last day is over."
    )
    document_mark = models.BinaryField(
        null=True, db_comment="Keyed hash of the document, good for this application alone. Goes with it."
    )
    name_mark = models.BinaryField(null=True, db_comment="Likewise of the name.")
    made_on = models.DateField()
    until = models.DateField(
        null=True, db_comment="The last day on which it waits; null: it was done at once."
    )
    state = models.TextField(db_comment="pending, checked, registered, refused or expired.")
    tenure_id = models.UUIDField(null=True, db_comment="The tenure that came of it.")
    checked_by = models.UUIDField(null=True, db_comment="Who checked the document; null: no one yet.")
    checked_at = models.DateTimeField(null=True)
    check_key = models.TextField(null=True, db_comment="The submission key of the document check.")
    check_language = models.TextField(
        null=True, db_comment="The language for the outcome of the document check."
    )
    said = models.JSONField(
        null=True, db_comment="Sentences of a refusal: articles, ids and days, nothing personal."
    )

    class Meta:
        """At most one waits for each line. The counter compares hashes and notes that the document was seen; it opens nothing."""

        db_table = "selfcare_application"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id"],
                condition=models.Q(state__in=["pending", "checked"]),
                name="selfcare_application_pending_twice_for_one_line",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=list(map(str, ApplicationState))),
                name="selfcare_application_of_unknown_state",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=True) | models.Q(state__in=["pending", "checked"]),
                name="selfcare_application_sealed_after_settlement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["checked_at"],
                name="selfcare_application_checked",
                condition=models.Q(state=ApplicationState.CHECKED.value),
            )
        ]


class Delegate(models.Model):
    """A person named to act for a subscriber, or to be heard as heir: a keyed hash and no reference.

    The hash is valid for one subscriber and one role, so that it does not reveal who is named, nor whether they are in the
    register, and no one is notified.
    """

    pk = models.CompositePrimaryKey("person_id", "part")
    person_id = models.UUIDField(db_comment="The subscriber who named the person.")
    part = models.TextField(db_comment="selfcare.choices.DelegateRole.")
    document_mark = models.BinaryField(
        db_comment="Personal, keyed hash. Goes when the subscriber takes it back or is erased."
    )
    named_on = models.DateField()

    class Meta:
        """One person for each role; naming another replaces the first."""

        db_table = "selfcare_delegate"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part__in=DelegateRole.values),
                name="selfcare_delegate_of_unknown_role",
            )
        ]


class Consent(models.Model):
    """An auditor's request to see entries of one line's record, and the subscriber's answer: a yes has a last day."""

    pk = models.CompositePrimaryKey("line_id", "consent_id")
    line_id = models.UUIDField()
    consent_id = models.UUIDField()
    tenure_id = models.UUIDField(
        db_comment="The subscriber when the request was made; no one else can agree."
    )
    sample_id = models.UUIDField(db_comment="The sample in which the line was drawn.")
    auditor_id = models.UUIDField(db_comment="The account that asks; it is good for no other.")
    fields = ArrayField(models.TextField(), db_comment="vault.fields, by name; never a value.")
    asked_on = models.DateField()
    answer_by = models.DateField(db_comment="The last day on which the subscriber may agree.")
    agreed_on = models.DateField(null=True)
    through = models.DateField(null=True, db_comment="The last day on which the auditor may look.")
    taken_back_on = models.DateField(null=True)

    class Meta:
        """References and days. A no is not stored: no answer and a refusal look the same."""

        db_table = "selfcare_consent"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "sample_id"], name="selfcare_consent_requested_twice_for_one_sample"
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_on__isnull=True, through__isnull=True)
                | models.Q(agreed_on__isnull=False, through__isnull=False),
                name="selfcare_consent_given_without_a_last_day",
            ),
        ]
        indexes = [models.Index(fields=["sample_id"], name="selfcare_consent_of_sample")]
