"""The only pages that show or take one customer's data: a look with a reason, and an address entered by hand.

Nothing of it is in an address of a page, kept by a browser, or written down but sealed.
"""

from dataclasses import asdict
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fulfillment import orders, privacy
from fulfillment.models import Order
from stickertrendz.ops.errors import Beaten, IllegalMove

from .privacy_forms import WHY, AddressForm, BlockForm, WhyForm

MAY_SEE, MAY_CHANGE = "fulfillment.see_customer", "fulfillment.change_order"
LOOKS_SHOWN = 20


@never_cache
@sensitive_post_parameters()
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, logs the look, then shows name, address and messages."""
    order = _order(request, pk, MAY_SEE)
    form = WhyForm(request.POST or None)
    facts: dict[str, Any] = {"form": form, "looks": order.looks.all()[:LOOKS_SHOWN]}
    if request.method == "POST" and form.is_valid():
        why = dict(WHY)[form.cleaned_data["why"]]
        facts |= {"told": privacy.read(order, by=request.user.get_username(), why=why), "why": why}
        facts["lines"] = _lines(facts["told"].address)
    return _page(request, order, "customer", f"Customer of order {order}", **facts)


def _lines(address: privacy.Address | None) -> str:
    """As it is written on a parcel."""
    if address is None:
        return ""
    country = "" if address.country == "US" else address.country
    place = f"{address.city}, {address.state} {address.zip}"
    lines = (address.name, address.first_line, address.second_line, place, country)
    return "\n".join(line for line in lines if line)


@never_cache
@sensitive_post_parameters()
def address(request: HttpRequest, pk: int) -> HttpResponse:
    """A pasted block fills the fields; what stands in the fields is taken."""
    order = _order(request, pk, MAY_SEE, MAY_CHANGE)
    missing = order.status == Order.Status.NEEDS_ADDRESS and not order.purged_at
    pasted, form = BlockForm(), AddressForm()
    if request.method == "POST" and missing:
        if "read" in request.POST:
            pasted = BlockForm(request.POST)
            form = AddressForm(initial=asdict(pasted.cleaned_data["block"])) if pasted.is_valid() else form
        else:
            form = AddressForm(request.POST)
            if form.is_valid():
                return _give(request, order, form.cleaned_data["address"])
    return _page(request, order, "address", f"Address of order {order}", pasted=pasted, form=form, missing=missing)


def _give(request: HttpRequest, order: Order, given: privacy.Address) -> HttpResponse:
    try:
        if orders.give_address(order, given, by=request.user.get_username()):
            messages.success(
                request, f"Order {order} has its address; the next run sends it to the printer or the bench."
            )
        else:
            messages.warning(request, f"The customer of order {order} was erased meanwhile: nothing was kept.")
    except (Beaten, IllegalMove) as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(reverse("admin:fulfillment_order_change", args=[order.pk]))


def _order(request: HttpRequest, pk: int, *permissions: str) -> Order:
    if not request.user.has_perms(permissions):
        raise PermissionDenied
    return get_object_or_404(Order, pk=pk)


def _page(request: HttpRequest, order: Order, name: str, title: str, **facts: Any) -> TemplateResponse:
    context = {**admin.site.each_context(request), "opts": Order._meta, "title": title, "order": order, **facts}
    return TemplateResponse(request, f"console/privacy/{name}.html", context)
