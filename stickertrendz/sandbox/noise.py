"""Everyday chatter, news, brands and sport: what a sticker shop must learn to pass over."""

import re
from random import Random

from stickertrendz.sandbox.vocabulary import word_set

SUBREDDITS = word_set(
    "all popular memes funny trending aww cats dogs animals eyebleach rarepuppers cute wholesomememes "
    "mademesmile pics mildlyinteresting interestingasfuck oddlysatisfying nextfuckinglevel beamazed art "
    "drawing crafts stickers etsy plants houseplants gardening succulents mushrooms food baking coffee "
    "tea boba sushi ramen camping hiking outdoors space astronomy gaming books music anime comics meirl "
    "me_irl dankmemes adorableart kawaii frogs capybara axolotl sloths otters birbs foxes rabbits "
    "hedgehog raccoons turtles nails cottagecore teachers nursing college studentlife gymmemes "
    "programmerhumor catmemes dogmemes bettereveryloop unexpected todayilearned news worldnews politics "
    "sports askreddit videos showerthoughts lifeprotips natureisfuckinglit crochet knitting pottery vinyl "
    "diy"
)
OPENERS = (
    "My {who} and I {did} the {thing} {when}", "Finally {did} the {thing} after {count} months",
    "Is it normal that the {thing} {noise}?",
    "Found this {look} {thing} {where}", "The {thing} {where} has {count} {bits}", "Today I {did} a {look} {thing}",
    "What a {look} {thing}",
    "Anyone else {did} their {thing} {when}?", "This {thing} has been {where} for {count} years",
    "TIL the first {thing} had {count} {bits}",
    "The way this {thing} {noise} {when}", "{count} {bits} later, the {thing} is done",
    "My {who} says the {thing} {noise}, who is right?",
    "A {look} {thing} I saw {where}", "Before and after: {count} days of {did} {thing}",
    "Nobody told me the {thing} {noise}",
    "POV: your {who} {did} the {thing} again", "I regret nothing about this {look} {thing}",
    "Took {count} tries but the {thing} {noise} now",
    "Help, the {thing} my {who} {did} {noise}", "How do I tell my {who} about the {thing} {where}?", "me_irl",
    "Monday again",
    "The {look} {thing} at my {who}'s place", "Unpopular opinion: every {thing} {noise} {when}",
)  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "who": ("roommate", "grandpa", "landlord", "sister", "uncle", "manager", "neighbor", "teacher", "cousin",
    "barista", "dentist", "coworker", "aunt", "partner"),
    "did": ("painted", "repaired", "ordered", "cleaned", "measured", "rented", "returned", "rebuilt", "photographed",
    "washed", "sold", "assembled", "labelled", "moved"),
    "thing": (
        "staircase", "washing machine", "ladder", "parking meter", "spreadsheet", "garage door", "bookshelf",
        "elevator", "window frame", "wardrobe", "keyboard",
        "dishwasher", "mattress", "receipt", "bus stop", "doorbell", "fence", "toaster oven", "printer",
        "wheelbarrow", "microwave", "vending machine", "gravel path",
        "inbox", "bathroom tile", "sofa", "office chair", "radiator", "mailbox", "traffic cone", "bridge", "drill",
        "carpet", "shopping cart", "tape measure", "gutter",
        "ceiling fan", "suitcase", "hallway", "laminate floor", "water heater", "shoe rack", "zipper", "whiteboard",
        "extension cord", "stapler",
    ),
    "when": ("last night", "before breakfast", "during the meeting", "on a Sunday", "at midnight", "this spring",
    "in the rain", "over lunch", "for the third time"),
    "noise": ("hums", "leans to the left", "smells of paint", "works", "squeaks", "never fits", "looks bigger online",
    "turns blue", "drips", "blinks", "is overrated"),
    "look": ("crooked", "enormous", "suspicious", "half-finished", "century-old", "beige", "unlabelled",
    "perfectly square", "rusty", "spotless", "cheap", "discontinued"),
    "where": ("in the basement", "at the station", "behind the school", "on the ferry", "at the dump", "in the attic",
    "next to the motorway", "at work", "in Ohio"),
    "bits": ("screws", "buttons", "drawers", "stickers left on it", "layers of paint", "coupons", "cables", "keys",
    "panels", "rejected forms"),
}  # fmt: skip

BRANDS = (
    "starbucks bear cup", "nike panda dunks", "disney castle cake", "pokemon vending machine", "pikachu rain boots",
    "hello kitty mug", "lego frog set",
    "ikea shark plush", "costco hot dog", "mcdonalds happy meal toy", "coca cola polar bear", "sanrio surprise box",
    "minecraft axolotl toy",
    "spider-man beanie", "mickey mouse waffle", "nintendo mushroom lamp", "squishmallow capybara drop",
    "stanley cup tumbler", "tesla recall", "crocs strawberry charm",
)  # fmt: skip
UNSAFE = (
    "school shooting", "plane crash victims", "senate election recount", "earthquake death toll",
    "hurricane evacuation", "police protest downtown",
    "hospital fire", "president impeachment vote", "missile attack", "celebrity overdose", "border immigration raid",
    "train derailment victims",
    "abortion ruling", "dam collapse", "cat abuse arrest", "zoo bear shot dead", "parliament corruption scandal",
    "serial killer trial",
)  # fmt: skip
DULL = (
    "overtime goal", "weather radar", "mega jackpot numbers", "student loan update", "quarterback injury",
    "solar eclipse time", "playoff bracket",
    "gas prices", "mortgage rates", "series finale ending", "winter storm warning", "stimulus check date",
    "transfer rumors", "box office weekend",
    "crossword answers", "daylight saving time", "power outage map", "draft picks", "air quality index",
    "airport delays",
)  # fmt: skip
EVENT_TITLES = (
    "{Topic}: what we know so far", "{Topic} megathread", "So the {topic} is everywhere now",
    "Everyone is talking about the {topic}", "Thoughts on the {topic}?",
    "{Topic}, explained", "The {topic} got worse overnight", "Live: {topic}",
)  # fmt: skip
STICKER_TITLES = (
    "This {topic} made my whole day", "{Topic}. That's it, that's the post",
    "I drew a {topic} and I can't stop smiling", "Need more {topic} content please",
    "A {topic} to brighten your feed", "Why is everyone posting the {topic} and why do I love it",
    "The {topic} is my spirit animal", "{Topic} supremacy",
    "Saw a {topic} and thought of you all", "Petition to make the {topic} our mascot", "Current mood: {topic}",
    "{Topic} again because we deserve it",
    "My desk needs this {topic}", "{Topic} but every day it gets cuter", "Someone made a {topic} and it is perfect",
    "#{tag} is taking over",
)  # fmt: skip


def everyday_title(rng: Random) -> str:
    words = {slot: rng.choice(choices) for slot, choices in WORDS.items()}
    return rng.choice(OPENERS).format(count=rng.randint(2, 40), **words)


def title_about(topic: str, templates: tuple[str, ...], rng: Random) -> str:
    title = rng.choice(templates).format(
        topic=topic, Topic=topic[:1].upper() + topic[1:], tag=topic.title().replace(" ", "")
    )
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", title)
