"""Asks the model until its answer passes our own rules, a few times at most, and keeps every answer."""

from collections.abc import Callable
from dataclasses import replace
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


def ask(
    purpose: str, prompt: Prompt, shape: type[Shape], about: Model, complaint: Callable[[Shape], str],
    answers: int = MOST_ANSWERS,
) -> Shape:  # fmt: skip
    """The first answer without a complaint; the model is told what was wrong with the one before.

    Raises Unusable after so many answers, or when the model refuses.
    """
    wrong = ""
    for _ in range(answers):
        asked = _corrected(prompt, wrong)
        try:
            answer = openai.complete(purpose, asked, shape, subject=subject_of(about))
        except openai.Malformed as malformed:
            _keep(purpose, asked, about, malformed)
            wrong = malformed.message
            if malformed.refused:
                break
            continue
        _keep(purpose, asked, about, answer)
        wrong = complaint(answer.parsed)
        if not wrong:
            return answer.parsed
    raise Unusable(f"The model gave no usable answer for {purpose.replace('_', ' ')}: {wrong}")


def _corrected(prompt: Prompt, wrong: str) -> Prompt:
    if not wrong:
        return prompt
    return replace(prompt, user=f"{prompt.user}\n\nYour last answer could not be used: {wrong}. Answer anew.")


def _keep(purpose: str, prompt: Prompt, about: Model, answer: "openai.Completion[Shape] | openai.Malformed") -> None:
    transcripts.record(
        purpose, subject=subject_of(about), model=answer.model, prompt_version=prompt.version, request=answer.request,
        answer=answer.answer, cost_micro=answer.cost_micro,
    )  # fmt: skip
