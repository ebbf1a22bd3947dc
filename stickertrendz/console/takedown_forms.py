"""Forms of the complaint pages."""

import re
from datetime import date, datetime

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from etsy.models import Listing
from stickertrendz import clock

NUMBER = re.compile(r"(?:.*/listing/)?(\d{1,18})(?:[/?#].*)?", re.IGNORECASE)
ON_ONE_LINE = UnfoldAdminTextInputWidget


class NoticeForm(forms.Form):
    listing = forms.CharField(
        label="Listing", max_length=500, widget=ON_ONE_LINE, help_text="Its number on Etsy, or the link to it."
    )
    received_at = forms.DateTimeField(
        label="Received", widget=ON_ONE_LINE(attrs={"type": "datetime-local"}),
        help_text="When the notice reached you, in UTC: the 24 hours run from there.",
    )  # fmt: skip
    complainant = forms.CharField(
        label="Complainant", max_length=200, widget=ON_ONE_LINE, help_text="The name only, no address or telephone."
    )
    claim = forms.CharField(
        label="What they claim", max_length=5_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4})
    )

    def clean_listing(self) -> Listing:
        number = NUMBER.fullmatch(self.cleaned_data["listing"].strip())
        rows = Listing.objects.select_related("sticker__trend", "sticker__generation")
        found = rows.filter(etsy_id=number[1]).first() if number else None
        if found is None:
            raise forms.ValidationError("We have no listing of this number. Copy the link from Etsy’s notice.")
        return found

    def clean_received_at(self) -> datetime:
        received: datetime = self.cleaned_data["received_at"]
        if received > clock.now():
            raise forms.ValidationError("This is in the future. Give the time in UTC.")
        return received


class AdviceForm(forms.Form):
    text = forms.CharField(
        label="The advice", max_length=5_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="What you were told and by whom, such as a lawyer; no personal data.",
    )  # fmt: skip
    on = forms.DateField(label="Received on", widget=ON_ONE_LINE(attrs={"type": "date"}))

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("This day is in the future.")
        return day
