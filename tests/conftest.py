"""Shared by all tests: the lessons' kernels import this checkout, whatever else is installed."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tensors this small are slower on several threads
