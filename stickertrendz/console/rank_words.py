"""What each term of the rank means, in the operator's words."""

from dataclasses import dataclass

MEANINGS = {
    "velocity": "How much faster its fastest post gains points than is usual for that subreddit.",
    "speed": "How fast its posts gain points, whatever the subreddit.",
    "acceleration": "Whether its posts are still gaining speed or slowing down.",
    "cross_source": "It is talked about on more than one platform.",
    "spread": "In how many different subreddits and feeds it was seen.",
    "evidence": "How many different posts and searches carry it.",
    "recurrence": "Its posts were met again in later cycles, so it lasts.",
    "freshness": "How lately it was seen; halves every day.",
    "drawable": "It names things that can be drawn, and words that make them charming.",
    "wearable": "Somebody may want to wear it.",
    "specific": "It says more than one word: a thing doing something, not just a thing.",
    "talk": "How much its posts are commented on.",
}
VETOES = {
    "tragedy": "Somebody died or suffers: nothing to wear.",
    "politics": "It takes sides in politics.",
    "sex": "It is about sex.",
    "private_person": "It is about somebody who is not a public figure.",
}


@dataclass(frozen=True)
class Term:
    """One term of a rank: how far its bar reaches, out of the widest bar."""

    name: str
    value: float
    meaning: str
    veto: bool

    @property
    def bar(self) -> float:
        return abs(self.value)


def terms(parts: dict[str, float]) -> list[Term]:
    """Vetoes first, then what weighs most; terms that weigh nothing stay, so that it is seen what was missing."""
    return sorted((_term(name, value) for name, value in parts.items()), key=lambda term: (not term.veto, -term.bar))


def widest(found: list[Term]) -> float:
    return max((term.bar for term in found if not term.veto), default=0) or 1.0


def _term(name: str, value: float) -> Term:
    plain = name.removeprefix("veto_")
    if plain != name:
        return Term(plain.replace("_", " "), value, VETOES.get(plain, "A veto: it is never scored."), veto=True)
    return Term(name.replace("_", " "), value, MEANINGS.get(name, "A part of the rank."), veto=value < 0)
