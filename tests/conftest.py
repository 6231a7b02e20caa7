"""What every test starts from: a home of its own, no network, and the real weights on request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from index.settings import default_home

# Both libraries read these once, when they are first imported: a fixture would come too late.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

# The same examples everywhere, and none fails because the machine was busy.
settings.register_profile("dateline", derandomize=True, deadline=None)
settings.load_profile("dateline")

_AT_START = {name: value for name, value in os.environ.items() if name.startswith("DATELINE_")}
_HOME = Path(_AT_START.get("DATELINE_TEST_HOME") or default_home()).resolve()
_SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that two workers end at about the same time."""
    items.sort(key=lambda item: "fuzz" not in item.keywords and "browser" not in item.keywords)


def missing(what: str) -> NoReturn:
    """Skip with the reason on a person's machine; fail in CI, where nothing may be missing."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"{what} (a failure because CI is set)", pytrace=False)
    pytest.skip(what)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the library, keys and endpoints of whoever runs the tests out of them."""
    for name in _AT_START:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def weights_home() -> Path:
    """Return the home whose ``models/`` holds both models' weights: never write below it."""
    from index import models
    from index.errors import ModelError

    try:
        for spec in (models.EMBEDDING, models.LANGUAGE):
            models.find(spec, _HOME / "models", None)
    except ModelError as error:
        missing(f"No model weights in {_HOME / 'models'}: {error} `make test` fetches them first.")
    return _HOME


@pytest.fixture(scope="session")
def eval_data() -> Path:
    """Return the folder of evaluation data that lies beside the checkout, where there is one."""
    folder = Path(_AT_START.get("DATELINE_EVAL_DATA") or _SHARED / "eval")
    if folder.is_dir():
        return folder
    reason = f"No evaluation data at {folder}: set DATELINE_EVAL_DATA to its folder."
    if _SHARED.is_dir() or "DATELINE_EVAL_DATA" in _AT_START:
        missing(reason)
    # A clone without the folder beside it has no such data to miss, in CI or elsewhere.
    pytest.skip(reason)
