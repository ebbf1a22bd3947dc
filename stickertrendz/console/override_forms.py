"""The form of an override: what it applies to is told by number, tag or tier, never by a row's key."""

import re
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from pricing import overrides
from pricing.models import Offer, Override, Tier
from stickers.models import Sticker
from stickertrendz.ops.errors import NeedsPerson

NUMBER = re.compile(r"(?:ST-)?0*(\d{1,15})(?:-([34]))?", re.IGNORECASE)
ON_ONE_LINE = UnfoldAdminTextInputWidget
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
TIME = {"type": "datetime-local"}
KINDS = [
    (Override.Kind.FIXED, "Fixed price"),
    (Override.Kind.HOLIDAY, "Holiday: dearer by a percentage"),
    (Override.Kind.CLEARANCE, "Clearance: cheaper by a percentage"),
    (Override.Kind.VIRAL, "Viral: stays at the newest tier’s price, never archived"),
    (Override.Kind.EXEMPT, "Exempt: never archived, prices stay"),
]
SCOPES = [
    (Override.Scope.OFFER, "One size of a design"),
    (Override.Scope.STICKER, "A design"),
    (Override.Scope.TAG, "Every design with a tag"),
    (Override.Scope.TIER, "Every offer at a tier"),
]


class OverrideForm(forms.Form):
    """A valid one has `drafted`, the override as it would be made."""

    kind = forms.ChoiceField(label="Override", choices=KINDS, widget=UnfoldAdminSelectWidget)
    scope = forms.ChoiceField(label="Applies to", choices=SCOPES, widget=UnfoldAdminSelectWidget)
    target = forms.CharField(
        label="Which", max_length=40, widget=ON_ONE_LINE(attrs={"list": "targets", "autocomplete": "off"}),
        help_text="A size such as ST-000012-3, a design such as ST-000012, a tag, or a tier.",
    )  # fmt: skip
    percent = forms.DecimalField(
        label="Percent", max_digits=5, decimal_places=2, required=False, widget=ON_ONE_LINE(attrs=AMOUNT),
        help_text="For a holiday such as 15, for a clearance such as -20.",
    )  # fmt: skip
    price = forms.DecimalField(
        label="Price in dollars", max_digits=8, decimal_places=2, required=False, widget=ON_ONE_LINE(attrs=AMOUNT),
        help_text="For a fixed price; it is set to the nearest .49 or .99, and never below the floor.",
    )  # fmt: skip
    starts = forms.DateTimeField(
        label="From (UTC)", required=False, widget=ON_ONE_LINE(attrs=TIME), help_text="Empty: from now on."
    )
    until = forms.DateTimeField(
        label="Until (UTC)", required=False, widget=ON_ONE_LINE(attrs=TIME),
        help_text="It ends then by itself. Empty: until you release it.",
    )  # fmt: skip
    why = forms.CharField(
        label="Why",
        max_length=200,
        widget=ON_ONE_LINE,
        help_text="It is shown beside each price, and kept in the audit.",
    )
    drafted: Override

    def clean(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        if self.errors:
            return told
        target = _target(told.pop("scope"), told.pop("target").strip())
        try:
            self.drafted = overrides.draft(**told, **target)
        except NeedsPerson as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return told


def _target(scope: str, told: str) -> dict[str, Any]:
    """By the name of draft's argument. ValidationError where there is no such thing."""
    if scope == Override.Scope.TAG:
        return {"tag": told}
    if scope == Override.Scope.TIER:
        return {"tier": _found(Tier.objects.filter(name=told.lower().replace(" ", "_")).first(), "tier of this name")}
    number = NUMBER.fullmatch(told)
    if scope == Override.Scope.OFFER:
        size = f"{number[2]}in" if number and number[2] else ""
        offers = Offer.objects.filter(sticker=int(number[1]) if number else 0, size=size)
        return {"offer": _found(offers.first(), "size of this number; write it like ST-000012-3")}
    stickers = Sticker.objects.filter(pk=int(number[1]) if number and not number[2] else 0)
    return {"sticker": _found(stickers.first(), "design of this number; write it like ST-000012")}


def _found(row: Any, what: str) -> Any:
    if row is None:
        raise forms.ValidationError({"target": f"There is no {what}."})
    return row
