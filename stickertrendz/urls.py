"""Addresses of the console."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from stickertrendz.console import customer_pages, files

guarded = admin.site.admin_view

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/fulfillment/order/<int:pk>/customer/", guarded(customer_pages.customer), name="order_customer"),
    path("admin/fulfillment/order/<int:pk>/address/", guarded(customer_pages.address), name="order_address"),
    path("admin/", admin.site.urls),
    path("media/public/<path:key>", files.public, name="public_file"),
    path("media/private/<path:key>", files.private, name="private_file"),
]
