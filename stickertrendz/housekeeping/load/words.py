"""Topics, titles and other words of the made-up shop."""

import json

MOODS = (
    "sleepy", "grumpy", "tiny", "brave", "dizzy", "cozy", "sneaky", "jolly", "shy", "proud", "chubby", "fluffy",
    "lazy", "clever", "silly", "gentle", "hungry", "bold", "lucky", "happy", "sassy", "curious", "mellow", "snug",
    "quirky", "dapper", "spooky", "sunny", "bubbly", "noble", "humble", "wobbly", "peppy", "rusty", "foggy",
    "frosty", "minty", "peachy", "velvet", "golden",
)  # fmt: skip
ANIMALS = (
    "otter", "capybara", "hamster", "frog", "raccoon", "axolotl", "corgi", "duck", "goose", "hedgehog", "possum",
    "ferret", "llama", "sloth", "badger", "fox", "owl", "crab", "gecko", "moth", "snail", "koala", "panda",
    "penguin", "seal", "walrus", "beaver", "squirrel", "rabbit", "mole", "toad", "turtle", "newt", "bee", "wombat",
    "lemur", "alpaca", "yak", "moose", "heron", "puffin", "pigeon", "kitten", "puppy", "piglet", "lamb", "calf",
    "foal", "chick", "duckling",
)  # fmt: skip
DEEDS = (
    "camping", "reading", "skating", "baking", "fishing", "gardening", "napping", "dancing", "juggling", "surfing",
    "knitting", "painting", "hiking", "singing", "rowing", "cycling", "stargazing", "drumming", "sewing", "brewing",
    "sledding", "typing", "jogging", "studying", "diving", "climbing", "waving", "melting", "floating", "posing",
    "thinking", "sipping", "snacking", "yawning", "bowing", "sailing", "digging", "bathing", "bouncing", "drifting",
)  # fmt: skip
PHRASES = len(MOODS) * len(ANIMALS) * len(DEEDS)
STYLES = ("Kawaii", "Cartoon", "Retro", "Minimal", "Watercolor")
CATEGORIES = ("Animals", "Food", "Humor", "Nature", "Hobbies")
DESCRIPTION = (
    "Meet the {topic}: a small cartoon with bold outlines and bright colors. It looks good on a laptop, a phone "
    'case or a notebook.\n\n--- What You Get ---\n- 1x premium vinyl sticker (3" x 3" or 4" x 4")\n- Waterproof and '
    "scratch resistant\n- Free shipping in the US\n\n--- Care ---\nHand wash what it is stuck on.\n\n"
    "Design no. ST-{number:06d}"
)
REJECTED = (
    "Too close to a brand",
    "Text in the picture",
    "Not cute enough",
    "automatic: violence 0.82",
    "Blurred lines",
)
TAGS = (
    "vinyl sticker", "laptop sticker", "water bottle sticker", "waterproof decal", "funny sticker", "cute sticker",
    "animal lovers", "gift for friends", "sticker for car", "kawaii decal", "free shipping",
)  # fmt: skip
JUDGED = json.dumps({
    "harassment": 0.0065, "harassment/threatening": 0.0096, "hate": 0.0167, "hate/threatening": 0.0032,
    "illicit": 0.0107, "illicit/violent": 0.0027, "self-harm": 0.0031, "self-harm/instructions": 0.0007,
    "self-harm/intent": 0.0019, "sexual": 0.0101, "sexual/minors": 0.0004, "violence": 0.0211,
    "violence/graphic": 0.0051,
})  # fmt: skip
MEASURED = json.dumps({
    "side": 1024, "bytes": 850421, "print_bytes": 1049576, "dpi_3in": 262, "dpi_4in": 196, "width": 1024,
    "height": 1024, "opaque_share": 0.3737, "transparent_share": 0.6247, "blank_share": 0.6247, "aspect": 0.941,
    "components": 1, "holes": 0, "edge_pixels": 0,
})  # fmt: skip
CHECKED = json.dumps([
    {"name": "wrong_size", "label": "Side of the picture", "number": 1024, "limit": "1024 by 1024 pixels", "ok": True},
    {"name": "file_size", "label": "Bytes of the picture", "number": 850421, "limit": "50 KB to 5 MB", "ok": True},
    {"name": "components", "label": "Parts", "number": 1, "limit": "1", "ok": True},
])  # fmt: skip


def phrase(number: int) -> tuple[str, str, str]:
    """The mood, animal and deed of that number; one that is not PHRASES apart is another."""
    mixed = number * 7919 % PHRASES
    rest, mood = divmod(mixed, len(MOODS))
    deed, animal = divmod(rest, len(ANIMALS))
    return MOODS[mood], ANIMALS[animal], DEEDS[deed % len(DEEDS)]


def topic(number: int) -> str:
    return " ".join(phrase(number))
