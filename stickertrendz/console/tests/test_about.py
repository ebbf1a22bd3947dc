"""Every list and every page of a row says in two sentences what it is and what one does with it."""

from django.contrib import admin


def test_every_list_of_the_console_says_what_it_is() -> None:
    silent = [
        model._meta.label for model, pages in admin.site._registry.items() if len(getattr(pages, "about", "")) < 40
    ]
    assert not silent, "write their admins' `about`"
