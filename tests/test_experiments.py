"""Stored results: complete, read with clear errors, and still what the code gives."""

import importlib
import json

import pytest

from course_utils.datasets.files import DataError
from course_utils.datasets.number_words import load_number_words
from course_utils.experiments import NAMES, __main__, stored

TOLERANCE = 0.05  # of an accuracy, between processors; on one machine a repeat is exact
CLOSED_FORM = {"gradients": 1e-6}  # relative; nothing is trained there, so rounding is all that may differ


def module(name):
    return importlib.import_module(f"course_utils.experiments.{name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_stored_with_how_it_was_made(name):
    content = json.loads((stored.RESULTS / f"{name}.json").read_text())
    assert content["experiment"] == name
    assert len(content["seeds"]) >= 5
    assert f"run {name} --seeds" in content["command"] and {"python", "torch", "numpy"} <= set(content["made_with"])
    assert all(len(values) == len(content["seeds"]) for values in content["metrics"].values())


@pytest.mark.parametrize("name", ["gradients", "probe", "retrieval", "scaling", "translation"])
def test_one_seed_repeated_gives_the_stored_result(name):
    result = stored.load(name)
    repeated = module(name).run(result.seeds[0])
    assert set(repeated) == set(result.metrics)
    for metric, value in repeated.items():
        relative = CLOSED_FORM.get(name)
        limits = {"rel": relative, "abs": 0} if relative else {"rel": 0, "abs": TOLERANCE}
        assert value == pytest.approx(result.values(metric)[0], **limits), metric


BARS = {
    ("recall", "accuracy_rnn_5"): (0.98, 1.0),
    ("recall", "accuracy_gru_5"): (0.98, 1.0),
    ("recall", "accuracy_lstm_5"): (0.98, 1.0),
    ("recall", "accuracy_attention_5"): (0.98, 1.0),
    ("recall", "accuracy_rnn_20"): (0.0, 0.20),
    ("recall", "accuracy_gru_20"): (0.0, 0.20),
    ("recall", "accuracy_lstm_20"): (0.0, 0.20),
    ("recall", "accuracy_attention_20"): (0.98, 1.0),
    ("gradients", "factor_linear_0.5"): (0.49, 0.51),
    ("gradients", "factor_linear_0.9"): (0.89, 0.91),
    ("gradients", "factor_linear_1.0"): (0.99, 1.01),
    ("gradients", "factor_linear_1.1"): (1.09, 1.11),
    ("gradients", "factor_tanh_1.1"): (0.0, 1.1),
    ("gradients", "slope_attention"): (-0.01, 0.01),
    ("translation", "accuracy_attention"): (0.97, 1.0),
    ("translation", "accuracy_fixed"): (0.0, 0.85),
    ("translation", "crossing_rate"): (0.95, 1.0),
}


@pytest.mark.parametrize(("name", "metric"), BARS, ids=str)
def test_the_mean_over_seeds_reaches_what_the_lesson_promises(name, metric):
    low, high = BARS[name, metric]
    assert low <= stored.load(name).mean(metric) <= high


def test_attention_leads_on_long_numbers():
    result = stored.load("translation")
    assert result.mean("accuracy_attention_long") - result.mean("accuracy_fixed_long") >= 0.30


def test_one_training_of_recall_repeated():
    """``recall`` trains 24 models; one of each length is repeated here."""
    recall, result = module("recall"), stored.load("recall")
    for kind, length in (("attention", recall.LONG), ("gru", recall.SHORT)):
        model, _ = recall.train(kind, length, seed=0)
        expected = result.values(f"accuracy_{kind}_{length}")[0]
        assert recall.accuracy(model, length, seed=0) == pytest.approx(expected, abs=TOLERANCE)


def test_one_training_of_each_part_of_recall_longer_repeated():
    """``recall_longer`` takes a minute a seed; here the first checkpoint of one training, and one at 80 tokens."""
    recall, longer, result = module("recall"), module("recall_longer"), stored.load("recall_longer")
    first = longer.CHECKPOINTS[0]
    reached = recall.train_and_test("gru", recall.LONG, 0, (first,), longer.LEARNING_RATE)
    expected = result.values(f"accuracy_gru_{recall.LONG}_steps_{first}")[0]
    assert reached[first] == pytest.approx(expected, abs=TOLERANCE)
    far = recall.train_and_test("attention", longer.LONGEST, 0, (recall.STEPS,), longer.BEST_RATES["attention"])
    assert far[recall.STEPS] == pytest.approx(result.values(f"accuracy_attention_{longer.LONGEST}")[0], abs=TOLERANCE)


def test_one_training_of_translation_variants_repeated():
    """``translation_variants`` takes half a minute a seed; here its additive scores."""
    translation, result = module("translation"), stored.load("translation_variants")
    model, _ = translation.train("additive", seed=result.seeds[0])
    _, held_out = load_number_words()
    expected = {name: result.values(f"{name}_additive")[0] for name in ("accuracy", "crossing_rate")}
    assert translation.accuracy(model, held_out) == pytest.approx(expected["accuracy"], abs=TOLERANCE)
    assert translation.crossing_rate(model, held_out) == pytest.approx(expected["crossing_rate"], abs=TOLERANCE)


def test_the_same_seed_gives_the_same_bits():
    assert module("gradients").run(3) == module("gradients").run(3)


def test_storing_writes_all_or_nothing(tmp_path, monkeypatch):
    result = stored.collect("retrieval", [0, 1], [{"a": 1.0}, {"a": 3.0}])
    stored.save(result, tmp_path)
    before = (tmp_path / "retrieval.json").read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(OSError, match="No space"):
        stored.save(result | {"seeds": [5, 6]}, tmp_path)
    assert (tmp_path / "retrieval.json").read_bytes() == before
    assert list(tmp_path.iterdir()) == [tmp_path / "retrieval.json"]


def test_reading_back(tmp_path):
    stored.save(stored.collect("retrieval", [0, 1], [{"a": 1.0}, {"a": 3.0}]), tmp_path)
    result = stored.load("retrieval", tmp_path)
    assert (result.mean("a"), result.values("a"), result.seeds) == (2.0, [1.0, 3.0], (0, 1))
    assert result.sd("a") == pytest.approx(2**0.5)
    assert result.summary("a", 1) == "2.0 ± 1.4"
    with pytest.raises(KeyError, match="no metric 'b'"):
        result.mean("b")


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"seeds": [1]}'])
def test_a_missing_or_damaged_result_says_how_to_make_it_anew(tmp_path, content):
    if content is not None:
        (tmp_path / "recall.json").write_text(content)
    with pytest.raises(DataError, match="run recall --seeds 0 1 2 3 4 --store"):
        stored.load("recall", tmp_path)


def test_collect_refuses_runs_with_different_metrics():
    with pytest.raises(ValueError, match="differ in their metrics"):
        stored.collect("recall", [0, 1], [{"a": 1}, {"b": 1}])


def test_list_names_every_experiment(capsys):
    assert __main__.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)
    assert all(len(line.split()) > 5 for line in lines)


def test_run_prints_one_json_object(capsys):
    assert __main__.main(["run", "gradients", "--seed", "0"]) == 0
    assert "factor_linear_0.9" in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["run", "nothing", "--seed", "0"], "nothing"), (["run", "probe", "--seed", "0", "--store"], "spread")],
)
def test_wrong_arguments_are_told(arguments, said, capsys):
    with pytest.raises(SystemExit):
        __main__.main(arguments)
    assert said in capsys.readouterr().err
