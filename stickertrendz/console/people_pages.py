"""The pages of people and roles: who may do what, whose second factor is on, and its reset when a phone is lost."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from stickertrendz.ops import audit

from . import roles, second_factor, throttle
from .rows import ConsoleAdmin, ReadOnlyAdmin

for model in (User, Group):
    admin.site.unregister(model)

ROLES = [(name, f"{name.capitalize()}: {means}") for name, means in roles.ROLES.items()]


def role_field() -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", "Choose …"), *ROLES], widget=UnfoldAdminSelectWidget)


class PersonForm(UserChangeForm):
    """Nobody takes the own role or entrance away; whoever made the shop's first account needs no role."""

    role = role_field()
    me: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.instance.groups.values_list("name", flat=True)
        self.fields["role"].initial = next((name for name in held if name in roles.ROLES), "")
        self.fields["role"].required = not self.instance.is_superuser
        if self.instance == self.me:
            self.fields["role"].disabled = self.fields["is_active"].disabled = True


class NewPersonForm(UserCreationForm):
    role = role_field()


class WhyForm(forms.Form):
    why = forms.CharField(
        max_length=200, help_text="For the audit, for example: lost the phone, called me.",
        widget=UnfoldAdminTextInputWidget(),
    )  # fmt: skip


@admin.register(User)
class PeopleAdmin(UserAdmin, ConsoleAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    about = (
        "Everybody who may sign in here, each with a role and a second factor. Add a person, change the role, or reset "
        "the second factor of somebody who lost the phone."
    )
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "role", "factor", "last_login", "is_active")
    list_filter = ("is_active", "groups")
    filter_horizontal = ()
    readonly_fields = ("last_login", "factor")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What the person may do", {"fields": ("role", "is_active")}),
        ("Signing in", {"fields": ("last_login", "factor")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "password1", "password2", "role")}),)
    change_form_before_template = "console/account/person.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.select_related("second_factor").prefetch_related("groups")

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.reset)
        return [path("<int:pk>/second-factor/", page, name="auth_user_second_factor"), *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An owner who could edit a superuser would be one."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        spared = obj is not None and (obj == request.user or (obj.is_superuser and not request.user.is_superuser))
        return not spared and super().has_delete_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"me": request.user})

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)
        changed = {name: str(form.cleaned_data[name]) for name in form.changed_data if "password" not in name}
        audit.record(_who(request), "changed person" if change else "added person", obj, **changed)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "role" in form.cleaned_data:
            form.instance.groups.set(Group.objects.filter(name=form.cleaned_data["role"]))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        audit.record(_who(request), "deleted person", obj, name=obj.get_username())
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            self.delete_model(request, person)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if response.status_code == 302:
            audit.record(_who(request), "set password", get_object_or_404(User, pk=id))
        return response

    def reset(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks why, then the person signs in with the password alone, and failed tries are forgotten."""
        person = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        form = WhyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            second_factor.remove(person, by=_who(request), why=form.cleaned_data["why"])
            throttle.forgive(person.get_username())
            messages.success(request, f"{person} signs in with the password alone and can set up another phone.")
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Reset second factor of {person}",
        }
        return TemplateResponse(request, "console/account/reset.html", {**context, "person": person, "form": form})

    @display(description="role")
    def role(self, person: User) -> str:
        if person.is_superuser:
            return "superuser"
        return ", ".join(sorted(group.name for group in person.groups.all())) or "none"

    @display(description="second factor", label={"on": "success", "off": "warning"})
    def factor(self, person: User) -> str:
        found = getattr(person, "second_factor", None)
        return "on" if found and found.confirmed_at else "off"


@admin.register(Group)
class RolesAdmin(ReadOnlyAdmin):
    """Made from the table in `roles`; nobody edits them here, for the next release would undo it."""

    about = (
        "What each role may do; a person has exactly one. Roles are written in the program and cannot be edited here: "
        "give somebody another role under People."
    )

    list_display = ("name", "means")
    search_fields = ("name",)
    fields = ("name", "means", "rights")

    @display(description="in a sentence")
    def means(self, group: Group) -> str:
        return roles.ROLES.get(group.name, "not one of the shop's roles")

    @display(description="may")
    def rights(self, group: Group) -> SafeString | str:
        if group.name not in roles.ROLES:
            return "what was given by hand"
        told = [
            (name, ", ".join(verbs), rights.why)
            for name, rights in roles.TABLE.items()
            if (verbs := rights.of(group.name))
        ]
        row = "<tr><th>{}</th><td>{}</td><td>{}</td></tr>"
        return format_html('<table class="pairs">{}</table>', format_html_join("", row, told))


def _who(request: HttpRequest) -> str:
    return request.user.get_username()
