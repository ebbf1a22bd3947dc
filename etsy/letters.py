"""The answer to somebody who complained about a listing, drafted for a person to read and send."""

from stickers.models import Sticker

from .models import TakedownNotice

Status = TakedownNotice.Status


def answer(notice: TakedownNotice) -> str:
    """Plain text by how the complaint stands. Of personal data it holds nothing but the complainant's name."""
    return "\n\n".join(
        [
            f"Dear {notice.complainant},",
            f"Thank you for your notice of {notice.received_at:%-d %B %Y} about {_listing(notice)}.",
            _what_was_done(notice),
            "Kind regards\nSticker Trendz",
        ]
    )


def _listing(notice: TakedownNotice) -> str:
    number = notice.listing.etsy_id
    return f"our Etsy listing {number}" if number else f"our design {notice.listing.sticker.number}"


def _what_was_done(notice: TakedownNotice) -> str:
    down = _taken_down(notice)
    match notice.status:
        case Status.RECEIVED:
            return "We are taking the listing off sale and will look into your claim. You will hear from us again."
        case Status.DOWN:
            return f"{down} We are looking into your claim and will write to you again when we have done so."
        case Status.VALID:
            return (
                f"{down} Having looked into your claim we have deleted the listing for good and retired the design. "
                "We have also added the name to the list of words that we do not make designs of."
            )
        case Status.QUESTIONABLE:
            return (
                f"{down} We are not yet convinced that it infringes your rights and are taking advice. "
                "Until then the listing stays off sale. Please send us the registration or the work you rely on."
            )
        case Status.CLEARED:
            again = ", and offer it again" if notice.listing.sticker.shelf == Sticker.Shelf.WANTED else ""
            return f"{down} Having taken advice we believe that it does not infringe your rights{again}."
        case _:
            return "You have withdrawn your claim, for which we thank you. We regard the matter as settled."


def _taken_down(notice: TakedownNotice) -> str:
    if notice.delisted_at is None:
        return "The listing is off sale."
    return f"We took the listing off sale on {notice.delisted_at:%-d %B %Y at %H:%M} UTC."
