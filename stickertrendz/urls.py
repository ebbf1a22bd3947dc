"""Addresses of the console."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from stickertrendz.console import (
    customer_pages,
    files,
    front,
    job_pages,
    second_factor_pages,
    service_pages,
    sign_in,
    statement_pages,
    timeline_pages,
)

guarded = admin.site.admin_view


def icon(request: HttpRequest) -> HttpResponse:
    """Bare pages, such as a refusal, name no icon: browsers ask here then."""
    return redirect(static("console/icon.svg"))


urlpatterns = [
    path("favicon.ico", icon),
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/login/", sign_in.password),
    path("admin/login/code/", sign_in.code, name="sign_in_code"),
    path("admin/account/second-factor/", guarded(second_factor_pages.account), name="second_factor"),
    path("admin/fulfillment/order/<int:pk>/customer/", guarded(customer_pages.customer), name="order_customer"),
    path("admin/fulfillment/order/<int:pk>/address/", guarded(customer_pages.address), name="order_address"),
    path("admin/jobs/", guarded(job_pages.jobs), name="jobs"),
    path("admin/jobs/<slug:name>/", guarded(job_pages.run_now), name="job_run"),
    path("admin/front/", guarded(front.part), name="front_part"),
    path("admin/service/", guarded(service_pages.page), name="service"),
    path("admin/statement/", guarded(statement_pages.months), name="statement"),
    path("admin/statement/all.csv", guarded(statement_pages.all_as_csv), name="statement_all_csv"),
    path("admin/statement/<slug:name>/", guarded(statement_pages.month), name="statement_month"),
    path("admin/statement/<slug:name>.csv", guarded(statement_pages.month_as_csv), name="statement_csv"),
    path("admin/timeline/<str:subject>/", guarded(timeline_pages.view), name="timeline"),
    path("admin/", admin.site.urls),
    path("media/public/<path:key>", files.public, name="public_file"),
    path("media/private/<path:key>", files.private, name="private_file"),
]
