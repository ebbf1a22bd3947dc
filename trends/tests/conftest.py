"""What every test of this room starts with."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from stickertrendz.sandbox.server import Sandbox
from trends.adapters import reddit
from trends.tests.scripted_model import ScriptedModel


@pytest.fixture(autouse=True)
def nobody_signed_in() -> None:
    """The sandbox forgets tokens and drops connections between tests, so our client has to forget its own."""
    reddit._session().close()
    reddit._client_for.cache_clear()


@pytest.fixture
def model(sandbox: Sandbox, settings: Settings) -> Iterator[ScriptedModel]:
    """A model that says what the test tells it to; everything else is the sandbox."""
    scripted = ScriptedModel()
    settings.OPENAI_BASE_URL = scripted.address
    yield scripted
    scripted.stop()
