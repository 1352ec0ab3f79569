"""Stored results: complete, read with clear errors, and still what the code gives."""

import importlib
import json
import statistics

import pytest
import torch

from course_utils.datasets.ambiguous_words import load_sentences
from course_utils.datasets.files import DataError
from course_utils.datasets.number_words import load_number_words
from course_utils.experiments import NAMES, __main__, stored
from course_utils.interpretability import attention_mass
from course_utils.pretrained import files
from course_utils.reproducibility import generator

TOLERANCE = 0.05  # of an accuracy, between processors; on one machine a repeat is exact
CLOSED_FORM = {"gradients": 1e-6, "textures": 1e-3}  # relative; nothing is trained there: only rounding may differ


def module(name):
    return importlib.import_module(f"course_utils.experiments.{name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_stored_with_how_it_was_made(name):
    content = json.loads((stored.RESULTS / f"{name}.json").read_text())
    assert content["experiment"] == name
    assert len(content["seeds"]) >= 5
    assert f"run {name} --seeds" in content["command"] and {"python", "torch", "numpy"} <= set(content["made_with"])
    assert all(len(values) == len(content["seeds"]) for values in content["metrics"].values())


@pytest.mark.parametrize("name", ["gradients", "probe", "retrieval", "scaling", "textures", "translation"])
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
    ("senses", "hit_rate_content_alone"): (0.40, 0.65),
    ("senses", "hit_rate_distance_alone"): (0.05, 0.20),
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
    ("induction", "stripe_mass_noted"): (0.80, 1.0),
    ("induction", "stripe_mass_not_noted"): (0.0, 0.2),
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
    ("find_digit", "accuracy_attention"): (0.70, 0.90),
    ("find_digit", "accuracy_mean"): (0.50, 0.70),
    ("find_digit", "mass_attention"): (0.80, 1.0),
    ("find_digit", "pointing_attention"): (0.90, 1.0),
    ("find_digit", "mass_max"): (0.15, 0.40),
    ("find_digit", "pointing_contribution_mean"): (0.75, 0.95),
    ("find_digit", "drop_top_attention"): (0.55, 0.80),
    ("find_digit", "drop_random_attention"): (0.0, 0.15),
    ("find_digit_controls", "pointing_ink"): (0.35, 0.50),
    ("find_digit_controls", "drop_clutter_top_attention"): (0.55, 0.80),
    ("find_digit_controls", "accuracy_attention_40_half_rate_longer"): (0.75, 0.90),
    ("vit_digits", "accuracy_vit"): (0.85, 0.96),
    ("vit_digits", "accuracy_cnn"): (0.95, 1.0),
    ("vit_digits", "accuracy_vit_no_positions"): (0.50, 0.75),
    ("vit_digits", "accuracy_bag"): (0.50, 0.75),
    ("vit_digits", "shuffled_accuracy_vit"): (0.0, 0.25),
    ("vit_digits", "ink_mass_rollout"): (0.25, 0.45),
    ("keyword", "accuracy_attention_10db"): (0.70, 0.98),
    ("keyword", "mass_attention_10db"): (0.80, 1.0),
    ("keyword", "mass_max_10db"): (0.45, 0.80),
    ("keyword", "share_of_time"): (0.10, 0.20),
    ("keyword", "lost_top_attention"): (0.55, 1.0),
    ("keyword", "lost_random_attention"): (0.0, 0.20),
    ("keyword", "lost_loudest_attention"): (0.10, 0.40),
    ("keyword_self_attention", "mass_pooling"): (0.65, 0.95),
    ("keyword_self_attention", "itself_head_1"): (0.0, 1 / 62),
    ("keyword_self_attention", "itself_head_2"): (0.0, 0.05),
    ("explanation", "accuracy"): (0.70, 0.98),
    ("explanation", "loss_top"): (0.50, 0.85),
    ("explanation", "loss_random"): (0.0, 0.15),
    ("explanation", "loss_loudest"): (0.15, 0.45),
    ("explanation", "on_keyword_top"): (0.80, 1.0),
    ("pretrained", "max_difference"): (0.0, 1e-5),
    ("pretrained", "deletion_spearman"): (0.6, 1.0),
    ("pretrained", "parked_share"): (0.5, 0.6),
    ("textures", "own_mass"): (0.65, 1.0),
    ("textures", "own_mass_elsewhere"): (0.65, 1.0),
    ("textures", "own_area"): (0.24, 0.27),
    ("textures", "own_mass_place"): (0.70, 0.90),
    ("textures", "own_mass_place_elsewhere"): (0.0, 0.40),
    ("textures", "edge_ratio"): (2.0, 20.0),
    ("textures", "edge_ratio_temple"): (2.0, 20.0),
    ("textures", "edge_mass_temple_elsewhere"): (0.65, 0.85),
    ("textures", "edge_mass_temple_pixels_elsewhere"): (0.0, 0.35),
    ("textures", "edge_mass_temple_place_elsewhere"): (0.0, 0.25),
    ("textures", "own_mass_pixels_grass"): (0.0, 0.30),
    ("attention_cost", "extra_bytes_blockwise_65536"): (0, 32 * 2**20),
    ("cost_recall", "accuracy_full_4"): (0.98, 1.0),
    ("cost_recall", "accuracy_full_48"): (0.98, 1.0),
    ("cost_recall", "accuracy_linear_4"): (0.95, 1.0),
    ("cost_recall", "accuracy_linear_48"): (0.60, 0.85),
    ("cost_recall", "accuracy_linear_48_width_16"): (0.20, 0.50),
    ("cost_recall", "accuracy_linear_48_width_128"): (0.98, 1.0),
    ("cost_recall", "accuracy_full_48_width_16"): (0.97, 1.0),
    ("cost_recall", "accuracy_gru_4"): (0.25, 0.45),
    ("cost_recall", "accuracy_gru_48"): (0.05, 0.12),
    ("cost_recall", "accuracy_gru_longer_4"): (0.25, 0.50),
    ("cost_recall", "accuracy_gru_longer_wider_4"): (0.75, 0.95),
    ("cost_recall", "accuracy_gru_longer_wider_16"): (0.10, 0.25),
    ("cost_recall_controls", "accuracy_linear_narrow"): (0.40, 0.55),
    ("cost_recall_controls", "accuracy_linear_keys"): (0.90, 0.98),
    ("cost_recall_controls", "accuracy_linear_keys_longer"): (0.95, 1.0),
    ("cost_recall_controls", "accuracy_linear_longer_48"): (0.78, 0.87),
    ("cost_recall_controls", "accuracy_full_width_8"): (0.70, 0.90),
    ("cost_recall_controls", "accuracy_full_width_12"): (0.97, 1.0),
    ("cost_recall_controls", "weight_on_right_key_linear"): (0.25, 0.40),
    ("cost_recall_controls", "weight_on_right_key_full"): (0.90, 0.97),
    ("attention_cost", "flops_blockwise_65536"): (4 * 65_536**2 * 64,) * 2,
    ("attention_cost", "extra_bytes_naive_8192"): (2 * 4 * 8192**2,) * 2,
    ("kv_cache", "same_text_small"): (1.0, 1.0),
    ("kv_cache", "same_text_wide"): (1.0, 1.0),
    ("kv_cache", "logit_difference_small"): (0.0, 1e-5),
    ("kv_cache", "logit_difference_wide"): (0.0, 1e-5),
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
            for part in senses.PARTS:
                alone = senses.cue_hit_rate(senses.by_one_part(model, part), sentences["hard"])
                expected = result.values(f"hit_rate_{part}_alone")[0]
                assert alone == pytest.approx(expected, abs=TOLERANCE), part
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
    stripe = induction.stripe_masses(model, test)
    assert float(stripe.max()) == pytest.approx(result.values("stripe_mass")[0], abs=TOLERANCE)
    parted = induction.stripe_masses_by_noted(model, test, induction.best_head(stripe))
    expected = [result.values(f"stripe_mass_{noted}")[0] for noted in ("noted", "not_noted")]
    assert parted == pytest.approx(expected, abs=TOLERANCE)
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


def test_one_training_of_find_digit_repeated():
    """``find_digit`` takes two minutes a seed; here attention on the middle canvas, with what it loses."""
    experiment, result = module("find_digit"), stored.load("find_digit")
    seed = result.seeds[0]
    (model, _), test = experiment.train("attention", seed), experiment.fresh_canvases(seed)
    repeated = experiment.judged(model, test, "attention") | experiment.deleted(model, test, seed, "attention")
    assert set(repeated) < set(result.metrics)
    for metric, value in repeated.items():
        assert value == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric


def test_one_training_of_find_digit_variants_repeated():
    """``find_digit_variants`` takes minutes a seed; here attention among large pieces, and a curve's first points."""
    experiment, variants = module("find_digit"), module("find_digit_variants")
    result = stored.load("find_digit_variants")
    seed, piece = result.seeds[0], variants.LARGE_PIECE
    model, _ = experiment.train("attention", seed, piece=piece)
    repeated = experiment.judged(model, experiment.fresh_canvases(seed, piece=piece), "attention_large")
    assert set(repeated) < set(result.metrics)
    for metric, value in repeated.items():
        assert value == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric
    start = variants.curve("max", seed, checkpoints=variants.CHECKPOINTS[:2])
    assert start == pytest.approx(result.values("accuracy_curve_max")[0][:2], abs=TOLERANCE)


def test_the_cheap_parts_of_find_digit_controls_repeated():
    """``find_digit_controls`` takes minutes a seed; here what needs no training, one loss, and one curve's start."""
    experiment, controls = module("find_digit"), module("find_digit_controls")
    result = stored.load("find_digit_controls")
    seed = result.seeds[0]
    model, _ = experiment.train("attention", seed)
    repeated = controls.cluttered(model, experiment.fresh_canvases(seed), seed, "attention")
    repeated |= controls.pointing_without_network(seed)
    curve = module("find_digit_variants").curve
    start = curve("attention", seed, controls.LARGE_SIZE, controls.CHECKPOINTS[:1], controls.HALF_RATE)
    repeated["accuracy_attention_40_half_rate"] = start[0]
    assert set(repeated) < set(result.metrics)
    for metric, value in repeated.items():
        assert value == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric


def test_in_find_digit_clutter_costs_what_paper_costs_and_half_the_rate_starts_every_attention_network():
    result, main = stored.load("find_digit_controls"), stored.load("find_digit")
    for place in ("top", "random", "digit"):
        name = f"{place}_attention"
        assert result.mean(f"drop_clutter_{name}") == pytest.approx(main.mean(f"drop_{name}"), abs=0.03)
    assert result.mean("pointing_fixed") < 0.15 < result.mean("pointing_ink") < main.mean("pointing_attention") - 0.3
    at_half = result.values("accuracy_attention_40_half_rate")
    assert min(main.values("accuracy_attention_40")) < 0.15 and min(at_half) > 0.45


def test_in_find_digit_most_of_the_lead_is_time_and_large_pieces_mislead_attention():
    result, main = stored.load("find_digit_variants"), stored.load("find_digit")
    at_the_end = {
        pool: statistics.fmean(curve[-1] for curve in result.values(f"accuracy_curve_{pool}"))
        for pool in ("mean", "attention")
    }
    lead = main.mean("accuracy_attention") - main.mean("accuracy_mean")
    assert 0 < at_the_end["attention"] - at_the_end["mean"] < lead / 2
    assert result.mean("mass_attention_large") < main.mean("mass_attention") - 0.2
    after = result.values("checkpoints")[0].index(module("find_digit").STEPS)  # one training, stored twice
    for pool in ("mean", "max", "gate", "attention"):
        stored_twice = [curve[after] for curve in result.values(f"accuracy_curve_{pool}")]
        assert stored_twice == pytest.approx(main.values(f"accuracy_{pool}"), abs=1e-9)


def test_attention_leads_in_find_digit_but_every_network_knows_where():
    result = stored.load("find_digit")
    assert result.mean("accuracy_attention") - result.mean("accuracy_mean") >= 0.15
    assert all(a > m for a, m in zip(result.values("accuracy_attention"), result.values("accuracy_mean")))
    for pool in ("mean", "max"):  # asked for contributions, those without attention lose by paper there almost all
        lost, possible = result.mean(f"drop_contribution_{pool}"), result.mean(f"drop_digit_{pool}")
        assert lost > 0.9 * possible and result.mean(f"drop_random_{pool}") < 0.2 * possible
    assert result.mean("drop_top_max") < 0.7 * result.mean("drop_contribution_max")  # its own map tells less


def test_one_training_of_vit_digits_repeated():
    """``vit_digits`` takes most of a minute a seed; here the ViT, its rollout and what deleting does to it."""
    experiment, result = module("vit_digits"), stored.load("vit_digits")
    seed, (_, test) = result.seeds[1], experiment.load_digits()
    model, _ = experiment.train("vit", seed)
    repeated = experiment.judged(model, test, seed) | {"accuracy_vit": experiment.accuracy(model, *test)}
    assert set(repeated) < set(result.metrics)
    for metric in ("accuracy_vit", "ink_mass_rollout", "spearman_rollout_swapping", "blank_ink", "swap_rollout"):
        assert repeated[metric] == pytest.approx(result.values(metric)[1], abs=TOLERANCE), metric


def test_in_vit_digits_maps_without_a_network_or_a_picture_do_what_rollout_does():
    result = stored.load("vit_digits")
    assert result.values("shuffled_accuracy_vit_no_positions") == result.values("accuracy_vit_no_positions")
    assert result.mean("blank_ink") < result.mean("blank_rollout") < result.mean("blank_random") - 0.1
    assert result.mean("swap_rollout") < result.mean("swap_ink") - 0.1
    for rival in ("variance", "rollout_mean"):
        assert abs(result.mean(f"swap_{rival}") - result.mean("swap_rollout")) < 0.06
        assert result.mean(f"blank_{rival}") < result.mean("blank_rollout")


def test_attention_hears_more_than_the_mean_with_as_many_steps_and_less_of_unseen_voices():
    result = stored.load("keyword")
    assert result.mean("accuracy_attention_10db") - result.mean("accuracy_mean_10db") >= 0.12
    for kind in ("mean", "max", "attention"):
        assert result.mean(f"accuracy_{kind}_10db_seen") - result.mean(f"accuracy_{kind}_10db") >= 0.05


def test_one_training_of_keyword_repeated():
    """``keyword`` takes a minute or two a seed; here attention, where it listens, and what it loses under rain."""
    experiment, result = module("keyword"), stored.load("keyword")
    seed = result.seeds[0]
    (model, _), clips = experiment.train("attention", seed), experiment.test_clips(seed)
    test = experiment.heard(clips)
    _, weights = experiment.answers(model, test.frames)
    inside = experiment.on_keyword(test)
    repeated = {
        "share_of_time": inside.double().mean().item(),
        "accuracy_attention_10db": experiment.accuracy(model, test),
        "mass_attention_10db": attention_mass(weights, inside),
    }
    lost = experiment.lost_answers(model, clips, 10.0, seed)
    repeated |= {f"lost_{place}_attention": share for place, share in lost.items()}
    for metric, value in repeated.items():
        assert value == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric


def test_parts_of_pretrained_repeated():
    """Deletion and changed weights take most of its time; here the rest, where the model can be asked."""
    for name in ("tokenizers", "safetensors", "transformers"):
        pytest.importorskip(name, reason=f"{name} is not installed: the model cannot be asked or not be compared")
    if files.find() is None:
        pytest.skip("the model is not here to be asked")
    experiment, result = module("pretrained"), stored.load("pretrained")
    seed = result.seeds[0]
    with torch.no_grad():
        assert experiment.max_difference() <= 1e-5
        repeated = {}
        for part in (experiment.sense_by_layer, experiment.heads, experiment.barring):
            repeated |= part(seed)
        repeated |= experiment.muddy_river()
    assert set(repeated) < set(result.metrics)
    for metric, value in repeated.items():
        assert value == pytest.approx(result.values(metric)[0], abs=0.02), metric  # a neighbour or two of 120


@pytest.mark.parametrize("kind", ["naive", "blockwise", "fused", "window", "linear"])
def test_what_attention_cost_counts_repeats_exactly_and_grows_as_promised(kind):
    """Seconds are the machine's, and page faults its system's; here they are not measured again."""
    experiment, result = module("attention_cost"), stored.load("attention_cost")
    flops, extra = {"naive": (4, 4), "blockwise": (4, 1), "fused": (4, 2)}.get(kind, (2, 1))
    for length in experiment.SIZES:
        if length <= 2048:
            for metric, value in experiment.counted(kind, length).items():
                assert set(result.values(metric)) == {value}, metric
        if length > experiment.SIZES[0]:
            for what, factor in (("flops", flops), ("extra_bytes", extra)):
                half, whole = (result.values(f"{what}_{kind}_{n}") for n in (length // 2, length))
                assert whole == [factor * value for value in half], (what, length)
    assert result.values("extra_bytes_blockwise_65536") == result.values("extra_bytes_blockwise_256")


def test_what_kv_cache_counts_repeats_exactly_and_is_what_the_closed_forms_say(monkeypatch):
    """Seconds are the machine's; here they are not measured again."""
    experiment, result = module("kv_cache"), stored.load("kv_cache")
    monkeypatch.setattr(experiment, "cpu_seconds", lambda *_, **__: 0.0)
    repeated = experiment.run(result.seeds[0])
    assert set(repeated) == set(result.metrics)
    for metric, value in repeated.items():
        if metric.startswith(("flops", "extra_bytes", "kept_bytes", "same_text")):
            assert set(result.values(metric)) == {value}, metric
    for shape, (d_model, _, layers) in experiment.SHAPES.items():
        assert repeated[f"logit_difference_{shape}"] < 1e-5
        for n in experiment.LENGTHS:
            assert repeated[f"flops_anew_{shape}_{n}"] == n * repeated[f"flops_cached_{shape}_{n}"]
            assert repeated[f"kept_bytes_{shape}_{n}"] == 2 * layers * n * d_model * 4


def test_cost_recall_repeated_where_it_is_cheap():
    """``cost_recall`` takes minutes a seed; here two trainings, what is counted, and what a window can get at most."""
    experiment, result = module("cost_recall"), stored.load("cost_recall")
    seed = result.seeds[0]
    for kind, pairs in (("linear", 16), ("gru", 4)):
        model, _ = experiment.train(kind, pairs, seed)
        expected = result.values(f"accuracy_{kind}_{pairs}")[0]
        assert experiment.accuracy(model, experiment.fresh_sequences(pairs, seed)) == pytest.approx(
            expected, abs=TOLERANCE
        )
    for kind in experiment.KINDS:
        model = experiment.build(kind, seed)
        for pairs in (*experiment.PAIRS, experiment.LONG):
            cost = experiment.cost(model, pairs)
            counted = {"flops": cost.flops, "bytes": cost.peak_bytes, "state": model.state_size(pairs)}
            for name, number in counted.items():
                assert set(result.values(f"{name}_{kind}_{pairs}")) == {number}, (name, kind, pairs)
    for pairs in experiment.PAIRS:
        share = result.mean(f"accuracy_window_{pairs}")
        assert share == pytest.approx(experiment.window_accuracy(pairs), abs=0.03)


def test_in_cost_recall_a_larger_state_recalls_more_and_only_full_attention_forgets_nothing():
    result = stored.load("cost_recall")
    for states in (
        ("linear_48_width_16", "linear_48", "linear_48_width_64", "linear_48_width_128"),
        ("window_48", "window_48_of_16", "window_48_of_32"),
    ):
        shares = [result.mean(f"accuracy_{state}") for state in states]
        assert all(larger > smaller + 0.03 for smaller, larger in zip(shares, shares[1:]))
    ages = {
        kind: [statistics.fmean(group) for group in zip(*result.values(f"ages_{kind}_48"))]
        for kind in ("full", "window")
    }
    assert min(ages["full"]) > 0.98 and ages["window"][0] > 0.8 and max(ages["window"][1:]) < 0.12


def test_cost_recall_controls_repeated_where_it_is_cheap():
    """``cost_recall_controls`` takes minutes a seed; here one other shape, where it looks, and what is counted."""
    cost_recall, experiment = module("cost_recall"), module("cost_recall_controls")
    result, longest = stored.load("cost_recall_controls"), experiment.LONGEST
    seed, test = result.seeds[0], cost_recall.fresh_sequences(longest, result.seeds[0])
    kind, rate, network = experiment.CONTROLS["full_width_12"]
    model, _ = experiment.train(kind, longest, seed, learning_rate=rate, **network)
    expected = result.values("accuracy_full_width_12")[0]
    assert experiment.accuracy(model, test) == pytest.approx(expected, abs=TOLERANCE)
    full, _ = experiment.train("full", longest, seed)
    expected = result.values("weight_on_right_key_full")[0]
    assert experiment.weight_on_right_key(full, test) == pytest.approx(expected, abs=TOLERANCE)
    for name, (kind, _, network) in experiment.CONTROLS.items():
        model = cost_recall.build(kind, seed, **network)
        assert set(result.values(f"state_{name}")) == {model.state_size(longest)}
        assert set(result.values(f"parameters_{name}")) == {experiment.count_parameters(model)}
    for attention in experiment.ATTENTIONS:
        for pairs in (longest, experiment.LONG):
            flops = {experiment.attention_flops(attention, pairs + 1)}
            assert set(result.values(f"flops_attention_{attention}_{pairs}")) == flops


def test_at_one_size_of_state_its_shape_decides_what_linear_attention_recalls():
    """In every seed. *narrow* has the most parameters and recalls least; five times the steps help less than shape."""
    base, result = stored.load("cost_recall"), stored.load("cost_recall_controls")
    lesson = base.values("accuracy_linear_48")
    for narrow, square, keys in zip(
        result.values("accuracy_linear_narrow"), lesson, result.values("accuracy_linear_keys")
    ):
        assert narrow + 0.1 < square < keys - 0.1
    states = [result.mean("state_linear_narrow"), base.mean("state_linear_48"), result.mean("state_linear_keys")]
    assert max(states) < 1.05 * min(states)
    assert result.mean("accuracy_linear_longer_48") < result.mean("accuracy_linear_keys") - 0.05


def test_deleting_what_is_attended_costs_more_than_deleting_as_much_elsewhere():
    """In each seed and with both kinds of nothing; but of a fifth of the clip, the loudest frames cost as much."""
    result = stored.load("explanation")
    for fill in ("", "_quiet"):
        lead = [a - b for a, b in zip(result.values(f"loss_top{fill}"), result.values(f"loss_random{fill}"))]
        assert min(lead) >= 0.35
        for way in ("scattered", "other", "loudest"):
            assert result.mean(f"loss_top{fill}") - result.mean(f"loss_{way}{fill}") >= 0.25
        assert result.mean(f"loss_loudest_48{fill}") == pytest.approx(result.mean(f"loss_top_48{fill}"), abs=0.05)


def test_keyword_self_attention_records_what_its_layer_compares():
    experiment, keyword = module("keyword_self_attention"), module("keyword")
    model = keyword.KeywordReader(**keyword.KINDS[experiment.KIND]).eval()
    torch.nn.init.normal_(model.mix.relative_bias.table, generator=generator(0))
    frames, entered = keyword.heard(experiment.recorded_clip(0)).frames, []
    model.mix.block.register_forward_pre_hook(lambda _, arguments: entered.append(arguments[0]))
    looked = experiment.looks(model, frames)
    _, weights = model.mix.block(entered[0], score_bias=model.mix.relative_bias(entered[0].shape[1]))
    assert torch.allclose(experiment.weights_of(looked), weights, atol=1e-6)


def test_keyword_self_attention_is_of_the_same_models_and_its_clips_come_back():
    experiment, result = module("keyword_self_attention"), stored.load("keyword_self_attention")
    assert result.values("mass_pooling") == stored.load("keyword").values("mass_self_attention_10db")
    for seed in result.seeds:
        clip, looked = experiment.recorded_clip(seed), experiment.recorded_looks(seed)
        weights = experiment.weights_of(looked)
        assert weights.shape == (2, 62, 62) and torch.allclose(weights.sum(-1), torch.ones(2, 62), atol=1e-5)
        assert torch.equal(looked.bias[:, 5, 9], looked.bias[:, 40, 44])  # by distance alone
        assert '"DOWN"' in clip.told(0)
    inside = torch.as_tensor(experiment.within_words(clip, 248))
    assert 20 < int(inside.sum()) < 55
    with pytest.raises(ValueError, match="seed is 9, expected one of 0, 1, 2, 3, 4"):
        experiment.recorded_looks(9)


def test_one_training_of_keyword_self_attention_repeated():
    result = stored.load("keyword_self_attention")
    again = module("keyword_self_attention").run(result.seeds[0])
    for metric in ("accuracy", "mass_pooling", "mass_other_words_head_1", "mass_other_words_head_2"):
        assert again[metric] == pytest.approx(result.values(metric)[0], abs=TOLERANCE), metric


def test_where_other_words_look_most_at_the_keyword_the_pooling_reads_there_least():
    """One seed stands out in both heads; the order of the others is no finding."""
    result = stored.load("keyword_self_attention")
    least = min(result.seeds, key=dict(zip(result.seeds, result.values("mass_pooling"))).get)
    for head in (1, 2):
        looks = dict(zip(result.seeds, result.values(f"mass_other_words_head_{head}")))
        assert max(result.seeds, key=looks.get) == least


def test_one_training_of_explanation_repeated():
    """One of eight deletions: as many frames as the lesson names, replaced by rain."""
    experiment, keyword, result = module("explanation"), module("keyword"), stored.load("explanation")
    seed = result.seeds[0]
    (model, _), test = keyword.train("attention", seed), keyword.heard(keyword.test_clips(seed, experiment.SNR_DB))
    _, weights = keyword.answers(model, test.frames)
    chosen = experiment.frames_chosen(weights, test, experiment.FRAMES, seed)
    for way, lost in experiment.costs(model, test, chosen, experiment.rain(test, seed)).items():
        assert lost == pytest.approx(result.values(f"loss_{way}")[0], abs=TOLERANCE), way


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
