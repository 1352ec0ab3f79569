"""Remake the recording: ``python -m course_utils.pretrained record``, with the model installed.

The bytes are the same every time on one machine; another processor may differ in the last digits.
"""

from __future__ import annotations

import argparse

import torch

from course_utils.datasets.make import write_data
from course_utils.pretrained import load
from course_utils.pretrained.recording import FILE, record


def main() -> None:
    """Ask the model all that the recording holds, and write ``data/minilm_recorded.npz``."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.pretrained", description=main.__doc__)
    parser.add_argument("command", choices=["record"])
    parser.parse_args()
    torch.set_num_threads(1)  # a sum split over threads is rounded in another order
    model = load()
    if not model.live:
        raise SystemExit(model.source)
    content = record(model)
    print(f"{write_data(FILE, content)}  data/{FILE}  {len(content):,} bytes")


if __name__ == "__main__":
    main()
