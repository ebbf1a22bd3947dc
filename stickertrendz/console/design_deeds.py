"""What a person may decide about designs from their list and page: verdicts, taking one back, publishing at once."""

from functools import partial

from django import forms
from django.db import transaction

from etsy import room
from etsy.models import Listing
from stickers import review
from stickers.models import Sticker
from stickertrendz.ops import audit
from stickertrendz.ops.errors import NeedsPerson

from .blocklist_forms import ReasonForm
from .deciding import Deed

MOST = 100  # so that each can be looked at
Status, Shelf = Sticker.Status, Sticker.Shelf
ON_THE_WAY = (Listing.Status.PLANNED, Listing.Status.DRAFT, Listing.Status.INACTIVE)


class MaybeReason(ReasonForm):
    """For a verdict that speaks for itself."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["why"].required = False


def _not_withdrawn(sticker: Sticker) -> None:
    if sticker.shelf == Shelf.WITHDRAWN:
        raise NeedsPerson(f"withdrawn from sale ({sticker.shelf_why}): a verdict does not relist it")


def _approves(sticker: Sticker) -> str:
    if sticker.status == Status.APPROVED:
        raise NeedsPerson("approved already")
    _not_withdrawn(sticker)
    was = f", although it was rejected: {sticker.reject_reason}" if sticker.reject_reason else ""
    if sticker.trend.is_shut:
        was += f", although its topic was shut {sticker.trend.shut_why or 'as unsafe'}"
    return f"goes on sale{was}, when the blocklists find nothing in it."


APPROVE = Deed(
    "Approve designs",
    f"The next publisher puts them on sale as far as the caps allow; Etsy takes ${room.LISTING_FEE} for each. Until "
    "then an approval can be taken back; afterwards a design is taken off sale by rejecting it.",
    _approves, review.approve, "Approve", "They go on sale with the next publisher.", MaybeReason, "take_back", MOST,
)  # fmt: skip


def _rejects(sticker: Sticker) -> str:
    if sticker.status == Status.REJECTED:
        raise NeedsPerson("rejected already")
    if sticker.shelf == Shelf.NONE:
        return "never goes on sale."
    return "is taken off sale on Etsy within minutes. This cannot be taken back by a verdict."


REJECT = Deed(
    "Reject designs",
    "They are never sold; what is on sale is taken down. Only a design that was never on sale can be put back.",
    _rejects, review.reject, "Reject", form=ReasonForm, undo="take_back", most=MOST,
)  # fmt: skip


def _puts_back(sticker: Sticker) -> str:
    if sticker.status != Status.REJECTED:
        raise NeedsPerson("not rejected")
    _not_withdrawn(sticker)
    return (
        f"waits for a person again, with two new days. It was rejected: {sticker.reject_reason or 'without a reason'}."
    )


PUT_BACK = Deed(
    "Put back into review",
    "Somebody decides about them anew. What nobody decides on within two days is rejected by itself.",
    _puts_back, review.flag, "Put back", most=MOST,
)  # fmt: skip


def _takes_back(sticker: Sticker, mine: str) -> str:
    if sticker.status not in (Status.APPROVED, Status.REJECTED):
        raise NeedsPerson("there is no verdict to take back")
    if sticker.published_at:
        raise NeedsPerson("it was on sale already: reject it to take it off")
    _not_withdrawn(sticker)
    if sticker.reviewed_by != mine:
        raise NeedsPerson(f"the verdict is not yours but that of {sticker.reviewed_by or 'a job'}")
    return f"goes back to review; you {sticker.get_status_display().lower()} it."


def _take_back(sticker: Sticker, *, by: str, why: str = "") -> None:
    review.take_back(sticker, by=by)


def take_back(mine: str) -> Deed:
    """For the person of this name."""
    lead = (
        "A verdict given by mistake, only your own, and only before the design was ever on sale. A draft that was "
        "begun on Etsy is called off."
    )
    plan = partial(_takes_back, mine=mine)
    return Deed("Take back my verdicts", lead, plan, _take_back, "Take back", form=forms.Form, most=MOST)


def _publishes(sticker: Sticker) -> str:
    """`listings` are to be fetched beforehand."""
    if sticker.status != Status.APPROVED or sticker.shelf != Shelf.WANTED:
        raise NeedsPerson("not approved and wanted on sale")
    found = [one for one in sticker.listings.all() if one.status not in ("deleted", "withdrawn")]
    if found and found[0].status not in ON_THE_WAY:
        words = found[0].get_status_display().lower()
        raise NeedsPerson(
            f"its listing is {words}" + (": renew it there" if found[0].status != "active" else " already")
        )
    if found and found[0].needs_attention:
        raise NeedsPerson(f"its listing waits for a person: {found[0].needs_attention}")
    return f"is tried by the publisher at once, without waiting longer. Etsy takes ${room.LISTING_FEE}."


def _publish(sticker: Sticker, *, by: str) -> None:
    """What made the listing wait is forgotten; caps, switches and breakers hold all the same."""
    with transaction.atomic():
        waiting = Listing.objects.filter(sticker=sticker, status__in=ON_THE_WAY, needs_attention="")
        waiting.update(not_before=None, asked_by=by)
        audit.record(by, "asked to publish now", sticker)
    review.wake_publisher()


PUBLISH = Deed(
    "Publish now",
    "The publisher is woken and takes what is approved, best scored first, as far as the day's caps, switches and Etsy "
    "allow. What is on sale costs its listing fee and cannot be called off.",
    _publishes, _publish, "Publish", "The publisher takes them within minutes; see its run.", forms.Form, most=MOST,
)  # fmt: skip


def fitting(sticker: Sticker) -> list[str]:
    """The actions of the list that make sense for this design."""
    withdrawn, status = sticker.shelf == Shelf.WITHDRAWN, sticker.status
    verdicts = {Status.APPROVED: ["reject"], Status.REJECTED: [] if withdrawn else ["approve", "put_back"]}
    names = verdicts.get(Status(status), ["approve", "reject"])
    if status == Status.APPROVED and sticker.shelf == Shelf.WANTED and not sticker.published_at:
        names = ["publish_now", *names]
    return [*names, "try_again"] if sticker.needs_attention else names
