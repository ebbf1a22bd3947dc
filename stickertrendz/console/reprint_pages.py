"""The page on which a sticker is printed again: what went wrong with it, and what becomes of it."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from fulfillment import reprint
from fulfillment.models import PrintJob
from stickertrendz.ops.errors import Beaten, IllegalMove, NeedsPerson

from .packing_frame import MAY_WORK, back, page, require


class ReprintForm(forms.Form):
    reason = forms.ChoiceField(
        label="What went wrong", choices=PrintJob.Reason.choices, widget=UnfoldAdminSelectWidget,
        help_text="What the printer did wrong counts in its defect rate; the post’s doing does not.",
    )  # fmt: skip
    note = forms.CharField(
        label="Note", max_length=200, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="For example “white halo on the left”. No names, no addresses.",
    )  # fmt: skip


def view(site: admin.AdminSite, request: HttpRequest, key: int) -> HttpResponse:
    require(request, MAY_WORK)
    job = get_object_or_404(PrintJob.objects.select_related("item__order", "item__sticker"), pk=key)
    form = ReprintForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(site, request, "again", "Print again", job=job, form=form)
    order = reverse("admin:fulfillment_order_change", args=[job.item.order_id])
    try:
        copy = reprint.print_again(job, **form.cleaned_data, by=request.user.get_username())
    except (Beaten, IllegalMove, NeedsPerson) as refusal:
        return back(request, order, str(refusal), done=False)
    return back(request, order, f"Copy {copy.copy} is on the bench: {copy}.", done=True)
