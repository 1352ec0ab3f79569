#!/usr/bin/env bash
# The widgets under ipywidgets 7.7.1, in a virtual environment of its own: their unit tests, and three lessons in Chromium.
# JupyterLab is the same as for ipywidgets 8: JupyterLab 4 loads the older jupyterlab_widgets 1.1, too.
set -euo pipefail
cd "$(dirname "$0")/.."

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
. "$place/venv/bin/activate"
pip install --quiet --no-compile -r requirements.txt pytest hypothesis playwright -c requirements-dev.txt -c tests/ipywidgets7.txt

python -m course_utils doctor  # accepts this pair
pytest -o addopts= -q --disable-warnings tests/test_environment.py tests/test_widgets*.py tests/test_attention_explorer*.py \
  tests/test_quiz_form.py
pytest -o addopts= -q --disable-warnings tests/browser/test_lessons_*.py -k "00_ or 02_ or 04_"
