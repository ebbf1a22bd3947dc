"""What is known of a model before it is asked, and of the words it was asked with afterwards."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from stickertrendz.ops import checks, prompt_files, transcripts
from stickertrendz.ops.models import Transcript


def written(folder: Path, words: str, number: int = 1) -> str:
    """The version of a prompt file that holds these words."""
    (folder / "trends" / "prompts").mkdir(parents=True, exist_ok=True)
    (folder / "trends" / "prompts" / "score.txt").write_text(f"version: {number}\n[system]\nJudge.\n[user]\n{words}\n")
    prompt_files.load.cache_clear()
    return prompt_files.load("trends", "score").version


def test_a_model_that_is_not_in_the_table_is_an_error_that_says_what_to_do(settings: Settings) -> None:
    assert checks.model_has_prices() == []
    settings.OPENAI_MODEL = "gpt-9"
    (found,) = checks.model_has_prices()
    assert "gpt-9" in found.msg
    assert found.hint
    assert "gpt-6-luna" in found.hint
    assert "OPENAI_MODELS in settings.py" in found.hint


@pytest.mark.parametrize(
    ("row", "lacks"),
    [
        ({"input": None}, "lacks input"),
        ({"output": None}, "lacks output"),
        ({"parameters": {"reasoning_effort": "none"}}, "lacks parameters.max_completion_tokens"),
    ],
)
def test_a_model_without_a_price_or_a_limit_is_an_error(settings: Settings, row: dict[str, Any], lacks: str) -> None:
    luna = settings.OPENAI_MODELS["gpt-6-luna"]
    settings.OPENAI_MODELS = {"gpt-6-luna": {**luna, **row}}
    (found,) = checks.model_has_prices()
    assert lacks in found.msg


def test_an_edited_prompt_has_another_version_also_without_a_new_number(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    first = written(tmp_path, "Trend: $topic")
    assert first.startswith("score/1.")
    assert written(tmp_path, "Trend: $topic!") not in (first, "")
    assert written(tmp_path, "Trend: $topic") == first
    assert written(tmp_path, "Trend: $topic", number=2) == first.replace("/1.", "/2.")
    prompt_files.load.cache_clear()


@pytest.mark.django_db
def test_transcripts_go_after_30_days(virtual_time: time_machine.Traveller) -> None:
    transcripts.record("x", subject="", model="m", prompt_version="x/1", request="q", answer="a", cost_micro=1)
    virtual_time.shift(timedelta(days=29, hours=23))
    assert transcripts.purge() == 0
    virtual_time.shift(timedelta(hours=2))
    assert transcripts.purge() == 1
    assert not Transcript.objects.exists()
