"""What each role may do: one table, from which the groups are made and their documentation is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps

VIEWER, OPERATOR, OWNER = "viewer", "operator", "owner"
ROLES = {
    VIEWER: "sees everything but customer data and people, and changes nothing",
    OPERATOR: "does the daily work, and may look at a customer's data for a reason",
    OWNER: "also decides on people, costs, the connection to Etsy, exemptions and what is erased",
}


@dataclass(frozen=True)
class Rights:
    """The verbs each role has on a model on top of the role before it; what is not named, nobody may.

    A verb is the beginning of a permission's codename (`view`, `change`), or a whole one (`see_customer`).
    """

    viewer: str = ""
    operator: str = ""
    owner: str = ""
    why: str = ""

    def of(self, role: str) -> list[str]:
        parts = (self.viewer, self.operator, self.owner)[: list(ROLES).index(role) + 1]
        return " ".join(parts).split()


_JOBS_WRITE = Rights("view", why="Jobs write these rows; they are looked at.")
_NOBODY = Rights(why="Django's own bookkeeping; no page shows it.")
_FIGURES = Rights("view", owner="add change delete", why="Figures that prices are worked out from.")

TABLE: dict[str, Rights] = {
    # Trends
    "trends.trend": Rights("view", "change", "doubt_unsafe", "Shut, reopen or redraw topics; doubt one is unsafe."),
    "trends.signal": _JOBS_WRITE,
    "trends.trendkeyword": _JOBS_WRITE,
    "trends.mergegate": _JOBS_WRITE,
    "trends.cycle": _JOBS_WRITE,
    "trends.replay": Rights("view", "change", why="Take over a score that was asked for once more."),
    "trends.source": Rights("view", "change", "add", "Enable, disable or ask a source; a new one is the owner's."),
    "trends.term": Rights("view", "add change", why="Add terms to the blocklist, import lists, switch terms off."),
    "trends.blocklistrevision": _JOBS_WRITE,
    "trends.blockedtopic": _JOBS_WRITE,
    # Designs
    "stickers.generation": Rights("view", "change", why="Draw a picture again, try again."),
    "stickers.sticker": Rights("view", "change", why="Verdicts, and what is on the shelf."),
    "stickers.size": _JOBS_WRITE,
    "stickers.rescan": Rights("view", "add", why="Look through all designs for blocked terms."),
    "stickers.exemption": Rights("view", "", "add change", "Leave a design on sale although a term blocks it."),
    "stickers.sample": _JOBS_WRITE,
    "stickers.sampleddesign": _JOBS_WRITE,
    # Orders
    "fulfillment.order": Rights("view", "change see_customer", why="Pack, post, import, enter an address; customers."),
    "fulfillment.orderitem": _JOBS_WRITE,
    "fulfillment.printjob": Rights("view", "change", why="Print again, try again."),
    "fulfillment.shipment": Rights("view", "change", why="Say that tracking was copied by hand, try again."),
    "fulfillment.printcost": _FIGURES,
    "fulfillment.shippingrate": _FIGURES,
    "fulfillment.accesslog": Rights("view", why="Who looked at customers; nobody changes it."),
    "fulfillment.privacyrequest": Rights("view", "", "add change", "Export and erase what is known."),
    # Prices
    "pricing.offer": Rights("view", "change", why="Decide on proposed prices, put old prices back."),
    "pricing.override": Rights("view", "add change", why="Hold, fix or discount prices, and release that."),
    "pricing.pricechange": _JOBS_WRITE,
    "pricing.tier": _FIGURES,
    "pricing.stickerday": _JOBS_WRITE,
    # Etsy
    "etsy.listing": Rights("view", "change", why="Mend differences, renew, try again."),
    "etsy.difference": _JOBS_WRITE,
    "etsy.searchweek": _JOBS_WRITE,
    "etsy.ledgerentry": _JOBS_WRITE,
    "etsy.takedownnotice": Rights("view", "add change", why="Enter a complaint and answer it."),
    "etsy.recall": Rights("view", "add change", why="Take designs off sale, and put them back."),
    "etsy.token": Rights("view", "", "change", "Connect the shop to Etsy."),
    "etsy.setupobject": Rights("view", "", "change", "Make sections, profiles and policies of the shop."),
    # Machine room
    "ops.switch": Rights("view", "add delete", why="Throw a switch (add) and clear it (delete)."),
    "ops.alert": Rights("view", "change", why="Say that an alert was seen."),
    "ops.run": Rights("view", "change", why="Ask for a run of a job at once."),
    "ops.errorlog": Rights("view", "change", why="Mark errors as resolved."),
    **dict.fromkeys(
        (
            "ops.auditentry", "ops.mail", "ops.transcript", "ops.metric", "ops.stamp",
            "ops.call", "ops.intent", "ops.meter", "ops.health", "django_q.task", "django_q.success",
            "django_q.failure", "django_q.schedule", "django_q.ormq",
        ),
        _JOBS_WRITE,
    ),
    # People
    "auth.user": Rights("", "", "view add change delete", "People, their roles, passwords and second factors."),
    "auth.group": Rights("", "", "view", "The roles; what they may is this table."),
    **dict.fromkeys(
        (
            "auth.permission", "admin.logentry", "contenttypes.contenttype", "sessions.session",
            "console.secondfactor", "console.recoverycode", "console.signintries",
        ),
        _NOBODY,
    ),
}  # fmt: skip


def permissions(role: str) -> Iterator[str]:
    """As `app.codename`, those of the roles before it included."""
    for model, rights in TABLE.items():
        app, name = model.split(".")
        for verb in rights.of(role):
            yield f"{app}.{verb}" if "_" in verb else f"{app}.{verb}_{name}"


def sync(apps: Apps | None = None, **migrated: Any) -> None:
    """Makes the groups as the table says; after each `migrate`, when all permissions have their rows.

    Without `apps` it follows a `flush`, which wants an empty database.
    """
    if apps is None:
        return
    rows = apps.get_model("auth", "Permission").objects.values_list("content_type__app_label", "codename", "pk")
    keys = {f"{app}.{codename}": key for app, codename, key in rows}
    for role in ROLES:
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.set([keys[name] for name in permissions(role) if name in keys])
