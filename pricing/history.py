"""What a buyer was shown when they bought."""

from dataclasses import dataclass
from datetime import datetime

from .models import Offer, PriceChange


@dataclass(frozen=True)
class Terms:
    tier: str = ""
    under_override: bool = False


def terms_at(sticker_id: int, size: str, when: datetime) -> Terms:
    """Tier and override of the last price pushed before that time; of the offer itself when none had been."""
    pushed = PriceChange.objects.filter(offer__sticker=sticker_id, offer__size=size, pushed_at__lte=when)
    last = pushed.order_by("-pushed_at", "-pk").first()
    if last:
        return Terms(last.tier, last.under_override)
    offer = Offer.objects.filter(sticker=sticker_id, size=size).first()
    return Terms(offer.tier) if offer else Terms()
