"""The table of verdicts: outcomes on planted numbers, every figure read from the folder given, and how it is shown."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser

import pytest

from course_utils.datasets.files import DataError
from course_utils.experiments import stored, verdicts
from course_utils.experiments.verdicts import Comparison, Table

WORDS = {"holds", "under conditions", "does not hold", "not shown"}  # lesson 00's, and "not shown"


@pytest.fixture
def folder(tmp_path):
    """A copy of the stored results."""
    shutil.copytree(stored.RESULTS, tmp_path / "results")
    return tmp_path / "results"


def change(folder, name, metric, of_one):
    path = folder / f"{name}.json"
    content = json.loads(path.read_text())
    content["metrics"][metric] = [of_one(one) for one in content["metrics"][metric]]
    path.write_text(json.dumps(content))


def planted(attention, rival, unit=verdicts.SHARE):
    return Comparison("task", tuple(attention), "rival", tuple(rival), unit=unit)


# ---- the outcome


@pytest.mark.parametrize(
    ("rival", "outcome"),
    [
        # attention 0.4, 0.5, 0.6: standard error 0.1 / sqrt(3); two of the difference are 0.1633
        ((0.30, 0.40, 0.50), "level"),  # 0.10 apart
        ((0.23, 0.33, 0.43), "leads"),  # 0.17 apart
        ((0.24, 0.34, 0.44), "level"),  # 0.16 apart
        ((0.57, 0.67, 0.77), "behind"),
        ((0.56, 0.66, 0.76), "level"),
        ((0.33, 0.33, 0.33), "leads"),  # no spread of its own: two are 0.1155
        ((0.39, 0.39, 0.39), "level"),
    ],
)
def test_the_outcome_is_two_standard_errors_of_the_difference(rival, outcome):
    assert planted((0.4, 0.5, 0.6), rival).outcome == outcome


def test_more_seeds_decide_more():
    few, many = (planted((0.4, 0.5, 0.6) * times, (0.3, 0.4, 0.5) * times).outcome for times in (1, 4))
    assert (few, many) == ("level", "leads")


def test_without_any_spread_every_difference_counts_and_none_is_level():
    assert planted((1.0, 1.0), (1.0, 1.0)).outcome == "level"
    assert planted((1.0, 1.0), (0.999, 0.999)).outcome == "leads"


def test_of_nats_less_is_better():
    low, high = (0.01, 0.011, 0.012), (0.06, 0.061, 0.062)
    assert planted(low, high, verdicts.NATS).outcome == "leads"
    assert planted(high, low, verdicts.NATS).outcome == "behind"
    assert planted(low, high).outcome == "behind"


# ---- comparisons


def test_each_comparison_names_its_rival_and_has_the_stored_seeds():
    compared = verdicts.comparisons()
    assert len({c.task for c in compared}) == len(compared) == 10
    assert all(len(c.attention) >= 5 and len(c.rival_values) >= 5 and c.rival for c in compared)
    assert all((c.more is None) == (c.more_values is None) for c in compared)
    assert [c.task for c in compared if c.unit == verdicts.NATS] == ["06 stories"]
    numbers = [number for c in compared for number in (*c.attention, *c.rival_values, *(c.more_values or ()))]
    assert all(isinstance(number, float) and 0 <= number <= 1 for number in numbers)


def test_no_rival_of_the_same_budget_that_is_stored_did_better_than_the_one_shown():
    rivals = {
        "01 first of 20": ("recall", ["rnn", "gru", "lstm", "lstm_open"], "accuracy_{}_20_rate_0.03"),
        "01 first of 80": ("recall_longer", ["rnn", "gru", "lstm", "lstm_open"], "accuracy_{}_80"),
        "02 whose hat": ("retrieval", ["deep_sets", "fixed"], "accuracy_{}"),
        "04 two cues": ("senses", ["bag_by_distance", "bag_of_words", "bigru", "static"], "hard_accuracy_{}"),
        "07 find the digit": ("find_digit", ["mean", "max", "gate"], "accuracy_{}"),
        "07 name the digit": ("vit_digits", ["cnn", "bag"], "accuracy_{}"),
        "08 spoken word": ("keyword", ["mean", "max"], "accuracy_{}_10db"),
        "09 48 entries": ("cost_recall_controls", ["linear_keys", "linear_narrow"], "accuracy_{}"),
    }
    shown = {c.task: sum(c.rival_values) / len(c.rival_values) for c in verdicts.comparisons()}
    for task, (name, kinds, metric) in rivals.items():
        best = max(stored.load(name).mean(metric.format(kind)) for kind in kinds)
        assert shown[task] == pytest.approx(best, abs=1e-9), task
    assert shown["09 48 entries"] > max(
        stored.load("cost_recall").mean(f"accuracy_{kind}_48") for kind in ("linear", "gru")
    )


def test_of_a_curve_the_last_point_counts():
    more = {c.task: c.more_values for c in verdicts.comparisons()}["07 find the digit"]
    assert list(more) == [curve[-1] for curve in stored.load("find_digit_variants").values("accuracy_curve_mean")]


def test_a_changed_result_changes_outcome_count_and_verdict(folder):
    before = verdicts.verdicts(folder).rows[-1]
    counted = "Of 10 tasks attention leads in 6, is level in 3 and behind in 1"
    assert counted in before.figure and counted in repr(verdicts.shown(verdicts.comparisons(folder)))
    change(folder, "vit_digits", "accuracy_cnn", lambda _: 0.25)
    after = {c.task: c for c in verdicts.comparisons(folder)}["07 name the digit"]
    assert (after.outcome, after.rival_values) == ("leads", (0.25,) * 5)
    assert "leads in 7, is level in 3 and behind in 0" in verdicts.verdicts(folder).rows[-1].figure
    assert "0.250  CNN" in repr(verdicts.shown(verdicts.comparisons(folder)))


# ---- verdicts


def test_all_twelve_in_order_in_whole_sentences_and_in_the_courses_words():
    rows = verdicts.verdicts().rows
    assert [v.claim for v in rows] == [f"C{number}" for number in range(1, 13)]
    for verdict in rows:
        assert verdict.sentence[0].isupper() and verdict.sentence.endswith(".") and verdict.figure.endswith(".")
        assert re.search(r"\d\.\d", verdict.figure) and {word for _, word in verdict.parts} <= WORDS
        assert len(verdict.parts) == 1 or all(part for part, _ in verdict.parts)


@pytest.mark.parametrize(
    ("claim", "name", "metric", "value", "said"),
    [
        ("C1", "retrieval", "hit_rate_plain", 0.125, "0.125 with the raw dot product"),
        ("C2", "translation_variants", "accuracy_fixed_bidirectional_long", 0.0625, "read both ways 0.062,"),
        ("C3", "gradients", "slope_rnn", 0.0, "1.000 in an RNN"),
        ("C4", "positions", "hard_accuracy_none", 0.75, "0.750 without any"),
        ("C5", "pretrained", "lean_barred_river_by_layer", [0.0, 0.25], "barred from 'river' by 0.250"),
        ("C6", "two_jobs_variants", "accuracy_mlp", 0.125, "bends 0.125."),
        ("C7", "stories", "gap_nats_gru", 0.125, "equal size 0.1250,"),
        ("C8", "find_digit", "area", 0.125, "0.1250 of the area"),
        ("C9", "keyword", "accuracy_mean_10db", 0.25, "mean 0.250,"),
        ("C10", "attention_cost", "extra_bytes_blockwise_2048", 0, "x0.00 in blocks"),
        ("C11", "pretrained", "muddy_river_best_head_cue_mass", 0.25, "the cue 0.25 over"),
        ("C12", "vit_digits", "multiplications_vit", 0, "multiplies 0.00 times"),
    ],
)
def test_each_figure_is_read_from_the_folder(folder, claim, name, metric, value, said):
    number = int(claim[1:]) - 1
    assert said not in verdicts.verdicts(folder).rows[number].figure
    change(folder, name, metric, lambda _: value)
    changed = verdicts.verdicts(folder).rows
    assert said in changed[number].figure
    others = [v for v in changed if v.claim != claim]
    assert others == [v for v in verdicts.verdicts().rows if v.claim != claim]


def test_a_spread_is_told_where_there_is_one(folder):
    assert "0.860 ± 0.016" in verdicts.verdicts(folder).rows[7].figure
    change(folder, "find_digit", "mass_attention", lambda _: 0.5)
    assert "lies 0.500 of the weight" in verdicts.verdicts(folder).rows[7].figure


@pytest.mark.parametrize("name", ["gradients", "pretrained", "cost_recall", "attention_cost"])
def test_a_missing_or_damaged_result_says_how_to_make_it_anew(folder, name):
    (folder / f"{name}.json").write_text("{")
    with pytest.raises(DataError, match=f"run {name} --seeds 0 1 2 3 4 --store"):
        verdicts.verdicts(folder)
    (folder / f"{name}.json").unlink()
    with pytest.raises(DataError, match=f"run {name} --seeds 0 1 2 3 4 --store"):
        verdicts.verdicts(folder)


# ---- shown


class Cells(HTMLParser):
    """The text of every cell by its tag and scope."""

    def __init__(self, page):
        super().__init__()
        self.cells, self.open = [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in ("th", "td"):
            self.cells.append([tag, dict(attributes).get("scope"), ""])
            self.open = True

    def handle_endtag(self, tag):
        self.open = self.open and tag not in ("th", "td")

    def handle_data(self, data):
        if self.open:
            self.cells[-1][2] += data


def test_both_tables_have_row_headings_and_say_the_same_in_plain_text():
    for table, rows in ((verdicts.verdicts(), 12), (verdicts.shown(verdicts.comparisons()), 10)):
        cells = Cells(table._repr_html_()).cells
        assert [scope for tag, scope, _ in cells if tag == "th"].count("row") == rows
        plain = " ".join(repr(table).split())
        for _, scope, text in cells:
            for part in text.split(": ", 1) if scope == "row" else [text]:
                assert " ".join(part.split()) in plain or scope == "col"


def test_text_is_escaped_and_columns_are_aligned():
    table = Table(("a<", "b"), (("<i>", "1"), ("longer", "<b>")), note="x <u>")
    page = table._repr_html_()
    assert all(tag not in page for tag in ("a<<", "<i>", "<b>", "<u>")) and page.count("&lt;") == 4
    assert repr(table) == "a<      b\n<i>     1\nlonger  <b>\nx <u>"
