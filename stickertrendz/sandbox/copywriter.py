"""The words the sandbox model writes: image prompts in the owner's sticker style and listing copy."""

import re
from random import Random
from typing import Any

from stickertrendz.sandbox.rubric import sticker_nouns_in
from stickertrendz.sandbox.vocabulary import CREATURES, FOODS, MOODS, PLANTS

# One sentence each: the shop adds the style words itself.
COMPOSITIONS = (
    ("full body", "A die-cut vinyl sticker design of {topic}, full body, facing the viewer."),
    ("close-up portrait", "A die-cut vinyl sticker design of {topic}, close-up portrait of the face."),
    ("round badge", "A die-cut vinyl sticker design of {topic} inside a round badge with small stars."),
)
AUDIENCES = (
    "gift for students",
    "gift for coworkers",
    "best friend gift",
    "gift for teachers",
    "gift for her",
    "gift for him",
)
LOVERS = {"Animals": "animal lovers", "Food": "foodie gift", "Plants": "plant parents"}
SMALL_WORDS = frozenset({"in", "on", "with", "of"})
PLACES = ("a laptop", "a water bottle", "a notebook", "a phone case", "a lunch box")


def image_prompts(topic: str) -> dict[str, Any]:
    plain = _plain(topic)
    one = f"{'an' if plain[0] in 'aeiou' else 'a'} {plain}"
    return {"prompts": [{"composition": name, "prompt": lead.format(topic=one)} for name, lead in COMPOSITIONS]}


def listing_copy(topic: str, design: str) -> dict[str, Any]:
    plain = _plain(topic)
    rng = Random(f"{plain}|{design}")
    words = plain.split()
    nouns = sorted(sticker_nouns_in(words), key=plain.find)
    subject = nouns[0] if nouns else words[-1]
    mood = next((w for w in words if w in MOODS), "cute")
    category = _category(subject)
    one, two = rng.sample(PLACES, 2)
    description = (
        f"Meet the {plain}: a small cartoon with bold outlines and bright colors. "
        f"It looks good on {one} or {two} and makes a friendly little gift for anyone who loves {_plural(subject)}."
    )
    return {
        "topic_title": " ".join(
            w if w in SMALL_WORDS else w.capitalize() for w in words if w not in ("a", "an", "the")
        ),
        "style": rng.choice(("Cute Cartoon", "Kawaii", "Bold Cartoon")),
        "category": category,
        "description": description,
        "topic_tags": _topic_tags(subject, mood),
        "audience_tags": [LOVERS.get(category, "funny gift"), *rng.sample(AUDIENCES, 2)],
    }


def _topic_tags(subject: str, mood: str) -> list[str]:
    wished = [f"{subject} sticker", f"{mood} {subject}", f"{mood} sticker", f"{subject} lover", f"{subject} decal"]
    # Always short enough, so that seven are left when the subject is long.
    spare = [f"funny {subject}", "laptop sticker", "water bottle sticker", "cute vinyl decal", "kawaii sticker"]
    fitting = [tag for tag in dict.fromkeys([*wished, *spare, "notebook decal", "happy little art"]) if len(tag) <= 20]
    return fitting[:7]


def _plain(topic: str) -> str:
    words = re.findall(r"[a-z0-9']+", topic.lower())[:10] or ["friendly", "doodle"]
    return " ".join(words[1:] if words[0] in ("a", "an", "the") and len(words) > 1 else words)


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    return noun if noun in ("sheep", "deer", "ramen", "sushi", "boba", "toast", "coffee", "tea") else noun + "s"


def _category(subject: str) -> str:
    groups = {"Animals": CREATURES, "Food": FOODS, "Plants": PLANTS}
    return next((name for name, members in groups.items() if subject in members), "Fun")
