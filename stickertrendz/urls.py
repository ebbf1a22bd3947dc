"""Addresses of the console."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from stickertrendz.console import files

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("media/public/<path:key>", files.public, name="public_file"),
    path("media/private/<path:key>", files.private, name="private_file"),
]
