"""Everything publishing stands on, looked at one by one: what is well, what is not, and what to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from fulfillment import costs
from pricing.models import Tier
from stickers import mockup_templates
from stickers.models import Sticker
from stickertrendz import clock
from stickertrendz.ops import breaker, meters, storage, switches
from stickertrendz.ops.errors import Halt, NeedsPerson, OutsideError, Refused

from . import budget, oauth, room, setup
from .adapters import account, shop, tokens
from .models import SetupObject, Token
from .oauth import CONNECT

Kind = SetupObject.Kind
SIZES = ("3in", "4in")
SET_UP = "Run manage.py etsy_setup, or Shop set-up in the console."
KEYS = f"Asking again does not help: check ETSY_API_KEY, ETSY_API_SECRET and ETSY_SHOP_ID, or connect anew. {CONNECT}"


class Trouble(Exception):
    """Something stands in the way of publishing; `warns` when not yet."""

    def __init__(self, says: str, do: str, *, warns: bool = False) -> None:
        super().__init__(says)
        self.says, self.do, self.warns = says, do, warns


@dataclass(frozen=True)
class Check:
    """`look` says what is well in a few words, or raises Trouble. calls: how many it makes at Etsy."""

    name: str
    look: Callable[[], str]
    calls: int = 0


@dataclass(frozen=True)
class Finding:
    """level: ok | warning | blocks."""

    check: str
    level: str
    says: str
    do: str = ""


def run() -> list[Finding]:
    """Every check, in their order; those that would ask Etsy are left out when it cannot be asked."""
    found: list[Finding] = []
    for check in CHECKS:
        blocked = [one.check for one in found if one.level == "blocks" and one.check in GATES]
        if check.calls and blocked:
            found.append(Finding(check.name, "blocks", "not looked at", f"Mend this first: {', '.join(blocked)}."))
        else:
            found.append(_judge(check))
    return found


def calls() -> int:
    """How many calls at Etsy a whole preflight makes."""
    return sum(check.calls for check in CHECKS)


def blocks(found: Sequence[Finding]) -> bool:
    return any(one.level == "blocks" for one in found)


def _judge(check: Check) -> Finding:
    try:
        return Finding(check.name, "ok", check.look())
    except Trouble as trouble:
        return Finding(check.name, "warning" if trouble.warns else "blocks", trouble.says, trouble.do)
    except OutsideError as error:
        do = KEYS if error.permanent else "Look again in a few minutes."
        return Finding(check.name, "blocks", f"Etsy said: {error.message}", do)
    except Refused as refused:
        return Finding(check.name, "blocks", refused.why, f"Look again after {refused.until:%H:%M} UTC.")
    except (NeedsPerson, Halt) as error:
        return Finding(check.name, "blocks", str(error))


def _connection() -> str:
    token = Token.objects.filter(shop_id=settings.ETSY_SHOP_ID).first()
    if token is None:
        raise Trouble("Etsy is not connected", CONNECT)
    left = oauth.days_left(token, clock.now())
    if not left:
        raise Trouble("the consent has ended: 90 days without a call", CONNECT)
    if left < oauth.WARN_DAYS:
        raise Trouble(f"{left} of 90 days left", "Let any job talk to Etsy, for example order_sync.", warns=True)
    return f"consent of {token.created_at:%Y-%m-%d}, {left} of 90 days left"


def _switches() -> str:
    for name in ("etsy", "publishing"):
        if switch := switches.thrown(name):
            raise Trouble(f"{switch.get_name_display()} is halted: {switch.reason}", "Clear the switch in the console.")
    return "none is thrown"


def _breaker() -> str:
    if until := breaker.is_open("etsy"):
        raise Trouble(f"Etsy rests until {until:%H:%M} UTC after failures", "Wait; it is then asked again by itself.")
    return "no pause after failures"


def _budget() -> str:
    level = meters.level("etsy")
    used, most = level.used + calls(), budget.thresholds(level.limit)
    if used >= most["all"]:
        raise Trouble(f"{level.used} of {level.limit} calls used in 24 hours", "Wait; calls come back hour by hour.")
    if used >= most["stats"]:
        raise Trouble(f"{level.used} of {level.limit} calls used in 24 hours", "Prices wait first.", warns=True)
    return f"{level.used} of {level.limit} calls used in 24 hours"


def _fees() -> str:
    try:
        room.check_fees()
    except Refused as refused:
        do = "Wait, or raise MAX_LISTINGS_PER_DAY or LISTING_FEES_MONTHLY_CAP_USD."
        raise Trouble(str(refused), do, warns=True) from refused
    return f"{meters.level('listings').left} listings left today"


def _pictures() -> str:
    try:
        mockups = len(mockup_templates.load(mockup_templates.FOLDER))
    except mockup_templates.BadTemplate as error:
        raise Trouble(str(error), "Mend or remove that mockup template.") from error
    waiting = Sticker.objects.filter(status="approved", shelf="wanted").exclude(listings__status="active")
    sticker = waiting.order_by("-pk").first()
    if sticker is None:
        return f"{mockups} mockup templates; no design waits"
    _readable(sticker)
    return f"{mockups} mockup templates; the pictures of {sticker.number} can be read"


def _readable(sticker: Sticker) -> None:
    try:
        for key in sticker.listing_images:
            storage.load("public", key)
    except (OSError, BotoCoreError, ClientError) as error:
        do = "Check the storage's settings; the files are sent to Etsy from there."
        raise Trouble(f"a picture of {sticker.number} cannot be read", do) from error
    if not sticker.listing_images:
        raise Trouble(f"{sticker.number} has no listing pictures", "Make them again on the design's page.")


def _prices() -> str:
    if not Tier.objects.exists():
        raise Trouble("there are no price tiers", "Add them under Tiers in the console.")
    known = costs.table()
    for size in SIZES:
        costs.dearest(known, size)
    return "tiers, print costs and shipping rates are known"


def _maker() -> str:
    """What the settings alone can prove; whether Etsy knows the partner is another check."""
    who, provider = settings.ETSY_WHO_MADE, settings.FULFILLMENT_PROVIDER
    do = "Name the printer's id in ETSY_PRODUCTION_PARTNER_IDS, with ETSY_WHO_MADE=someone_else."
    if settings.ETSY_PRODUCTION_PARTNER_IDS:
        return who
    if who == "someone_else":
        do = "You print yourself: set ETSY_WHO_MADE=i_did." if provider == costs.BY_HAND else do
        raise Trouble("someone_else makes the stickers, but no production partner is named", do)
    if provider != costs.BY_HAND:
        raise Trouble(f"{provider} prints, but no production partner is named, as Etsy's policy wants", do, warns=True)
    return who


def _made() -> str:
    when, year = settings.ETSY_WHEN_MADE, clock.today().year
    if when.startswith("2020_") and when != f"2020_{year}":
        raise Trouble(
            f"Etsy refuses {when} since the turn of the year", f"Set ETSY_WHEN_MADE to made_to_order or 2020_{year}."
        )
    return when


def _scopes() -> str:
    granted = account.scopes(oauth.access_token())
    if missing := sorted(set(tokens.SCOPES) - set(granted)):
        raise Trouble(f"{', '.join(missing)} missing", CONNECT)
    return f"all {len(tokens.SCOPES)} granted"


def _shop() -> str:
    facts = account.facts()
    if facts.currency != "USD":
        raise Trouble(
            f"the shop sells in {facts.currency}", "Prices here are US dollars: set the shop's currency to USD."
        )
    if facts.on_vacation:
        raise Trouble("the shop is on vacation", "End it in Shop Manager › Settings › Options.")
    if facts.active >= settings.MAX_ACTIVE_LISTINGS:
        says = f"{facts.active} of {settings.MAX_ACTIVE_LISTINGS} listings are on sale"
        raise Trouble(says, "The archiver frees slots first, or raise MAX_ACTIVE_LISTINGS.", warns=True)
    return f"{facts.name} sells in USD, {facts.active} listings on sale"


def _category() -> str:
    try:
        asked = shop.properties(setup.ids().taxonomy)
    except OutsideError as error:
        if error.status != 404:
            raise
        raise Trouble("Etsy has no such category any more", SET_UP) from error
    if demand := setup.demands(asked):
        raise Trouble(demand, "Etsy may refuse to put listings on sale; tell the developer.", warns=True)
    return "asks for nothing more"


def _still_there(kind: str, there: Callable[[], set[int]]) -> Callable[[], str]:
    def look() -> str:
        kept = SetupObject.objects.filter(kind=kind)
        gone = sorted(str(row) for row in kept.exclude(etsy_id__in=there()))
        if gone or not kept:
            raise Trouble(f"{', '.join(gone)} gone from Etsy" if gone else "not set up yet", SET_UP)
        return ", ".join(str(row.etsy_id) for row in kept)

    return look


def _partners() -> str:
    wanted, there = settings.ETSY_PRODUCTION_PARTNER_IDS, {one.etsy_id: one.name for one in account.partners()}
    if unknown := [str(one) for one in wanted if one not in there]:
        known = ", ".join(f"{etsy_id} ({name})" for etsy_id, name in there.items()) or "none"
        do = f"Correct ETSY_PRODUCTION_PARTNER_IDS, or add the partner in Shop Manager. Etsy knows: {known}."
        raise Trouble(f"Etsy knows no partner {', '.join(unknown)}", do)
    return ", ".join(there[one] for one in wanted) or "none needed"


GATES = ("Connection", "Switches", "Breaker", "Calls")
CHECKS = (
    Check("Connection", _connection),
    Check("Switches", _switches),
    Check("Breaker", _breaker),
    Check("Calls", _budget),
    Check("Listings and fees", _fees),
    Check("Pictures", _pictures),
    Check("Prices", _prices),
    Check("Who makes it", _maker),
    Check("When it is made", _made),
    Check("Rights", _scopes, calls=1),
    Check("Shop", _shop, calls=1),
    Check("Category", _category, calls=1),
    Check(
        "Processing profile", _still_there(Kind.READINESS, lambda: {o.etsy_id for o in shop.readiness_profiles()}), 1
    ),
    Check("Return policy", _still_there(Kind.RETURNS, lambda: {o.etsy_id for o in shop.return_policies()}), 1),
    Check("Shipping profile", _still_there(Kind.SHIPPING, lambda: {o.etsy_id for o in shop.shipping_profiles()}), 1),
    Check("Sections", _still_there(Kind.SECTION, lambda: {o.etsy_id for o in shop.sections()}), 1),
    Check("Production partner", _partners, calls=1),
)
