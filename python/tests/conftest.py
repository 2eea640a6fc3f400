import pytest

import edgewarden


@pytest.fixture(scope="session")
def scanner() -> edgewarden.PromptScanner:
    return edgewarden.PromptScanner()
