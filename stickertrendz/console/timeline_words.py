"""Plain words for all that is written down: actions, calls, intents, jobs and statuses.

Each is a verb phrase that goes on from who did it: "olive" + "approved the design". A test reads the code and fails on
an action, operation, kind, job or status that has no words here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Who writes into the audit without being a person.
NOT_PERSONS = {
    "etsy": "Etsy", "moderation": "The moderation", "takedown": "The takedown", "reconcile": "The comparison with Etsy",
    "pricing rollback": "The price guard", "manage.py": "Somebody at the command line", "schedule": "The schedule",
    "the shell": "Somebody at the command line", "demo": "The demo", "purge_customers": "The daily clean-up",
    "erase_again": "The restore of a backup", "import_etsy_orders": "The import of Etsy’s files",
    "backfill_trends": "The reading of old recordings", "sticker_mule": "Sticker Mule", "self_usps": "Our own bench",
}  # fmt: skip

JOBS = {
    "trend_monitor": "The trend monitor", "trend_evaluation": "The trend evaluation",
    "sticker_generator": "The sticker generator", "publisher": "The publisher",
    "push_changes": "The job that makes Etsy follow", "order_sync": "The order sync",
    "pricing_engine": "The pricing engine", "analytics_sync": "The daily analytics",
    "review_deadlines": "The watch over verdicts", "moderation_sample": "The drawing of samples",
    "blocklist_rescan": "The nightly blocklist scan", "reconcile": "The comparison with Etsy",
    "seo_week": "The weekly search report", "send_mail": "The mail job", "heartbeat": "The heartbeat",
}  # fmt: skip

# Which of them write in which job's runs: the audit itself knows no runs.
WRITES_IN = {
    "sticker_generator": ("moderation", "sticker_generator"), "push_changes": ("takedown", "etsy"),
    "publisher": ("etsy",), "analytics_sync": ("etsy", "purge_customers"), "reconcile": ("reconcile", "etsy"),
    "pricing_engine": ("pricing rollback",), "review_deadlines": ("review_deadlines",),
    "blocklist_rescan": ("blocklist_rescan",), "order_sync": ("etsy", "review_deadlines", "purge_customers"),
}  # fmt: skip

ACTIONS = {
    # Trends
    "shut topic": "shut the topic: no new designs of it",
    "reopened topic": "opened the topic again",
    "had unsafe topic scored anew": "had the unsafe topic scored anew",
    "asked for new designs": "asked for new designs",
    "asked for a replay": "asked for the score once more, to compare",
    "took over a replayed score": "took over the score asked for once more",
    "enabled a source": "switched the source on", "disabled a source": "switched the source off",
    "asked a source for news": "asked for a look now",
    "added term": "added the term “{text}” to the blocklist", "retired term": "switched the term “{text}” off",
    "reinstated term": "switched the term “{text}” on again",
    "changed how a term matches": "changed how the term “{text}” matches",
    "imported terms": "imported {terms} blocklist terms",
    # Designs
    "asked for the same again": "asked for the same picture once more",
    "asked for other words": "asked for a picture by other words",
    "approved sticker": "approved the design", "rejected sticker": "rejected the design",
    "asked to publish now": "asked to put it on sale at once",
    "flagged sticker": "left the design to a person", "took back verdict": "took the verdict back",
    "judged rejection right": "found the rejection right", "judged rejection wrong": "found the rejection wrong",
    "asked for a full re-scan": "asked for a blocklist scan of all designs",
    "withdrew design": "took the design off sale", "put design back on sale": "put the design back on sale",
    "exempted design": "exempted the design from the term “{term}”",
    "withdrew exemption": "withdrew the exemption from the term “{term}”",
    "archived design": "archived the design", "relisted design": "put the archived design on sale again",
    "recalled designs": "recalled {designs} designs",
    # Prices
    "repriced design": "had the price set by the rules at once",
    "reverted prices": "put {prices} prices back to what they were",
    "asked for a pricing run": "asked for a pricing run", "approved price plan": "approved {prices} proposed prices",
    "dismissed proposed prices": "dropped {prices} proposed prices",
    "made override": "made an exception from the price table",
    "released override": "ended an exception from the price table",
    # Etsy
    "adopted state": "set the listing to “{state}”; we follow", "asked for renewal": "asked to renew the listing",
    "had a lost draft sent again": "looked for the lost draft, did not find it and had it sent again",
    "pointed out a lost draft": "found the lost draft on Etsy and gave its number",
    "recorded complaint": "recorded the complaint", "delisted": "took the listing down",
    "complaint found valid": "found the complaint valid", "complaint found questionable": "found the claim doubtful",
    "recorded advice": "recorded the advice that was given", "cleared on advice": "cleared it on that advice",
    "complaint withdrawn": "noted that the complaint was withdrawn",
    "asked for a comparison with Etsy": "asked for a comparison with Etsy",
    "made at Etsy": "made this part of the shop at Etsy", "authorised Etsy": "connected the shop to Etsy",
    # Orders
    "imported Etsy's files of sold orders": "imported Etsy’s files of sold orders",
    "entered address": "entered the address", "address from Etsy's file": "took the address from Etsy’s file",
    "ended by Etsy's file": "ended the order, as Etsy’s file says",
    "took into our own hands": "took the order into our own hands",
    "marked as printed": "marked it as printed", "marked as packed": "marked it as packed",
    "undid printed": "put it back among what is to be printed", "undid packed": "unpacked it again",
    "put aside, kept as stock": "put the sticker aside as stock", "put aside, thrown away": "threw the sticker away",
    "left out of the parcel": "left it out of the parcel", "printed again": "had it printed again",
    "marked as shipped": "marked it as posted", "marked as delivered": "marked it as delivered",
    "marked a line as paid back": "stopped the line {sku}: it was paid back",
    "copied tracking to Etsy by hand": "copied the tracking code to Etsy by hand",
    # Customers
    "opened a privacy request": "opened the request", "exported customer data": "exported what we hold",
    "answered a privacy request": "answered the customer", "purged customer data": "erased the customer’s data",
    # People and the machine room
    "asked for another try": "asked for another try", "marked errors as resolved": "marked errors as resolved",
    "marked error as resolved": "marked the error as resolved", "reopened error": "opened the error again",
    "saw alert": "saw the alert", "put alert back as unseen": "put the alert back as unseen",
    "added setting": "added it", "changed setting": "changed it", "deleted setting": "deleted it",
    "asked for a run": "asked for a run",
    "threw switch": "threw the switch “{switch}”", "cleared switch": "cleared the switch “{switch}”",
    "rotated keys": "sealed {rows} rows with the new key", "signed in": "signed in",
    "failed sign-in (password)": "gave a wrong password", "failed sign-in (code)": "gave a wrong code",
    "added person": "added the person", "changed person": "changed the person", "deleted person": "deleted the person",
    "set password": "set a new password", "changed own password": "changed the own password",
    "set up second factor": "set up the second factor", "removed second factor": "removed the second factor",
    "made new recovery codes": "made new recovery codes", "used a recovery code": "used a recovery code",
}  # fmt: skip
MENDED = "mended "  # and the kind of the difference


@dataclass(frozen=True)
class Asking:
    """What was asked of a service: once, and `many` times in one run. One that only looks is told when it failed."""

    once: str
    many: str = ""
    looks: bool = False


def _look(words: str) -> Asking:
    return Asking(words, looks=True)


OPERATIONS = {
    # Etsy
    "createDraftListing": Asking("sent the draft to Etsy", "sent {} drafts to Etsy"),
    "updateListing": Asking("changed the listing on Etsy", "changed listings on Etsy {} times"),
    "activateListing": Asking("put it on sale on Etsy", "put {} listings on sale on Etsy"),
    "renewListing": Asking("renewed the listing on Etsy", "renewed {} listings on Etsy"),
    "updateListingInventory": Asking("sent prices and stock to Etsy", "sent prices and stock to Etsy {} times"),
    "uploadListingImage": Asking("sent a picture to Etsy", "sent {} pictures to Etsy"),
    "deleteListingImage": Asking("took a picture off Etsy", "took {} pictures off Etsy"),
    "deleteListing": Asking("deleted the listing on Etsy", "deleted {} listings on Etsy"),
    "createReceiptShipment": Asking("told Etsy that it is in the post", "told Etsy of {} parcels and letters"),
    "createShopReadinessStateDefinition": Asking("made the processing profile at Etsy"),
    "createShopReturnPolicy": Asking("made the return policy at Etsy"),
    "createShopShippingProfile": Asking("made the shipping profile at Etsy"),
    "createShopSection": Asking("made a shop section at Etsy", "made {} shop sections at Etsy"),
    "getListing": _look("asked Etsy how the listing stands"),
    "getListingsByListingIds": _look("asked Etsy how listings stand"),
    "getListingsByShop": _look("asked Etsy for the shop’s listings"),
    "getListingImages": _look("asked Etsy for the listing’s pictures"),
    "getListingInventory": _look("asked Etsy for prices and stock"),
    "getListingsInventoryByListingIds": _look("asked Etsy for prices and stock"),
    "getShopReceipts": _look("asked Etsy for orders"), "getShopReceipt": _look("asked Etsy for the order"),
    "getShopPaymentAccountLedgerEntries": _look("asked Etsy for the entries of its ledger"),
    "getShop": _look("asked Etsy how the shop stands"), "getMe": _look("asked Etsy whose connection it is"),
    "getShopProductionPartners": _look("asked Etsy for production partners"),
    "getSellerTaxonomyNodes": _look("asked Etsy for its categories"),
    "getPropertiesByTaxonomyId": _look("asked Etsy for a category’s properties"),
    "getShopReadinessStateDefinitions": _look("asked Etsy for processing profiles"),
    "getShopReturnPolicies": _look("asked Etsy for return policies"),
    "getShopShippingProfiles": _look("asked Etsy for shipping profiles"),
    "getShopSections": _look("asked Etsy for the shop’s sections"),
    "tokenScopes": _look("asked Etsy what the connection allows"),
    "exchangeCode": Asking("connected the shop to Etsy"),
    "refreshToken": Asking("renewed the connection to Etsy", "renewed the connection to Etsy {} times"),
    # Models; what they answered is told by the transcript
    "chat:trend_score": _look("asked the model for a score"),
    "chat:image_prompts": _look("asked the model for picture ideas"),
    "chat:listing_copy": _look("asked the model for title, description and tags"),
    "moderations": Asking("had the model judge picture and words", "had the model judge {} designs"),
    "models.get": _look("asked whether the model is there"),
    "predictions.create": Asking("ordered a picture", "ordered {} pictures"),
    "predictions.get": _look("asked whether the picture is drawn"),
    "predictions.list": _look("looked whether the picture was ordered"),
    "delivery": Asking("fetched the picture", "fetched {} pictures"),
    # Printers
    "quote": _look("asked the printer for a price"),
    "artworks.upload": Asking("sent the artwork to the printer", "sent {} artworks to the printer"),
    "orders.submit": Asking("ordered the print", "ordered {} prints"),
    "orders.find": _look("looked whether the printer has the order"),
    "orders.get": _look("asked the printer how far it is"),
    "orders.cancel": Asking("called the print off", "called {} prints off"),
    # Sources
    "rising": _look("asked Reddit for rising posts"), "rss": _look("asked Reddit’s feed"),
    "trending.rss": _look("asked Google for trending searches"),
    "explore.page": _look("opened Google Trends"), "explore": _look("asked Google Trends"),
    "relatedsearches": _look("asked Google Trends for related searches"),
}  # fmt: skip

OUTCOMES = {
    "done": "done", "open": "under way", "failed": "it failed, and is tried again", "unclear": "no answer came",
    "permanent": "it was refused", "cancelled": "held back before it went out",
    "forgotten": "its process ended before the answer was noted",
}  # fmt: skip

# What is done once and looked for before it is repeated: its name in a sentence, and where.
INTENTS = {
    "etsy_draft": ("the draft", "Etsy"), "etsy_tracking": ("the note that it is in the post", "Etsy"),
    "print_order": ("the print order", "the printer"), "prediction": ("the picture’s order", "the picture service"),
    "etsy_rehearsal": ("the rehearsal’s draft", "Etsy"), "contract": ("the contract’s trial", "Etsy"),
}  # fmt: skip

PURPOSES = {
    "trend_score": "The model scored the trend", "trend_score_replay": "The model scored the trend once more",
    "image_prompts": "The model had picture ideas", "listing_copy": "The model wrote title, description and tags",
}  # fmt: skip

PRICES = {
    "proposed": "proposed, and waits for a person", "dismissed": "proposed, and dropped", "approved": "not on Etsy yet",
    "pushed": "", "superseded": "replaced before Etsy heard of it", "reverted": "taken back later",
}  # fmt: skip


RUNS = {
    "running": "is at work", "completed": "did all its work", "partial": "did what it could; the rest follows",
    "failed": "failed", "abandoned": "died; its work is taken up again",
}  # fmt: skip


class _Told(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "…"


def action(name: str, detail: Mapping[str, Any]) -> str:
    """The words of an audit entry; an action that the code no longer writes stands as it was written."""
    if name.startswith(MENDED):
        return f"mended a difference with Etsy: {name.removeprefix(MENDED)}"
    words = ACTIONS.get(name)
    return words.format_map(_Told(detail)) if words else name


def asking(operation: str, outcome: str) -> tuple[str, str]:
    """The words for one call and, with a place for their number, for several of one run that ended alike."""
    found = OPERATIONS.get(operation, Asking(f"asked for {operation}"))
    ended = f" – {OUTCOMES.get(outcome, outcome)}" if outcome != "done" else ""
    return found.once + ended, (found.many or found.once + ", {} times") + ended


def who(name: str) -> str:
    """A person's name as it is; anything else that acts in words."""
    return NOT_PERSONS.get(name) or JOBS.get(name, name)
