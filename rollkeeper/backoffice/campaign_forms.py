# SPDX-License-Identifier: EUPL-1.2
"""The forms of a campaign's steps: a day, a reason, a stay, a file."""

import datetime as dt
from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rollkeeper.backoffice.forms import BackofficeForm, day_field
from rollkeeper.campaign.choices import StopReason
from rollkeeper.imports.uploads import MOST_BYTES


class DayForm(BackofficeForm):
    """The day for which batches are prepared."""

    due_on = day_field(
        _("For which day?"),
        _("Today or a later day on which the counters are open."),
        error_messages={"required": _("Enter a day, such as 20 March 2012.")},
    )

    def __init__(self, data: QueryDict | None = None, *, today: dt.date) -> None:
        super().__init__(data, initial={"due_on": today})


class ReasonForm(BackofficeForm):
    """The reason why a batch is stopped or undone."""

    because = forms.ChoiceField(
        label=_("Why?"),
        choices=StopReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )


class StayForm(BackofficeForm):
    """A court's stay."""

    first = day_field(_("First day"), error_messages={"required": _("Enter the first day.")})
    last = day_field(_("Last day"), _("Leave it empty if no end is known."), required=False)
    reason = forms.CharField(
        label=_("Case number or order"),
        help_text=_("No names."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={"required": _("Enter the case number or the order.")},
    )

    campaign = forms.ChoiceField(label=_("What does it pause?"), required=False, widget=forms.RadioSelect)

    def __init__(self, data: QueryDict | None, *, today: dt.date, titles: Mapping[str, str]) -> None:
        super().__init__(data, initial={"first": today, "campaign": ""})
        if titles:
            field = self.fields["campaign"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
            field.choices = [("", _("All campaigns")), *titles.items()]
        else:
            del self.fields["campaign"]


class CloseForm(BackofficeForm):
    """The end of a campaign, confirmed."""

    sure = forms.BooleanField(
        label=_("Every line is finished, and no notice of this campaign is sent any more."),
        error_messages={"required": _("Confirm it first.")},
    )


class UploadForm(BackofficeForm):
    """A file of lines. It is read into memory and sealed at once."""

    file = forms.FileField(
        label=_("File of lines"),
        help_text=_(
            "CSV, TSV, XLSX or Parquet, at most 20 MB. It is sealed at once and destroyed after the import."
        ),
        widget=forms.FileInput(attrs={"class": "govuk-file-upload"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> object:
        """Refuse a file that is too large for a page."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 20 MB: import it with the command on the machine itself.")
            )
        return file
