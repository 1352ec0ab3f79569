"""Progress: what is taken down, what a file keeps, and what a damaged file costs."""

import json

import numpy as np
import pytest

from course_utils.exercises import catalogue as shown_catalogue
from course_utils.exercises import check, hint, load_progress, progress, save_progress, solution
from course_utils.exercises.catalogue import EXERCISES, _records
from course_utils.exercises.progress import Record
from course_utils.exercises.result import Table


@pytest.fixture(autouse=True)
def fresh():
    before = dict(_records)
    _records.clear()
    yield
    _records.clear()
    _records.update(before)


def unscaled(query, key):
    exps = np.exp(query @ key.T)
    return exps / exps.sum(-1, keepdims=True)


def scaled(query, key):
    return unscaled(query / query.shape[1] ** 0.5, key)


def row(exercise):
    lesson = exercise.split(".")[0]
    return next(row for row in progress(lesson).rows if row[0].endswith(f" {exercise}"))


def test_nothing_is_taken_down_for_what_was_not_attempted():
    check("2.1", None)
    assert row("2.1")[:4] == ("○ 2.1", "not attempted", "0", "0")
    assert progress().heading.startswith(f"0 of {len(EXERCISES)}")


def test_tries_hints_and_the_first_pass_are_taken_down():
    check("2.4", unscaled)
    assert row("2.4")[:3] == ("✘ 2.4", "failed", "1")
    hint("2.4"), hint("2.4"), solution("2.4")
    check("2.4", scaled)
    check("2.4", unscaled)  # once passed stays passed
    assert row("2.4")[:4] == ("✔ 2.4", "passed", "3", "2 + solution")
    assert _records["2.4"].met == ("no scaling",)
    assert ("02", "1", "1", "6") in progress().rows


def test_an_exercise_that_does_not_exist_is_not_taken_down():
    check("9.9", 1)
    assert not _records
    for wrong in ("12", "two", -1, 2.5):
        with pytest.raises(KeyError, match="there is no lesson"):
            progress(wrong)
    assert progress(2) == progress("02")


def test_the_table_is_text_and_html():
    table = progress("02")
    assert "<b>" not in Table("<b>", ("<b>",), (("<b>",),))._repr_html_()
    assert repr(table).splitlines()[1].split() == ["exercise", "status", "tries", "hints", "to", "learn", "to"]
    assert table._repr_html_().count("<tr>") == 7 and "<th scope='col'" in table._repr_html_()


def test_what_is_saved_comes_back_in_another_kernel(tmp_path):
    check("2.4", unscaled), check("2.4", scaled), hint("2.1")
    kept = dict(_records)
    said = save_progress(tmp_path / "mine.json")
    assert repr(said) == "Saved mine.json: 1 of 1 tried exercise passed."
    _records.clear()
    assert "Loaded mine.json" in repr(load_progress(str(tmp_path / "mine.json")))
    assert dict(_records) == kept
    content = json.loads((tmp_path / "mine.json").read_text())
    assert (content["format"], content["version"]) == ("attention-measured progress", 1)
    assert set(content["exercises"]) == {"2.1", "2.4"}


def test_nothing_is_written_unasked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check("2.4", scaled), hint("2.4"), solution("2.4"), progress(), load_progress("none.json")
    assert list(tmp_path.iterdir()) == []


def test_saving_joins_what_other_lessons_saved(tmp_path):
    file = tmp_path / "mine.json"
    check("2.4", scaled)
    save_progress(file)
    _records.clear()
    check("2.4", unscaled), check("2.1", 1.33)
    save_progress(file)
    _records.clear()
    load_progress(file)
    assert _records["2.4"].passed and _records["2.4"].met == ("no scaling",)
    assert _records["2.1"].tries == 1


def test_loading_takes_the_better_of_the_file_and_the_kernel(tmp_path):
    file = tmp_path / "mine.json"
    check("2.4", unscaled), check("2.4", unscaled), solution("2.4"), check("2.1", 1.33)
    save_progress(file)
    _records.clear()
    check("2.4", scaled), hint("2.4")
    load_progress(file)
    assert _records["2.4"] == Record(passed=True, tries=2, hints=1, solution_opened=True, met=("no scaling",))
    assert _records["2.1"].tries == 1


def test_loading_twice_counts_once(tmp_path):
    check("2.1", 1.33)
    save_progress(tmp_path / "mine.json")
    load_progress(tmp_path / "mine.json"), load_progress(tmp_path / "mine.json")
    assert _records["2.1"].tries == 1


DAMAGED = {
    "empty": "",
    "not JSON": "{",
    "half": '{"format": "attention-measured progress", "vers',
    "a list": "[1, 2]",
    "another format": '{"format": "x", "version": 1, "exercises": {}}',
    "no exercises": '{"format": "attention-measured progress", "version": 1}',
    "a later version": '{"format": "attention-measured progress", "version": 2, "exercises": {}}',
    "no version": '{"format": "attention-measured progress", "exercises": {}}',
    "deep": "[" * 100_000,
    "bytes": b"\xff\xfe\x00",
    "large": " " * 2_000_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_told_and_left_as_it_is(content, tmp_path):
    file = tmp_path / "mine.json"
    raw = content if isinstance(content, bytes) else content.encode()
    file.write_bytes(raw)
    check("2.4", scaled)
    kept = dict(_records)
    loaded, saved = repr(load_progress(file)), repr(save_progress(file))
    assert loaded.startswith("Nothing was loaded: ") and saved.startswith("Nothing was saved: ")
    assert file.read_bytes() == raw and dict(_records) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def test_what_is_whole_of_a_damaged_file_is_taken(tmp_path):
    good = {"passed": True, "tries": 2, "hints": 0, "solution_opened": False, "met": []}
    entries = {
        "2.1": good,
        "2.2": good | {"tries": -1},
        "2.3": good | {"passed": "yes"},
        "2.4": good | {"met": [3]},
        "2.5": "x",
        "2.6": {"passed": True},  # written by an earlier version: the rest is empty
        "77.7": good,
    }
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"format": "attention-measured progress", "version": 1, "exercises": entries}))
    said = repr(load_progress(file))
    assert "Damaged and left out: 2.2, 2.3, 2.4, 2.5." in said and "77.7: left out" in said
    assert dict(_records) == {"2.1": Record(passed=True, tries=2), "2.6": Record(passed=True)}


@pytest.mark.parametrize("path", [None, 3, "", "no/such/folder/x.json", "\0", ["x"]], ids=repr)
def test_a_path_that_is_none_is_told(path):
    assert repr(load_progress(path)).startswith("Nothing was loaded: ")
    assert repr(save_progress(path)).startswith("Nothing was saved: ")


def test_a_folder_is_called_a_folder(tmp_path):
    assert "is a folder" in repr(save_progress(tmp_path)) and "is a folder" in repr(load_progress(tmp_path))


def test_the_catalogue_tells_where_a_mistake_was_seen():
    table = shown_catalogue("2.5")
    seen = dict(table.rows)
    assert set(seen) == {misconception.name for misconception in EXERCISES["2.5"].misconceptions}
    addresses = [address for _, address in table.rows]
    assert addresses == sorted(addresses, key=lambda address: not address)  # cited ones first
    assert seen["mask after softmax"].startswith("https://")
    with pytest.raises(KeyError, match="no exercise"):
        shown_catalogue("99")


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_each_exercise_cites_a_public_source(exercise):
    cited = {misconception.seen for misconception in exercise.misconceptions} - {""}
    assert cited and all(address.startswith("https://") and " " not in address for address in cited)
    assert exercise.lesson == "00" or 2 <= len(exercise.hints) <= 3
