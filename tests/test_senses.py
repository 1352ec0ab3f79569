"""The sense readers: weights and padding, order and what knows it, what the experiments count, what is refused."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from course_utils.datasets.ambiguous_words import (
    MUDDY_RIVER,
    SENSES,
    VOCABULARY,
    Sentence,
    encode_examples,
    encode_sentences,
    load_sentences,
    nearest_cue,
)
from course_utils.experiments import positions, senses
from course_utils.models.senses import (
    MAX_LENGTH,
    POSITIONS,
    BagReader,
    Reading,
    SelfAttentionReader,
    StaticReader,
    read,
)
from course_utils.training import count_parameters

KINDS = tuple(senses.MODELS)
WEIGHTED = [kind for kind in KINDS if kind not in ("static", "bigru")]


def fresh(kind):
    """An untrained reader whose relative bias, where it has one, is not all zeros."""
    torch.manual_seed(0)
    model = senses.MODELS[kind]().eval()
    if getattr(model, "relative_bias", None) is not None:
        torch.nn.init.normal_(model.relative_bias.table)
    return model


@pytest.fixture(scope="module")
def examples():
    return load_sentences()["hard"][::60]


@pytest.mark.parametrize("kind", WEIGHTED)
def test_weights_share_out_one_and_give_the_padding_nothing(kind, examples):
    ids, lengths, _, _ = encode_examples(examples)
    logits, weights = fresh(kind)(ids, lengths)
    assert logits.shape == (*ids.shape, 12) and weights.shape == (*ids.shape, ids.shape[1])
    torch.testing.assert_close(weights.sum(-1), torch.ones(ids.shape))
    padding = (ids == VOCABULARY.PAD)[:, None].expand_as(weights)
    assert padding.any() and (weights[padding] == 0).all() and (weights[~padding] > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_alone_says_what_it_says_in_a_batch(kind, examples):
    model = fresh(kind)
    ids, lengths, _, _ = encode_examples(examples)
    logits, _ = model(ids, lengths)
    for row, example in enumerate(examples):
        alone, _ = model(*encode_sentences([example.words]))
        torch.testing.assert_close(logits[row, : lengths[row]], alone[0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_only_readers_without_order_let_the_outputs_move_along_with_the_words(kind, examples):
    model = fresh(kind)
    words = examples[0].words
    order = torch.randperm(len(words), generator=torch.Generator().manual_seed(1))
    there, _ = model(*encode_sentences([words]))
    mixed, _ = model(*encode_sentences([[words[i] for i in order]]))
    moves_along = torch.allclose(mixed[0], there[0, order], atol=1e-5)
    assert moves_along == (kind in ("attention_none", "bag_of_words", "static"))


def test_self_attention_is_pytorchs(examples):
    model = fresh("attention")
    ids, lengths, _, _ = encode_examples(examples)
    x = model.embedding(ids)
    T = ids.shape[1]
    distance = (torch.arange(T)[None] - torch.arange(T)[:, None]).clamp(-12, 12) + 12  # key minus query
    bias = model.relative_bias.table[0][distance].expand(len(ids), T, T)
    mask = bias.masked_fill((ids == VOCABULARY.PAD)[:, None], -math.inf)
    context = F.scaled_dot_product_attention(model.W_q(x), model.W_k(x), model.W_v(x), mask)
    torch.testing.assert_close(model(ids, lengths)[0], model.output(x + context), atol=1e-5, rtol=1e-5)


def test_the_bag_by_distance_does_not_see_which_words_stand_where():
    model = fresh("bag_by_distance")
    _, one = model(*encode_sentences([["the", "bank", "of", "the", "river"]]))
    _, other = model(*encode_sentences([["a", "seal", "was", "muddy", "yesterday"]]))
    assert torch.equal(one, other)
    assert (one.std(-1) > 0.01).any()


def test_all_have_about_as_many_parameters():
    target = count_parameters(SelfAttentionReader())
    for kind in senses.COMPARED:
        assert count_parameters(senses.MODELS[kind]()) == pytest.approx(target, rel=0.03), kind


@pytest.mark.parametrize("kind", ["attention", "attention_sinusoidal", "bag_of_words"])
def test_training_is_repeatable_and_learns(kind):
    (first, history), (second, again) = (senses.train(kind, seed=3, steps=60) for _ in range(2))
    assert history == again
    assert all(torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values()))
    assert sum(history[-10:]) / 10 < 0.6 * math.log(12)  # guessing evenly costs log(12) = 2.5


def test_a_large_start_has_every_feature_of_variance_one_and_the_usual_one_vectors_of_length_one():
    for kind, length in (("attention", 1.0), ("attention_large_start", 32**0.5)):
        torch.manual_seed(0)
        lengths = senses.MODELS[kind]().embedding.weight.norm(dim=-1)
        assert lengths.mean().item() == pytest.approx(length, rel=0.05), kind


class Rule(torch.nn.Module):
    """Knows the rule: looks at the nearest cue and answers its sense; without a cue, the first sense of the word."""

    def forward(self, ids, lengths):
        T = ids.shape[1]
        logits, weights = torch.zeros(len(ids), T, 12), torch.zeros(len(ids), T, T)
        weights[..., 0] = 1.0
        for row, length in enumerate(lengths):
            words = [VOCABULARY.tokens[i] for i in ids[row, :length]]
            for place, word in enumerate(words):
                own = [label for label, (name, _) in enumerate(SENSES) if name == word]
                if own:
                    found = nearest_cue(words, place)
                    label = own[0] if found is None else SENSES.index((word, found[1]))
                    logits[row, place, label] = 1.0
                    if found is not None:
                        weights[row, place] = F.one_hot(torch.tensor(found[0]), T).float()
        return logits, weights


def test_who_knows_the_rule_gets_everything_right_and_looks_at_the_cue():
    splits = load_sentences()
    for name in ("easy", "hard"):
        assert senses.accuracy(Rule(), splits[name]) == senses.cue_hit_rate(Rule(), splits[name]) == 1.0
    moved = [positions.moved(example) for example in splits["hard"]]
    assert senses.accuracy(Rule(), moved) == senses.cue_hit_rate(Rule(), moved) == 1.0


def test_without_its_cue_a_hard_sentence_takes_the_strays_sense_and_other_words_change_nothing():
    hard = load_sentences()["hard"]
    assert senses.change_rate(Rule(), hard, [example.cue for example in hard]) == 1.0
    tops = [0] * len(hard)
    others = senses.other_places(hard, tops, seed=0)
    assert all(place not in (e.place, e.cue, 0) for place, e in zip(others, hard))
    assert senses.change_rate(Rule(), hard, others) == 0.0


@pytest.mark.parametrize("kind", WEIGHTED)
def test_contributions_of_the_words_add_up_to_the_difference_of_two_logits(kind, examples):
    model = fresh(kind)
    ids, lengths, places, labels = encode_examples(examples)
    row = torch.arange(len(ids))
    logits = model(ids, lengths)[0][row, places]
    other = torch.tensor(
        [next(i for i, s in enumerate(SENSES) if s[0] == e.word and s[1] != e.sense) for e in examples]
    )
    bias = model.output.bias
    parts = senses.contributions(model, examples)
    expected = logits[row, labels] - logits[row, other] - bias[labels] + bias[other]
    torch.testing.assert_close(parts.sum(-1), expected.detach(), atol=1e-5, rtol=1e-5)
    assert (parts[ids == VOCABULARY.PAD] == 0).all()


def test_the_largest_contribution_is_the_cues_where_no_other_word_says_anything(examples):
    model = fresh("bag_of_words")
    cues = {example.words[example.cue] for example in examples}
    with torch.no_grad():
        model.embedding.weight.zero_()
        for cue in cues:
            model.embedding.weight[encode_sentences([[cue]])[0]] = 1.0
    with_one = [example for example in examples if sum(word in cues for word in example.words) == 1]
    assert with_one and senses.contribution_hit_rate(model, with_one) == 1.0
    assert senses.most_attended(model, examples) == [0] * len(examples)  # all weights equal: the first


def test_a_score_without_one_of_its_parts_is_the_other(examples):
    model = fresh("attention")
    ids, lengths, _, _ = encode_examples(examples)
    x = model.embedding(ids)
    content = model.W_q(x) @ model.W_k(x).transpose(1, 2) / math.sqrt(x.shape[-1])
    distance = model.relative_bias(ids.shape[1]).expand_as(content)
    before = model(ids, lengths)[1]
    for part, scores in {"content": content, "distance": distance}.items():
        expected = scores.masked_fill((ids == VOCABULARY.PAD)[:, None], -math.inf).softmax(-1)
        torch.testing.assert_close(senses.by_one_part(model, part)(ids, lengths)[1], expected)
    assert torch.equal(model(ids, lengths)[1], before)
    with pytest.raises(ValueError, match="part is 'both', expected 'content' or 'distance'"):
        senses.by_one_part(model, "both")
    for kind in ("attention_none", "bag_by_distance"):
        with pytest.raises(ValueError, match="has no relative bias beside its queries"):
            senses.by_one_part(fresh(kind), "content")


def test_positions_of_another_length_have_the_length_of_the_words():
    at = torch.zeros(1, 24, 32)
    torch.manual_seed(0)
    for kind in ("attention_learned_unit", "attention_sinusoidal_unit"):
        assert senses.MODELS[kind]().add_positions(at)[0].norm(dim=-1).mean().item() == pytest.approx(1, rel=0.03), kind
    assert senses.MODELS["attention_sinusoidal"]().add_positions(at)[0].norm(dim=-1).mean().item() == pytest.approx(4)


def test_a_static_reader_is_right_half_of_the_time_whatever_it_learned():
    splits = load_sentences()
    torch.manual_seed(5)
    model = StaticReader().eval()
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.zero_()
        model.embedding.weight.zero_()
        for label, (word, _) in enumerate(SENSES):  # one guess for each word: its first sense
            if label % 2 == 0:
                model.embedding.weight[encode_sentences([[word]])[0], label] = 1.0
                model.output.weight[label, label] = 1.0
    assert senses.accuracy(model, splits["easy"]) == senses.accuracy(model, splits["hard"]) == 0.5
    with pytest.raises(ValueError, match="StaticReader has no weights"):
        senses.cue_hit_rate(model, splits["easy"])


def test_a_sentence_is_read_and_its_sense_named():
    reading = read(fresh("attention"), "The bank of the river was muddy.")
    assert reading.words == tuple(MUDDY_RIVER.split()) and reading.places == (1,)
    assert reading.weights.shape == (7, 7) and reading.probabilities.shape == (7, 12)
    sure = torch.zeros(7, 12)
    sure[1, SENSES.index(("bank", "money"))], sure[1, SENSES.index(("bat", "sport"))] = 0.3, 0.6
    assert Reading(reading.words, sure, None).sense(1) == ("money", pytest.approx(0.3))
    with pytest.raises(ValueError, match=r"place is 4, expected .*\[1\]"):
        reading.sense(4)
    assert read(fresh("bigru"), MUDDY_RIVER).weights is None


def test_relative_positions_do_not_notice_words_at_the_beginning_beyond_their_weights():
    """Moved, every distance is the same; absolute positions see other vectors."""
    example = Sentence(tuple(MUDDY_RIVER.split()), 1, "river", 4)
    moved = positions.moved(example)
    assert (moved.words[moved.place], moved.words[moved.cue]) == ("bank", "river")
    model = fresh("attention")
    there, moved_to = (model(*encode_sentences([e.words]))[1][0, e.place] for e in (example, moved))
    torch.testing.assert_close(moved_to[moved.cue] / moved_to[moved.place], there[4] / there[1])
    assert positions.kind_of("relative") == "attention" and set(map(positions.kind_of, POSITIONS)) <= set(KINDS)


def test_bad_input_is_refused_in_the_readers_words():
    model = SelfAttentionReader("learned")
    ids, lengths = encode_sentences([["the", "bank"]])
    with pytest.raises(TypeError, match="ids must be a tensor of whole numbers"):
        model(ids.float(), lengths)
    with pytest.raises(TypeError, match="lengths .* got list"):
        model(ids, [2])
    with pytest.raises(ValueError, match=r"ids have shape \(2,\)"):
        model(ids[0], lengths)
    with pytest.raises(ValueError, match=f"expected at most {MAX_LENGTH}"):
        read(model, "the " * (MAX_LENGTH + 1))
    with pytest.raises(ValueError, match="'bnak'"):
        read(model, "the bnak")
    with pytest.raises(ValueError, match="positions is 'rotary'"):
        SelfAttentionReader("rotary")
    with pytest.raises(ValueError, match="kind is 'transformer'"):
        senses.train("transformer", seed=0)
    assert BagReader().mix(ids, lengths)[1].tolist() == [[[0.5, 0.5]] * 2]


def test_a_sentence_of_any_length_is_answered_not_computed():
    with pytest.raises(ValueError, match="has 10,000 words, expected at most 40"):
        read(SelfAttentionReader(), "the " * 10_000)
