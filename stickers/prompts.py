"""Three image prompts per trend: three compositions, in the shop's sticker style, past its rules and blocklists."""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from pydantic import BaseModel, Field

from stickertrendz.ops import prompt_files
from trends import blocklists
from trends.models import Trend
from trends.normalise import stems

from .ask import ask

DESIGNS_PER_TREND = 3
CALMER = ", centered, simple composition"
APART = 3  # word stems by which two designs must differ at least
MOST_ANSWERS = 2
LEAST_LENGTH, MOST_LENGTH = 10, 600
# What asks the image model for writing, which it misspells, or for what belongs to somebody: even "no logo" does.
FORBIDDEN = {
    "writing": r"[\"“”«»]|\b(texts?|words?|letters?|lettering|captions?|slogans?|typography|alphabet|numbers?|digits?|"
    r"watermarks?|signatures?|saying|that (says|reads)|spelling|written)\b",
    "somebody's brand": r"\b(logos?|brands?|branded|trademark(s|ed)?|copyright(s|ed)?|officially licensed)\b",
    "somebody's character or style": r"\b(in the style of|inspired by|fan ?art|as seen in|cosplay|celebrity|"
    r"from the (movie|film|show|series|cartoon|anime|game|video game|comic|book|franchise))\b",
}


class Composition(StrEnum):
    """The arrangements we tell apart; `image_prompts.txt` explains each to the model."""

    FULL_BODY = "full body"
    CLOSE_UP = "close-up portrait"
    BADGE = "round badge"
    PROP = "with one big prop"
    SCENE = "small scene"
    POSE = "action pose"


class ImagePrompt(BaseModel):
    composition: Composition
    prompt: str = Field(min_length=LEAST_LENGTH, max_length=MOST_LENGTH)


class ImagePrompts(BaseModel):
    prompts: list[ImagePrompt]


@dataclass(frozen=True)
class Design:
    composition: str
    prompt: str


def write(trend: Trend) -> list[Design]:
    """Asks the model for three designs, once more if they break a rule. Raises Unusable when none may be drawn."""
    asked = prompt_files.load("stickers", "image_prompts").filled(topic=trend.topic)
    answer = ask("image_prompts", asked, ImagePrompts, trend, _complaint, MOST_ANSWERS)
    return [Design(each.composition.value, styled(concept_of(each.prompt))) for each in answer.prompts]


def styled(concept: str) -> str:
    return prompt_files.load("stickers", "sticker_image").filled(concept=concept).user


def negative() -> str:
    """What the image model is told to leave out."""
    return prompt_files.load("stickers", "sticker_image").system


def version() -> str:
    return prompt_files.load("stickers", "sticker_image").version


def concept_version() -> str:
    return prompt_files.load("stickers", "image_prompts").version


def calmer(prompt: str) -> str:
    """The prompt for another try after a picture failed the checks."""
    concept = concept_of(prompt)
    return prompt if concept.endswith(CALMER) else styled(concept + CALMER)


def concept_of(prompt: str) -> str:
    """What is drawn, without the shop's style sentences around it: they name brands and logos only to forbid them."""
    lead, _, style = prompt_files.load("stickers", "sticker_image").user.partition("$concept")
    text = " ".join(prompt.split())
    return text.removeprefix(lead).removesuffix(style).rstrip(". ")


def objections(concept: str) -> list[str]:
    """Why a concept may not be drawn, in words for whoever wrote it; empty when it may."""
    asks_for = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, concept, re.IGNORECASE)]
    named = dict.fromkeys(f"“{hit.term}”, which is on a blocklist" for hit in blocklists.find(concept))
    return [*(f"it asks for {what}" for what in asks_for), *(f"it names {each}" for each in named)]


def _complaint(answer: ImagePrompts) -> str:
    if len(answer.prompts) != DESIGNS_PER_TREND:
        return f"{len(answer.prompts)} prompts instead of {DESIGNS_PER_TREND}"
    concepts = [concept_of(each.prompt) for each in answer.prompts]
    wrong = [f"prompt {number}: {why}" for number, one in enumerate(concepts, 1) for why in objections(one)]
    if len({each.composition for each in answer.prompts}) < DESIGNS_PER_TREND:
        wrong.append("two designs have the same composition")
    if any(len(set(stems(one)) ^ set(stems(other))) < APART for one, other in combinations(concepts, 2)):
        wrong.append("two designs are too much alike: they differ in fewer than three words")
    return "; ".join(wrong)
