"""Three image prompts per trend: three compositions, each in the shop's sticker style, each past the blocklists."""

from dataclasses import dataclass
from itertools import combinations

from pydantic import BaseModel, Field

from stickertrendz.ops import prompt_files
from trends import blocklists
from trends.models import Trend

from .ask import ask

DESIGNS_PER_TREND = 3
CALMER = ", centered, simple composition"
APART = 3  # words by which two designs must differ at least


class ImagePrompt(BaseModel):
    composition: str = Field(min_length=2, max_length=60)
    prompt: str = Field(min_length=10, max_length=600)


class ImagePrompts(BaseModel):
    prompts: list[ImagePrompt]


@dataclass(frozen=True)
class Design:
    composition: str
    prompt: str


def write(trend: Trend) -> list[Design]:
    """Asks the model for three designs. Raises Unusable when it has none that we may draw."""
    asked = prompt_files.load("stickers", "image_prompts").filled(topic=trend.topic)
    answer = ask("image_prompts", asked, ImagePrompts, trend, _complaint)
    return [Design(each.composition, styled(concept_of(each.prompt))) for each in answer.prompts]


def styled(concept: str) -> str:
    return prompt_files.load("stickers", "sticker_image").filled(concept=concept).user


def negative() -> str:
    """What the image model is told to leave out."""
    return prompt_files.load("stickers", "sticker_image").system


def version() -> str:
    return prompt_files.load("stickers", "sticker_image").version


def calmer(prompt: str) -> str:
    """The prompt for another try after a picture failed the checks."""
    concept = concept_of(prompt)
    return prompt if concept.endswith(CALMER) else styled(concept + CALMER)


def concept_of(prompt: str) -> str:
    """What is drawn, without the shop's style sentences around it: they name brands and logos only to forbid them."""
    lead, _, style = prompt_files.load("stickers", "sticker_image").user.partition("$concept")
    text = " ".join(prompt.split())
    return text.removeprefix(lead).removesuffix(style).rstrip(". ")


def _complaint(answer: ImagePrompts) -> str:
    if len(answer.prompts) != DESIGNS_PER_TREND:
        return f"{len(answer.prompts)} prompts instead of {DESIGNS_PER_TREND}"
    concepts = [concept_of(each.prompt) for each in answer.prompts]
    if blocked := [hit.term for concept in concepts for hit in blocklists.find(concept)]:
        return f"a prompt names {', '.join(blocked)}, which is on a blocklist"
    names = {each.composition.strip().casefold() for each in answer.prompts}
    alike = any(len(_words(one) ^ _words(other)) < APART for one, other in combinations(concepts, 2))
    return "the designs are too much alike" if alike or len(names) < DESIGNS_PER_TREND else ""


def _words(concept: str) -> set[str]:
    return set(concept.casefold().replace(",", " ").split())
