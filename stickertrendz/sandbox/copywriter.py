"""The words the sandbox model writes: image prompts in the owner's sticker style and listing copy."""

import re
from random import Random
from typing import Any

from stickertrendz.sandbox.rubric import STICKER_NOUNS, sticker_nouns_in
from stickertrendz.sandbox.vocabulary import CREATURES, FOODS, MOODS, PLANTS

STYLE = (
    "Bold black outlines, vibrant colors, white background, cartoon illustration style, simple and clean, "
    "suitable for laptop or water bottle sticker. No text, no words, no letters, no brand names, no logos. "
    "High contrast, fun and trendy aesthetic."
)
COMPOSITIONS = (
    ("full body", "A die-cut vinyl sticker design of a {topic}, full body, facing the viewer. "),
    ("close-up portrait", "A die-cut vinyl sticker design of a {topic}, close-up portrait of the face. "),
    ("round badge", "A die-cut vinyl sticker design of a {topic} inside a round badge with small stars. "),
)
AUDIENCES = (
    "students",
    "coworkers",
    "best friends",
    "teachers",
    "plant parents",
    "animal lovers",
    "gift for her",
    "gift for him",
    "nature lovers",
)
PLACES = ("a laptop", "a water bottle", "a notebook", "a phone case", "a lunch box")


def image_prompts(topic: str) -> dict[str, Any]:
    plain = _plain(topic)
    return {
        "prompts": [{"composition": name, "prompt": lead.format(topic=plain) + STYLE} for name, lead in COMPOSITIONS]
    }


def listing_copy(topic: str, design: str) -> dict[str, Any]:
    plain = _plain(topic)
    rng = Random(f"{plain}|{design}")
    words = plain.split()
    nouns = sorted(sticker_nouns_in(words), key=plain.find)
    subject = nouns[0] if nouns else words[-1]
    mood = next((w for w in words if w in MOODS), "cute")
    one, two = rng.sample(PLACES, 2)
    description = (
        f"Meet the {plain}: a small cartoon with bold outlines and bright colors. "
        f"It looks good on {one} or {two} and makes a friendly little gift for anyone who loves {_plural(subject)}."
    )
    tags = [
        f"{subject} sticker",
        f"{mood} {subject}",
        f"{mood} sticker",
        f"{subject} lover",
        f"{subject} decal",
        f"funny {subject}",
        "laptop sticker",
    ]
    return {
        "topic_title": " ".join(w if w in ("a", "an", "in", "on", "with", "of") else w.capitalize() for w in words)[
            :80
        ],
        "style": rng.choice(("Cute Cartoon", "Kawaii", "Bold Cartoon")),
        "category": _category(subject),
        "description": description,
        "topic_tags": [tag for tag in dict.fromkeys(tags) if len(tag) <= 20],
        "audience_tags": rng.sample([a for a in AUDIENCES if len(a) <= 20], 4),
    }


def _plain(topic: str) -> str:
    words = re.findall(r"[a-z0-9']+", topic.lower())[:10] or ["friendly", "doodle"]
    return " ".join(words[1:] if words[0] in ("a", "an", "the") and len(words) > 1 else words)


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    return noun if noun in ("sheep", "deer", "ramen", "sushi", "boba", "toast", "coffee", "tea") else noun + "s"


def _category(subject: str) -> str:
    groups = {"Animals": CREATURES, "Food": FOODS, "Plants": PLANTS}
    return next(
        (name for name, members in groups.items() if subject in members),
        "Objects" if subject in STICKER_NOUNS else "Fun",
    )
