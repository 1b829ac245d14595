# SPDX-License-Identifier: EUPL-1.2
"""The texts of laws that were in force here, and the first day of each."""

from django.db import models
from django.db.models.functions import Now


class Version(models.Model):
    """One text of one law, whole, with its articles."""

    pack_hash = models.TextField(primary_key=True, db_comment="SHA-256 of the text.")
    law_id = models.TextField(db_comment="The pack's own id: other versions of the law have the same.")
    version = models.TextField(db_comment="As the pack calls itself.")
    text = models.BinaryField(db_comment="The pack's file, byte by byte.")
    archived_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Few rows; none is changed."""

        db_table = "lawbook_version"


class CountryFile(models.Model):
    """One text of the file of a country: its emergency numbers, documents, number plan and holidays."""

    country_hash = models.TextField(primary_key=True, db_comment="SHA-256 of the text.")
    country = models.TextField(db_comment="ISO 3166-1 alpha-2.")
    text = models.BinaryField(db_comment="The country's file, byte by byte.")
    archived_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Few rows; none is changed."""

        db_table = "lawbook_countryfile"


class Period(models.Model):
    """The first day on which a text was this instance's law, with which country file; it held until the next period began."""

    period_id = models.UUIDField(primary_key=True)
    pack_hash = models.TextField()
    country_hash = models.TextField(null=True, db_comment="NULL: the jurisdiction has no country file.")
    first_on = models.DateField(db_comment="The first day on which it was seen to be in force.")

    class Meta:
        """Few rows; none is changed."""

        db_table = "lawbook_period"
