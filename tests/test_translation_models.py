"""The translators: padding, masks and weights; decoding step by step; what is refused."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from course_utils.datasets.number_words import (
    ENGLISH,
    ENGLISH_OF,
    GERMAN,
    NumberWord,
    encode_german,
    encode_pairs,
    load_number_words,
)
from course_utils.experiments import translation
from course_utils.models.translation import (
    MAX_WORDS,
    AttentionTranslator,
    FixedContextTranslator,
    Memory,
    translate,
)
from course_utils.training import count_parameters

MODELS = {
    "fixed": FixedContextTranslator,
    "fixed_bidirectional": lambda: FixedContextTranslator(hidden=34, bidirectional=True),
    "attention": AttentionTranslator,
    "states": lambda: AttentionTranslator(values="states"),
    "additive": lambda: AttentionTranslator(scoring="additive"),
}
NINETY_SEVEN = NumberWord(97, ("sieben", "und", "neunzig"), ("ninety", "seven"))


@pytest.fixture(params=list(MODELS))
def model(request):
    torch.manual_seed(0)
    return MODELS[request.param]().eval()


@pytest.fixture(params=["attention", "states", "additive"])
def attentive(request):
    torch.manual_seed(0)
    return MODELS[request.param]().eval()


@pytest.fixture(scope="module")
def words():
    return load_number_words()[1][::90]  # a dozen, of all lengths


@pytest.mark.parametrize("kind", ["attention", "fixed"])
def test_training_is_repeatable_and_learns(kind):
    (first, history), (second, again) = (translation.train(kind, seed=3, steps=40) for _ in range(2))
    assert history == again
    assert all(torch.equal(a, b) for a, b in zip(first.state_dict().values(), second.state_dict().values()))
    assert sum(history[-10:]) / 10 < 0.5 * math.log(len(ENGLISH))  # guessing evenly costs log(34) = 3.5


def test_both_models_have_as_many_parameters():
    attention, fixed = count_parameters(AttentionTranslator()), count_parameters(FixedContextTranslator())
    assert attention == pytest.approx(fixed, rel=0.05)


def test_a_second_reading_has_no_more_to_spend():
    bidirectional = count_parameters(translation.build("fixed_bidirectional", seed=0))
    assert bidirectional == pytest.approx(count_parameters(FixedContextTranslator()), rel=0.05)


def test_the_second_reading_ends_on_the_first_morpheme():
    torch.manual_seed(0)
    model = FixedContextTranslator(hidden=34, bidirectional=True)
    source, lengths = encode_german([NINETY_SEVEN.german, ("sieben",)])  # the second is padded
    memory = model.encode(source, lengths)
    assert memory.last.shape == (2, 34)
    for row, length in enumerate(lengths):
        there, back = memory.states[row, length - 1, :17], memory.states[row, 0, 17:]
        assert torch.equal(memory.last[row], torch.cat([there, back]))
    other, _ = encode_german([("sieben", "und", "achtzig"), ("sieben",)])
    assert not torch.equal(memory.states[0, 0, 17:], model.encode(other, lengths).states[0, 0, 17:])
    assert torch.equal(memory.states[0, 0, :17], model.encode(other, lengths).states[0, 0, :17])


def test_a_batch_says_what_each_word_alone_says(model, words):
    source, lengths, given, _ = encode_pairs(words)
    logits, weights = model(source, lengths, given)
    for row, word in enumerate(words):
        alone, alone_weights = model(*encode_pairs([word])[:3])
        T_q, T_k = len(word.english) + 1, len(word.german)
        torch.testing.assert_close(logits[row, :T_q], alone[0], atol=1e-5, rtol=1e-5)
        if weights is not None:
            torch.testing.assert_close(weights[row, :T_q, :T_k], alone_weights[0], atol=1e-5, rtol=1e-5)


def test_what_is_in_the_padding_does_not_matter(model, words):
    source, lengths, given, _ = encode_pairs(words)
    scribbled = source.clone()
    scribbled[source == GERMAN.PAD] = GERMAN.encode(["neunzig"])[0]
    assert not torch.equal(source, scribbled)
    assert torch.equal(model(source, lengths, given)[0], model(scribbled, lengths, given)[0])


def test_weights_share_out_one_and_give_the_padding_nothing(attentive, words):
    source, lengths, given, _ = encode_pairs(words)
    _, weights = attentive(source, lengths, given)
    assert weights.shape == (len(words), given.shape[1], source.shape[1])
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:2]))
    padding = (source == GERMAN.PAD)[:, None].expand_as(weights)
    assert padding.any() and (weights[padding] == 0).all()
    assert (weights[~padding] > 0).all()


def test_dot_product_attention_is_pytorchs(words):
    torch.manual_seed(0)
    model = AttentionTranslator()
    source, lengths, given, _ = encode_pairs(words)
    memory = model.encode(source, lengths)
    states = torch.randn(len(words), given.shape[1], memory.states.shape[-1])
    context, _ = model.attend(states, memory)
    expected = F.scaled_dot_product_attention(
        model.W_q(states), model.W_k(memory.states), model.W_v(memory.embeddings), memory.mask
    )
    torch.testing.assert_close(context, expected)


def test_additive_scores_are_those_of_a_loop(words):
    torch.manual_seed(0)
    model = AttentionTranslator(scoring="additive")
    memory = model.encode(*encode_german([words[-1].german]))
    states = torch.randn(1, 2, memory.states.shape[-1])
    _, weights = model.attend(states, memory)
    for i in range(2):
        scores = [model.v(torch.tanh(model.W_q(states[0, i]) + model.W_k(key))) for key in memory.states[0]]
        torch.testing.assert_close(weights[0, i], torch.cat(scores).softmax(0))


def test_the_choice_of_values_decides_what_is_mixed(words):
    for values in ("embeddings", "states"):
        model = AttentionTranslator(values=values)
        memory = model.encode(*encode_german([words[-1].german]))
        changed = memory._replace(embeddings=memory.embeddings + 1)
        states = torch.randn(1, 1, memory.states.shape[-1])
        same = torch.equal(model.attend(states, memory)[0], model.attend(states, changed)[0])
        assert same == (values == "states")


def test_decoding_word_by_word_agrees_with_decoding_at_once(model, words):
    source, lengths = encode_german([word.german for word in words])
    ids, weights = model.greedy(source, lengths)
    start = torch.full((len(words), 1), ENGLISH.START)
    logits, at_once = model(source, lengths, torch.cat([start, ids[:, :-1]], dim=1))
    assert torch.equal(logits[..., ENGLISH.END :].argmax(-1) + ENGLISH.END, ids)  # neither padding nor a second start
    if weights is not None:
        torch.testing.assert_close(weights, at_once, atol=1e-5, rtol=1e-5)


def test_greedy_decoding_stops_at_the_end_of_the_last_row_or_at_the_limit(model, words):
    source, lengths = encode_german([word.german for word in words])
    torch.nn.init.zeros_(model.output.weight)
    for word, expected in ((ENGLISH.END, 1), (ENGLISH.encode(["one"])[0], MAX_WORDS)):
        with torch.no_grad():
            model.output.bias.copy_(F.one_hot(torch.tensor(word), len(ENGLISH)))
        assert model.greedy(source, lengths)[0].shape == (len(words), expected)


def test_a_translation_has_a_row_of_weights_for_each_word(model):
    with torch.no_grad():
        model.output.bias[ENGLISH.END] = -100  # never stops by itself
    done = translate(model, "Siebenundneunzig")
    assert done.german == NINETY_SEVEN.german and len(done.english) == MAX_WORDS
    if isinstance(model, FixedContextTranslator):
        assert done.weights is None
    else:
        assert done.weights.shape == (MAX_WORDS, 3)
        assert not done.weights.requires_grad


def test_rates_are_counted_as_by_hand(monkeypatch):
    both = NumberWord(997, ("neun", "hundert", *NINETY_SEVEN.german), ("nine", "hundred", "and", *NINETY_SEVEN.english))
    monkeypatch.setattr(translation, "looked_at", lambda model, examples: [[2, 0], [0, 1, 3, 4, 3]])
    assert translation.crossing_rate(None, [NINETY_SEVEN, both]) == 1 / 2  # the second looks at 'und' for 'seven'
    assert translation.alignment_rate(None, [NINETY_SEVEN, both]) == 5 / 6


def test_units_follow_the_place_that_they_are_read_from():
    class ReadsAt:
        """Writes, after the tens, the units whose morpheme this one place of the memory has seen last."""

        def __init__(self, place):
            self.place = place

        def encode(self, source, lengths):
            seen = source[:, :1].expand(-1, 3)[..., None].float()  # the units, as far as 'und' and the tens have read
            return Memory(torch.zeros_like(seen), seen, seen[:, 0], None)

        def decode(self, memory, given, state):
            morphemes = [GERMAN.tokens[int(i)] for i in memory.states[:, self.place, 0]]
            words = torch.tensor(ENGLISH.encode([ENGLISH_OF[morpheme] for morpheme in morphemes]))
            return F.one_hot(words, len(ENGLISH))[:, None].expand(-1, 2, -1), None, None

    for place in (0, 1, 2):
        followed = [translation.follow_rate(ReadsAt(place), position) for position in (0, 1, 2)]
        assert followed == [float(position == place) for position in (0, 1, 2)]


@pytest.mark.parametrize(("looks_at", "says", "expected"), [(2, "as heard", (1, 0)), (0, "as meant", (0, 1))])
def test_numbers_turned_round_are_counted(looks_at, says, expected):
    class Reads:
        def greedy(self, source, lengths):
            places = (2, 0) if says == "as heard" else (0, 2)
            rows = [[ENGLISH_OF[GERMAN.tokens[int(row[place])]] for place in places] for row in source]
            ids = torch.tensor([[*ENGLISH.encode(words), ENGLISH.END] for words in rows])
            return ids, F.one_hot(torch.full((len(source), 3), looks_at), 3).float()

    assert translation.turned_round(Reads()) == expected


def test_a_number_is_right_only_when_every_word_is(monkeypatch):
    class Says:
        def greedy(self, source, lengths):
            ids = torch.tensor([ENGLISH.encode(["ninety", "seven"]) + [ENGLISH.END]] * len(source))
            return ids, None

    other = NumberWord(90, ("neunzig",), ("ninety",))
    assert translation.is_right(Says(), [NINETY_SEVEN, other]) == [True, False]
    assert translation.accuracy(Says(), [NINETY_SEVEN, other]) == 1 / 2
    assert translation.accuracy(Says(), [NINETY_SEVEN, other], shortest=2) == 1
    with pytest.raises(ValueError, match="10 to 11"):
        translation.accuracy(Says(), [NINETY_SEVEN, other], shortest=10)


def test_bad_input_is_refused_in_the_readers_words(model):
    source, lengths = encode_german([NINETY_SEVEN.german])
    with pytest.raises(TypeError, match="source must be a tensor of whole numbers"):
        model.encode(source.float(), lengths)
    with pytest.raises(TypeError, match="lengths .* got list"):
        model.encode(source, [3])
    with pytest.raises(ValueError, match=r"source has shape \(3,\)"):
        model.encode(source[0], lengths)
    with pytest.raises(ValueError, match=r"between 1 and T_k = 3, got \[4\]"):
        model.encode(source, lengths + 1)
    with pytest.raises(ValueError, match="source holds"):
        model.encode(source + 100, lengths)
    with pytest.raises(ValueError, match="'zik'"):
        translate(model, "siebenundneunzik")


def test_unknown_choices_are_refused():
    with pytest.raises(ValueError, match="values is 'keys'"):
        AttentionTranslator(values="keys")
    with pytest.raises(ValueError, match="scoring is 'cosine'"):
        AttentionTranslator(scoring="cosine")
    with pytest.raises(ValueError, match="hidden is 31, expected an even number"):
        FixedContextTranslator(bidirectional=True)
    with pytest.raises(ValueError, match="kind is 'transformer'"):
        translation.build("transformer", seed=0)
    with pytest.raises(ValueError, match="no attention weights"):
        translation.looked_at(FixedContextTranslator(), [NINETY_SEVEN])
