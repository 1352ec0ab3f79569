#!/usr/bin/env bash
# nbgrader grades made-up learners, in a virtual environment of its own: it brings JupyterLab extensions, which would load
# in the browser tests. Lesson 00 alone;  tests/nbgrader.sh -k ""  takes all lessons, a quarter of an hour.
set -euo pipefail
cd "$(dirname "$0")/.."

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
. "$place/venv/bin/activate"
pip install --quiet --no-compile -r requirements.txt nbgrader pytest -c requirements-dev.txt -c tests/environments/nbgrader.txt
if (($# == 0)); then set -- -k 00_; fi
pytest -o addopts= -q --disable-warnings -rs tests/test_grading.py "$@"
