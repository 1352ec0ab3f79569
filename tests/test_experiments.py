"""Stored results: complete, read with clear errors, and still what the code gives."""

import importlib
import json

import pytest

from course_utils.datasets.ambiguous_words import load_sentences
from course_utils.datasets.files import DataError
from course_utils.datasets.number_words import load_number_words
from course_utils.experiments import NAMES, __main__, stored
from course_utils.reproducibility import generator

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
    ("senses", "hard_accuracy_attention"): (0.95, 1.0),
    ("senses", "hard_accuracy_bag_of_words"): (0.0, 0.55),
    ("senses", "hit_rate"): (0.90, 1.0),
    ("senses", "muddy_river_correct"): (1.0, 1.0),
    ("senses", "change_rate_top"): (0.90, 1.0),
    ("senses", "change_rate_top_bag_by_distance"): (0.0, 0.20),
    ("senses", "contribution_hit_rate_bag_by_distance"): (0.95, 1.0),
    ("positions", "hard_accuracy_none"): (0.45, 0.55),
    ("positions", "hard_accuracy_relative"): (0.95, 1.0),
    ("positions", "hard_accuracy_learned_unit"): (0.60, 0.95),
    ("positions", "hard_accuracy_sinusoidal_unit"): (0.60, 0.95),
    ("induction", "accuracy_2_layers"): (0.90, 1.0),
    ("induction", "accuracy_1_layer"): (0.0, 0.65),
    ("induction", "stripe_mass"): (0.80, 1.0),
    ("two_jobs", "accuracy_1_head"): (0.0, 0.40),
    ("two_jobs", "accuracy_2_heads"): (0.97, 1.0),
    ("two_jobs", "accuracy_4_heads"): (0.97, 1.0),
    ("two_jobs_variants", "accuracy_residual"): (0.0, 0.40),
    ("two_jobs_variants", "accuracy_two_layers"): (0.97, 1.0),
    ("two_jobs_variants", "accuracy_mlp"): (0.97, 1.0),
    ("stories", "gap_nats"): (0.0, 0.02),
    ("stories", "accepted"): (0.70, 1.0),
    ("stories", "final_loss_all"): (0.0, 0.05),
    ("stories", "accepted_all"): (0.0, 0.05),
    ("stories", "gap_nats_gru"): (0.03, 0.2),
    ("stories", "gap_nats_itself"): (0.2, 1.0),
    ("stories", "gap_nats_no_feed_forward"): (0.0, 0.03),
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


def test_one_seed_of_two_jobs_repeated():
    """Which head takes which job may differ between processors; what the heads achieve together may not."""
    result = stored.load("two_jobs")
    repeated = module("two_jobs").run(result.seeds[0])
    assert set(repeated) == set(result.metrics)
    assert repeated["parameters"] == result.values("parameters")[0]
    for metric in [name for name in repeated if name.startswith(("accuracy_", "same_"))]:
        assert repeated[metric] == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric


def test_one_training_of_two_jobs_variants_repeated():
    """``two_jobs_variants`` takes most of a minute a seed; here the one head whose read-out can bend."""
    two_jobs, variants, result = module("two_jobs"), module("two_jobs_variants"), stored.load("two_jobs_variants")
    seed = result.seeds[0]
    model, _ = two_jobs.train(1, seed, **variants.ONE_HEAD["mlp"])
    accuracy = two_jobs.accuracies(model, two_jobs.fresh_circles(seed))["both"]
    assert accuracy == pytest.approx(result.values("accuracy_mlp")[0], abs=TOLERANCE)


def test_one_training_of_senses_and_of_positions_repeated():
    """The whole of ``senses`` holds guesses of one sentence, and of ``positions`` long trainings; here their claims."""
    senses, positions, sentences = module("senses"), module("positions"), load_sentences()
    result, order = stored.load("senses"), stored.load("positions")
    for kind in ("attention", "bag_of_words"):
        model, _ = senses.train(kind, seed=0)
        expected = result.values(f"hard_accuracy_{kind}")[0]
        assert senses.accuracy(model, sentences["hard"]) == pytest.approx(expected, abs=TOLERANCE)
        if kind == "attention":
            assert senses.cue_hit_rate(model, sentences["hard"]) == pytest.approx(
                result.values("hit_rate")[0], abs=TOLERANCE
            )
            far = senses.accuracy(model, [positions.moved(example) for example in sentences["hard"]])
            assert far == pytest.approx(order.values("moved_accuracy_relative")[0], abs=TOLERANCE)
    bag, _ = senses.train("bag_by_distance", seed=0)
    measured = {
        "contribution_hit_rate_bag_by_distance": senses.contribution_hit_rate(bag, sentences["hard"]),
        "change_rate_top_bag_by_distance": senses.change_rate(
            bag, sentences["hard"], senses.most_attended(bag, sentences["hard"])
        ),
    }
    for metric, value in measured.items():
        assert value == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric
    model, _ = senses.train("attention_none", seed=0)
    expected = order.values("hard_accuracy_none")[0]
    assert senses.accuracy(model, sentences["hard"]) == pytest.approx(expected, abs=TOLERANCE)


def test_one_training_of_induction_repeated():
    """``induction`` takes half a minute a seed; here its two layers, a third of that."""
    induction, result = module("induction"), stored.load("induction")
    seed = result.seeds[0]
    model, losses, accuracies = induction.train(2, seed)
    test = induction.draw(induction.TEST, generator(3_000_000 + seed))
    assert induction.accuracy(model, test) == pytest.approx(result.values("accuracy_2_layers")[0], abs=TOLERANCE)
    stripe = float(induction.stripe_masses(model, test).max())
    assert stripe == pytest.approx(result.values("stripe_mass")[0], abs=TOLERANCE)
    assert len(losses) == len(result.values("loss_curve_2_layers")[0]) * induction.WINDOW
    assert accuracies[-1] == pytest.approx(result.values("accuracy_curve_2_layers")[0][-1], abs=TOLERANCE)


def test_two_layers_of_induction_jump_from_a_plateau_and_every_seed_does():
    result = stored.load("induction")
    for early, late in zip(result.values("steps_to_0.2"), result.values("steps_to_0.8")):
        assert late - early < early / 2  # most of the rise takes less than half of the wait for it
    assert min(result.values("stripe_mass")) >= 0.80 and set(result.values("stripe_layer")) == {2}


def test_one_training_of_stories_repeated():
    """``stories`` takes a minute or two a seed; here the Transformer, where it looks, and one counting model."""
    experiment, result = module("stories"), stored.load("stories")
    seed = result.seeds[0]
    model, _ = experiment.train("transformer", seed)
    repeated = experiment.judged(model, seed, "") | experiment.heads_scored(model, experiment.held_out(seed))
    assert set(repeated) < set(result.metrics)
    assert repeated["gap_nats"] == pytest.approx(result.values("gap_nats")[0], abs=0.005)
    for metric in ("accepted", "copied", "hit_rate_object", "right_object", "right_thanked"):
        assert repeated[metric] == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric
    cut = experiment.right_name(model, experiment.held_out(seed), experiment.CUTS["giver"])
    assert cut == pytest.approx(result.values("right_cut_giver")[0], abs=TOLERANCE)
    gap = experiment.gap(experiment.counting(8, experiment.SHORTER[8], seed), experiment.held_out(seed))
    assert gap == pytest.approx(result.values("gap_nats_8_tokens")[0], abs=1e-4)


def test_one_training_of_norm_placement_repeated():
    """One of twelve trainings, in which little may differ between processors: shallow, at the largest rate."""
    experiment, result = module("norm_placement"), stored.load("norm_placement")
    seed = result.seeds[0]
    model = experiment.train(False, 2, 1e-2, seed)
    gap = module("stories").gap(model, module("stories").held_out(seed))
    assert gap == pytest.approx(result.values("gap_post_2_layers_0.01")[0], abs=TOLERANCE)


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
