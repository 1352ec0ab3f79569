"""Shared by all tests: the lessons' kernels import this checkout, whatever else is installed."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tensors this small are slower on several threads


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem[:2])
def lesson(request) -> Path:
    """Each notebook in turn."""
    return request.param
