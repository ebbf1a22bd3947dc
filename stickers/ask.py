"""Asks the model until its answer passes our own rules, at most three times, and keeps every answer."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model
from pydantic import BaseModel

from stickertrendz.adapters import openai
from stickertrendz.ops import transcripts
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.prompt_files import Prompt
from stickertrendz.ops.subjects import subject_of

MOST_ANSWERS = 3
Shape = TypeVar("Shape", bound=BaseModel)


class Unusable(NeedsPerson):
    """The model refused, or none of its answers could be used; the text says what was wrong with the last."""


def ask(purpose: str, prompt: Prompt, shape: type[Shape], about: Model, complaint: Callable[[Shape], str]) -> Shape:
    """The first answer without a complaint. Raises Unusable after three, or when the model refuses."""
    wrong = ""
    for _ in range(MOST_ANSWERS):
        try:
            answer = openai.complete(purpose, prompt, shape, subject=subject_of(about))
        except openai.Malformed as malformed:
            _keep(purpose, prompt, about, malformed)
            wrong = malformed.message
            if malformed.refused:
                break
            continue
        _keep(purpose, prompt, about, answer)
        wrong = complaint(answer.parsed)
        if not wrong:
            return answer.parsed
    raise Unusable(f"The model gave no usable answer for {purpose.replace('_', ' ')}: {wrong}")


def _keep(purpose: str, prompt: Prompt, about: Model, answer: "openai.Completion[Shape] | openai.Malformed") -> None:
    transcripts.record(
        purpose, subject=subject_of(about), model=answer.model, prompt_version=prompt.version, request=answer.request,
        answer=answer.answer, cost_micro=answer.cost_micro,
    )  # fmt: skip
