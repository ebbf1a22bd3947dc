"""Figures as mails write them."""

from decimal import Decimal

from django import template

from stickertrendz import money

register = template.Library()


@register.filter
def whole(figure: Decimal) -> str:
    return f"{figure:.0f}"


@register.filter
def dollars(amount: Decimal) -> str:
    return f"{money.cents(amount):,}"


@register.filter
def size(amount: Decimal) -> Decimal:
    """Without its sign."""
    return abs(amount)


@register.filter
def micro_dollars(amount: int) -> str:
    return dollars(money.from_micro(amount))
