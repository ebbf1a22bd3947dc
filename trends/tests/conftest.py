"""What every test of this room starts with."""

import pytest

from trends.adapters import reddit


@pytest.fixture(autouse=True)
def nobody_signed_in() -> None:
    """The sandbox forgets tokens and drops connections between tests, so our client has to forget its own."""
    reddit._session().close()
    reddit._client_for.cache_clear()
