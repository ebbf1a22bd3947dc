"""Forms about customer data. What is typed into them travels by POST only and is kept nowhere but sealed."""

from datetime import datetime
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from fulfillment import us_addresses
from fulfillment.models import PrivacyRequest
from fulfillment.privacy import Address
from stickertrendz import clock

UNSEEN = {"autocomplete": "off"}
LARGEST_NUMBER = 2**63 - 1


class Line(forms.CharField):
    """One line of text that the browser does not remember."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**{"max_length": 200, "widget": UnfoldAdminTextInputWidget(attrs=UNSEEN), **told})


class SearchForm(forms.Form):
    """Whom a request is about. At least one key; orders that match any of them are found."""

    receipt_id = forms.IntegerField(
        label="Receipt number", required=False, min_value=1, max_value=LARGEST_NUMBER,
        widget=UnfoldAdminTextInputWidget(attrs=UNSEEN),
    )  # fmt: skip
    buyer_user_id = forms.IntegerField(
        label="Buyer’s number at Etsy", required=False, min_value=1, max_value=LARGEST_NUMBER,
        widget=UnfoldAdminTextInputWidget(attrs=UNSEEN),
    )  # fmt: skip
    name = Line(label="Name", required=False, help_text="In full, as on the order; case makes no difference.")
    email = Line(label="E-mail address", required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and not any(told.values()):
            raise forms.ValidationError("Give at least one of them.")
        return told


class OpenForm(forms.Form):
    """A dated request about the orders found. found_by: the keys that were looked for, never their values."""

    kind = forms.ChoiceField(
        label="The customer asks for", choices=PrivacyRequest.Kind.choices, widget=UnfoldAdminSelectWidget
    )
    identified = forms.ChoiceField(
        label="How you know who asks", choices=PrivacyRequest.Identified.choices, widget=UnfoldAdminSelectWidget
    )
    received_at = forms.DateTimeField(
        label="Received", widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text="In UTC: the 30 days run from there.",
    )  # fmt: skip

    def clean_received_at(self) -> datetime:
        received: datetime = self.cleaned_data["received_at"]
        if received > clock.now():
            raise forms.ValidationError("This is in the future. Give the time in UTC.")
        return received


class EraseForm(forms.Form):
    sure = forms.BooleanField(label="Erase for good: nobody can bring it back", widget=UnfoldBooleanSwitchWidget)
    with_unshipped = forms.BooleanField(
        label="Erase also the orders that still need their address; I refund them on Etsy", required=False,
        widget=UnfoldBooleanSwitchWidget,
    )  # fmt: skip


WHY = [
    ("packing", "Packing"), ("question", "Question of the buyer"), ("takedown", "Takedown"),
    ("other", "Another reason"),
]  # fmt: skip


class WhyForm(forms.Form):
    """Why somebody looks; of a short list, so that the log cannot hold anybody's data."""

    why = forms.ChoiceField(label="Why do you need it?", choices=WHY, widget=UnfoldAdminSelectWidget)


class BlockForm(forms.Form):
    block = forms.CharField(
        label="The address as Etsy shows it", max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6, **UNSEEN}),
    )  # fmt: skip

    def clean_block(self) -> Address:
        try:
            return us_addresses.read(self.cleaned_data["block"])
        except ValueError as why:
            raise forms.ValidationError(str(why)) from None


class AddressForm(forms.Form):
    name = Line(label="Name")
    first_line = Line(label="Street")
    second_line = Line(label="Second line", required=False)
    city = Line(label="City")
    state = Line(label="State", help_text="Two letters or the name.")
    zip = Line(label="ZIP code", max_length=10)

    def clean_state(self) -> str:
        told: str = self.cleaned_data["state"]
        return us_addresses.state_code(told) or told

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors:
            told["address"] = Address(**told, country="US")
            for name, words in us_addresses.wrong(told["address"]).items():
                self.add_error(name, words)
        return told
