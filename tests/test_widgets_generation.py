"""The writing widget and the progress display, as pure pictures and moved from code."""

from __future__ import annotations

import re

import ipywidgets
import pytest
import torch
from IPython.utils.capture import capture_output

from course_utils.generation import Writing
from course_utils.training import fit
from course_utils.widgets.generation import writing_explorer, writing_picture
from course_utils.widgets.progress import EVERY, TrainingProgress, progress_picture

VOCABULARY = ("<pad>", "<start>", "<end>", "a&b", "c", "d")


def write(prompt, temperature, top_k, seed):
    """Two given tokens and three new ones; with another seed only one new."""
    if "?" in prompt:
        raise ValueError("'?' is not in the vocabulary; near it: 'c'")
    tokens = ("<start>", "c", "a&b", "d", "<end>")[: 5 if seed == 0 else 3]
    T = len(tokens)
    weights = torch.full((2, 2, T - 1, T - 1), 0.0)
    weights[..., 0] = 1.0
    if T == 5:
        weights[1, 1, 2] = torch.tensor([0.05, 0.7, 0.25, 0.0])
    probabilities = torch.full((T - 1, 6), 0.02)
    probabilities[:, 3:] = torch.tensor([0.64, 0.2, 0.1])
    return Writing(tokens, 2, weights, probabilities, VOCABULARY)


def judge(story):
    return f"Judged: {len(story)} tokens."


def state(**changed):
    default = {"prompt": "c", "temperature": 1.0, "top_k": 5, "seed": 0, "token": 2, "head": (1, 1)}
    return writing_picture(**{**default, **changed}, write=write, judge=judge)


def test_the_words_say_what_was_written_looked_at_and_likely():
    svg, words = state()
    assert words == (
        'New token 2 of 3: "d", probability 0.10. Before it layer 2, head 2 looked 0.70 at c (1), 0.25 at a&b (2). '
        "So far: c a&b d"
    )
    assert ">d</text>" in svg and "a&amp;b" in svg and "a&b<" not in svg
    assert 'fill-opacity="0.700"' in svg and 'fill-opacity="0.250"' in svg
    assert state(head=(0, 1))[1].count("looked 1.00 at <start> (0).") == 1


def test_the_finished_text_is_judged_and_only_that():
    assert state(token=3)[1].endswith("So far: c a&b d <end> Judged: 4 tokens.")
    assert state(token=99) == state(token=3)
    assert "Judged" not in state(token=1)[1]


def test_bars_are_as_long_as_the_probabilities():
    svg, _ = state(token=1)
    widths = [float(width) for width in re.findall(r'x="90.0" [^>]*width="([\d.]+)"', svg)]
    assert widths == pytest.approx([256, 80, 40, 8, 8, 8])


def test_unknown_words_are_answered():
    svg, words = state(prompt="what?")
    assert words == "'?' is not in the vocabulary; near it: 'c'" and svg.startswith("<svg")


def test_long_texts_are_broken_into_lines():
    def long(*_):
        tokens = ("<start>", *["a&b"] * 40)
        return Writing(tokens, 1, torch.zeros(1, 1, 40, 40), torch.full((40, 6), 1 / 6), VOCABULARY)

    svg, _ = writing_picture("", 1.0, 5, 0, 40, (0, 0), long, judge)
    right = [
        float(x) + float(w) for x, w in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="24', svg)
    ]
    assert len(right) == 41 and max(right) <= 620
    assert len(set(re.findall(r'<rect x="0.0" y="([\d.]+)"', svg))) >= 3


def test_moving_the_controls():
    explorer = writing_explorer(write, judge, layers=2, heads=2, prompt="c")
    assert explorer.state["head"] == (1, 1) and explorer.state["token"] == 1
    assert '"d"' in explorer.set(token=2)
    assert "Judged" in explorer.set(token=3)
    with pytest.raises(ValueError, match="token cannot be 4; it stopped at 3"):
        explorer.set(token=4)
    assert "New token 1 of 1" in explorer.set(seed=1), "the slider follows a shorter text"
    assert "not in the vocabulary" in explorer.set(prompt="?")
    assert 'New token 1 of 3: "a&b"' in explorer.set(prompt="c", seed=0, token=1, temperature=0.5, top_k=2)
    assert all(control.description for control in explorer._controls.values())


# The progress display


def test_progress_takes_note_of_every_step_and_leaves_one_line():
    line = "[The loss over 50 steps, drawn while the model trains.]"
    with capture_output() as captured:
        progress = TrainingProgress(50, floor=0.5)  # outside a notebook it shows as text
    assert (captured.stdout.strip(), captured.stderr) == (line, "")
    shown = progress._repr_mimebundle_()
    assert shown.pop("text/plain") == line
    assert shown.popitem()[1]["model_id"] == progress._picture.model_id
    assert progress.words == "Not begun."
    model = torch.nn.Linear(1, 1)
    batches = [(torch.ones(1, 1),)] * 50
    with capture_output() as captured:
        history = fit(model, lambda m, b: (m(b[0]) ** 2).sum() + 0.5, batches, 50, on_step=progress)
    assert captured.stdout == captured.stderr == "" and not captured.outputs
    mean = sum(history[2 * EVERY :]) / 10
    assert progress.words == f"Step 50 of 50: loss {mean:.3f}, {mean - 0.5:.3f} above the floor."
    assert isinstance(progress._picture, ipywidgets.HTML) and progress.words in progress._picture.value


def test_the_picture_has_a_floor():
    svg, words = progress_picture([(20, 3.0), (40, 1.0)], 100, 0.5)
    assert words == "Step 40 of 100: loss 1.000, 0.500 above the floor."
    assert svg.count("<polyline") == 2 and ">floor</text>" in svg
    with pytest.raises(ValueError, match="steps is 0"):
        TrainingProgress(0, 0.5)
