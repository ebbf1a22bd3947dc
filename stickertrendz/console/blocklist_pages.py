"""Pages of the blocklists: terms, testing a text, adding, retiring, and the topics that were shut out."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.decorators import display

from stickers.term_preview import preview
from stickertrendz import clock
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.subjects import subject_of
from trends import blocklists, term_files
from trends.models import BlockedTopic, Term
from trends.models.terms import BlocklistRevision

from . import blocklist_forms as forms
from . import deciding, term_deeds
from .cells import LINK, link
from .filters import belonging_to
from .marking import marked
from .neighbours import number_link
from .quick_list import QuickList
from .rows import ConsoleAdmin, ReadOnlyAdmin

SHUT_OUT_SHOWN = timedelta(days=30)
LINES_SHOWN = 100
LISTS = dict(forms.LISTS)


class InForce(admin.SimpleListFilter):
    title = "in force"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("force", "In force"), ("retired", "Retired")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(retired_at__isnull=self.value() == "force") if self.value() else queryset


class TermList(QuickList):
    """A page of terms, each with `topics`: the topics of the last 30 days that it shut out, one a day; one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        recent = BlockedTopic.objects.filter(listed__in=rows, day__gte=clock.today() - SHUT_OUT_SHOWN).order_by()
        counts: dict[int, int] = dict(recent.values_list("listed").annotate(Count("pk")))
        for row in rows:
            row.topics = counts.get(row.pk, 0)
        self.result_list = rows


@admin.register(Term)
class TermAdmin(ConsoleAdmin):
    about = (
        "Names that belong to somebody else and words we don't want: what holds one is never drawn or sold. "
        "Test a text, add terms, and retire one that blocks what is harmless."
    )
    nothing = "No term is like this. Test a text to see which terms it hits, or add the term."
    list_display = ("text", "state", "list_name", "section", "match", "month", "came")
    list_filter = ("kind", InForce, "section", "match", "origin")
    search_fields = ("text", "folded")
    search_help_text = "A term, or a part of it"
    list_before_template = "console/blocklists/intro.html"
    actions = ("retire", "reinstate")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TermList]:
        return TermList

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("trends.change_term")

    @admin.action(description="Retire: they no longer block", permissions=["operate"])
    def retire(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, term_deeds.RETIRE)

    @admin.action(description="Put retired terms in force again", permissions=["operate"])
    def reinstate(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return deciding.ask(self, request, rows, term_deeds.REINSTATE)

    @display(description="shut out, 30 days")
    def month(self, term: Any) -> SafeString | str:
        return number_link("trends_blockedtopic", term.topics, listed__id__exact=term.pk)

    @display(description="added", ordering="added_at")
    def came(self, term: Term) -> SafeString:
        """When, by whom, and from which list."""
        whose = ", ".join(filter(None, [term.added_by, term.origin]))
        return format_html('{}<br><span class="kind">{}</span>', f"{term.added_at:%-d %b %Y}", whose)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what blocked once stays on record; it is retired instead

    @display(description="list", ordering="kind")
    def list_name(self, term: Term) -> str:
        return LISTS[term.kind]

    @display(description="state", ordering="retired_at", label={"in force": "success", "retired": "warning"})
    def state(self, term: Term) -> str:
        return "retired" if term.retired_at else "in force"

    def get_urls(self) -> list[URLPattern]:
        pages = {"test": self.test_page, "import": self.import_page, "import/shipped": self.shipped_page}
        view = self.admin_site.admin_view
        own = [path(f"{where}/", view(page), name=f"trends_term_{where.replace('/', '_')}")
               for where, page in pages.items()]  # fmt: skip
        return [*own, *super().get_urls()]

    def page(self, request: HttpRequest, name: str, title: str, **facts: Any) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **facts}
        context["may_change"] = self.has_change_permission(request)
        return TemplateResponse(request, f"console/blocklists/{name}.html", context)

    def require(self, allowed: bool) -> None:
        if not allowed:
            raise PermissionDenied

    def test_page(self, request: HttpRequest) -> HttpResponse:
        """By POST for long texts; ?text= makes a link to a test."""
        self.require(self.has_view_permission(request))
        told = request.POST if request.method == "POST" else request.GET
        form = forms.TextForm(told if "text" in told else None)
        found = marked(form.cleaned_data["text"]) if form.is_valid() else None
        return self.page(request, "test", "Test a text", form=form, found=found)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First what the term would hit, then it is stored."""
        self.require(self.has_add_permission(request))
        form = forms.TermForm(request.POST if request.method == "POST" else request.GET or None)
        if request.method != "POST" or not form.is_valid():
            unbound = forms.TermForm(initial=request.GET.dict()) if request.method != "POST" else form
            return self.page(request, "add", "Add a term", form=unbound)
        told = form.cleaned_data
        if "store" in request.POST:
            term = blocklists.add(**told, by=request.user.get_username())
            messages.success(request, f"“{term}” blocks from now on. Designs on sale are searched for it tonight.")
            return HttpResponseRedirect(_address(term))
        known = Term.objects.filter(kind=told["kind"], folded=blocklists.fold(told["text"])).first()
        would = preview(told["text"], told["section"] or told["kind"], told["match"])
        return self.page(request, "add", "Add a term", form=form, would=would, known=known)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One term with its history; what can be done about it needs a reason."""
        self.require(self.has_view_permission(request))
        term = get_object_or_404(Term, pk=object_id if object_id.isdecimal() else 0)
        made = self._forms(request, term)
        if request.method == "POST":
            self.require(self.has_change_permission(request))
            wish = next((name for name in made if name in request.POST), "")
            if wish and made[wish].is_valid():
                self._change(request, term, wish, made[wish].cleaned_data)
                return HttpResponseRedirect(_address(term))
        since = clock.today() - SHUT_OUT_SHOWN
        shut_out = BlockedTopic.objects.filter(listed=term, day__gte=since)[:LINES_SHOWN]
        history = AuditEntry.objects.filter(subject=subject_of(term)).order_by("-pk")[:LINES_SHOWN]
        facts = {"term": term, "list_name": self.list_name(term), "shut_out": shut_out, "history": history, **made}
        return self.page(request, "term", f"Term “{term}”", topic=request.GET.get("topic", ""), **facts)

    def _forms(self, request: HttpRequest, term: Term) -> dict[str, Form]:
        told: Any = request.POST
        return {
            "retire": forms.ReasonForm(told if "retire" in told else None, prefix="r"),
            "reinstate": forms.ReasonForm(told if "reinstate" in told else None, prefix="b"),
            "rule": forms.MatchForm(told if "rule" in told else None, initial={"match": term.match}, prefix="m"),
        }

    def _change(self, request: HttpRequest, term: Term, wish: str, told: dict[str, str]) -> None:
        who = request.user.get_username()
        if wish == "rule":
            changed = blocklists.change_match(term, told["match"], by=who, why=told["why"])
        else:
            change = {"retire": blocklists.retire, "reinstate": blocklists.reinstate}[wish]
            changed = change(term, by=who, why=told["why"])
        words = {"retire": "no longer blocks", "reinstate": "blocks again", "rule": "has another rule now"}[wish]
        if changed:
            messages.success(request, f"“{term}” {words}.")
        else:
            messages.info(request, f"Nothing changed: “{term}” was so already.")

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """A file is shown first; what was shown comes back with the wish to take it, so that it is stored nowhere."""
        self.require(self.has_add_permission(request))
        if "take" in request.POST:
            return self._take(request)
        form = forms.FileForm(request.POST or None, request.FILES or None)
        made = again = None
        if request.method == "POST" and form.is_valid():
            told = {"kind": form.cleaned_data["kind"], "lines": form.cleaned_data["lines"]}
            told["name"] = form.cleaned_data["file"].name[:60]
            made = term_files.plan(told["lines"].splitlines(), told["kind"], told["name"])
            again = forms.ImportForm(initial=told)
        more = sum(len(each.new) for each in term_files.shipped())
        facts = {"form": form, "made": made, "again": again, "more": more, "most": LINES_SHOWN}
        return self.page(request, "import", "Import terms", **facts)

    def _take(self, request: HttpRequest) -> HttpResponse:
        again = forms.ImportForm(request.POST)
        if not again.is_valid():
            self.require("kind" not in again.errors)
            made = term_files.plan(request.POST.get("lines", "").splitlines(), again.cleaned_data["kind"], "the file")
            return self.page(request, "import", "Import terms", form=forms.FileForm(), made=made, again=again)
        told = again.cleaned_data
        made = term_files.plan(told["lines"].splitlines(), told["kind"], told["name"])
        return self._taken(request, [made], told["why"])

    def shipped_page(self, request: HttpRequest) -> HttpResponse:
        """What the lists of this version hold more than the database."""
        self.require(self.has_add_permission(request))
        form = forms.ShippedForm(request.POST or None)
        plans = term_files.shipped()
        if request.method == "POST" and form.is_valid():
            return self._taken(request, plans, form.cleaned_data["why"])
        return self.page(request, "shipped", "Terms that came with this version", form=form, plans=plans,
                         more=sum(len(each.new) for each in plans), most=LINES_SHOWN)  # fmt: skip

    def _taken(self, request: HttpRequest, plans: list[term_files.Plan], why: str) -> HttpResponse:
        came = sum(term_files.take(made, by=request.user.get_username(), why=why) for made in plans)
        messages.success(
            request, f"{came} term{'' if came == 1 else 's'} taken. Designs on sale are searched for them tonight."
        )
        return HttpResponseRedirect(reverse("admin:trends_term_changelist"))


def _address(term: Term) -> str:
    return reverse("admin:trends_term_change", args=[term.pk])


@admin.register(BlocklistRevision)
class RevisionAdmin(ReadOnlyAdmin):
    about = (
        "How often the blocklists changed, and when they did so last. "
        "There is nothing to do here: re-scans look for what came after the change they ended with."
    )
    nothing = "The blocklists never changed since the shop began."
    list_display = ("number", "at")
    search_fields = ("number",)


@admin.register(BlockedTopic)
class BlockedTopicAdmin(ReadOnlyAdmin):
    about = (
        "Topics of the last 30 days that a term kept out before anything was paid for, a line per topic and day. "
        "Look for harmless ones: from there the term that is wrong is retired or made to match less."
    )
    nothing = "No topic of the last 30 days is like this: nothing was shut out that way."
    list_display = ("topic", "shut_out_by", "list_name", "day", "count", "month", "wrong")
    list_filter = ("kind", belonging_to("listed", Term, "term"))
    search_help_text = "Words of the topic or the term"
    list_select_related = ("listed",)
    search_fields = ("topic", "term")
    date_hierarchy = "day"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The last 30 days, each with how often its topic was shut out in them."""
        recent = BlockedTopic.objects.filter(day__gte=clock.today() - SHUT_OUT_SHOWN)
        same = recent.filter(topic=OuterRef("topic")).order_by().values("topic")
        rows: QuerySet[Any] = super().get_queryset(request).filter(pk__in=recent.values("pk"))
        counted: QuerySet[Any] = rows.annotate(month_total=Subquery(same.annotate(total=Sum("count")).values("total")))
        return counted

    @display(description="shut out by", ordering="term")
    def shut_out_by(self, row: BlockedTopic) -> SafeString | str:
        return link(row.listed, row.term) if row.listed else row.term

    @display(description="list", ordering="kind")
    def list_name(self, row: BlockedTopic) -> str:
        return LISTS[row.kind]

    @display(description="in 30 days", ordering="month_total")
    def month(self, row: Any) -> int:
        return int(row.month_total)

    @display(description="")
    def wrong(self, row: BlockedTopic) -> SafeString | str:
        """To the term, where it is retired or matched otherwise; rows older than the link lead to a test."""
        where = _address(row.listed) if row.listed else reverse("admin:trends_term_test")
        name = "topic" if row.listed else "text"
        return format_html(LINK, f"{where}?{urlencode({name: row.topic})}", "This block is wrong")
