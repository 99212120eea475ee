"""A story that has just begun, and one that walks."""

import pytest
from onboarding.story import Story


@pytest.fixture
def story() -> Story:
    return Story().start()
