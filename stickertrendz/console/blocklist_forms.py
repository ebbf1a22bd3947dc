"""Forms of the blocklist pages."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from trends import blocklists
from trends.models import Term

LONGEST_TEXT = 10_000
LARGEST_FILE = 2_000_000
LISTS = [("trademark", "protected names"), ("keyword", "unwanted words")]
REASON = "It is kept in the audit with your name."


def _reason(**changed: Any) -> forms.CharField:
    return forms.CharField(label="Why", max_length=300, widget=UnfoldAdminTextInputWidget, help_text=REASON, **changed)


def _kind() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="List", choices=LISTS, widget=UnfoldAdminSelectWidget,
    )  # fmt: skip


def _match() -> forms.ChoiceField:
    return forms.ChoiceField(label="It matches", choices=Term.Match.choices, widget=UnfoldAdminSelectWidget)


class TextForm(forms.Form):
    text = forms.CharField(
        label="Text to test", max_length=LONGEST_TEXT, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="A topic, a title, a whole description: up to 10,000 characters, nothing is stored.",
    )  # fmt: skip


class TermForm(forms.Form):
    text = forms.CharField(label="Term", max_length=blocklists.LONGEST, widget=UnfoldAdminTextInputWidget)
    kind = _kind()
    match = _match()
    section = forms.CharField(
        max_length=40, widget=UnfoldAdminTextInputWidget, required=False,
        help_text="Such as brands, characters, musicians, slogans; it decides which words make a brand context.",
    )  # fmt: skip
    why = _reason()

    def clean_text(self) -> str:
        try:
            return blocklists.checked(self.cleaned_data["text"])[0]
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class ReasonForm(forms.Form):
    why = _reason()


class MatchForm(forms.Form):
    match = _match()
    why = _reason()


class FileForm(forms.Form):
    """The file is read into the next page and not kept."""

    kind = _kind()
    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget, max_length=100,
        help_text="A text in UTF-8: [section] lines, one term per line below, ' | brand' or ' | phrase' behind it.",
    )  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("Files of up to 2 MB are taken.")
        try:
            self.cleaned_data["lines"] = file.read().decode("utf-8-sig").replace("\x00", "")
        except UnicodeDecodeError as error:
            raise forms.ValidationError("This is no text in UTF-8. Save it as UTF-8 and try again.") from error
        return file


class ImportForm(forms.Form):
    """What the preview showed, sent back word for word."""

    kind = forms.ChoiceField(choices=Term.Kind.choices, widget=forms.HiddenInput)
    name = forms.CharField(max_length=60, widget=forms.HiddenInput)
    lines = forms.CharField(widget=forms.HiddenInput, strip=False)
    why = _reason()


class ShippedForm(forms.Form):
    why = _reason(initial="new in this version")
