"""Writing against closed forms, and against the loop written out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from course_utils.generation import generate, look_back, next_probabilities
from course_utils.models.language_model import LanguageModel, RecurrentLanguageModel
from course_utils.reproducibility import generator, set_seed

WORDS, LENGTH, END = 7, 12, 2
LOGITS = torch.tensor([0.0, math.log(2), math.log(4), math.log(9)])


@pytest.fixture(scope="module")
def model():
    set_seed(1)
    return LanguageModel(WORDS, 8, 2, 2, LENGTH).eval()


def assert_probabilities(found, expected):
    torch.testing.assert_close(found, torch.tensor(expected), atol=1e-6, rtol=0)


def test_temperature_raises_probabilities_to_a_power():
    assert_probabilities(next_probabilities(LOGITS), [1 / 16, 2 / 16, 4 / 16, 9 / 16])
    assert_probabilities(next_probabilities(LOGITS, 0.5), [1 / 102, 4 / 102, 16 / 102, 81 / 102])
    roots = [1, 2**0.5, 2, 3]
    assert_probabilities(next_probabilities(LOGITS, 2.0), [root / sum(roots) for root in roots])
    assert_probabilities(next_probabilities(LOGITS, 0.0), [0.0, 0, 0, 1])


def test_top_k_shares_out_the_whole_among_the_likeliest():
    assert_probabilities(next_probabilities(LOGITS, top_k=2), [0, 0, 4 / 13, 9 / 13])
    assert_probabilities(next_probabilities(LOGITS, top_k=1), [0.0, 0, 0, 1])
    assert_probabilities(next_probabilities(LOGITS, 0.5, 3), [0, 4 / 101, 16 / 101, 81 / 101])
    for more in (4, 100):
        assert torch.equal(next_probabilities(LOGITS, top_k=more), next_probabilities(LOGITS))
    assert_probabilities(next_probabilities(torch.zeros(4), top_k=2), [0.5, 0.5, 0, 0])
    rows = torch.stack([LOGITS, LOGITS.flip(0)])
    assert torch.equal(next_probabilities(rows, 1.0, 2)[1].flip(0), next_probabilities(LOGITS, 1.0, 2))


@pytest.mark.parametrize(("settings", "said"), [
    ({"temperature": -1.0}, "temperature is -1.0"), ({"temperature": math.nan}, "temperature is nan"),
    ({"temperature": math.inf}, "temperature is inf"), ({"top_k": 0}, "top_k is 0"),
])  # fmt: skip
def test_settings_without_meaning_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        next_probabilities(LOGITS, **settings)


@pytest.mark.parametrize("use_cache", [True, False])
def test_greedy_is_the_loop_by_hand(model, use_cache):
    tokens = torch.tensor([[1, 3], [1, 4], [1, 5]])
    expected = tokens
    for _ in range(LENGTH - 2):
        expected = torch.cat([expected, model(expected)[0][:, -1].argmax(-1, keepdim=True)], dim=1)
    assert torch.equal(generate(model, tokens, LENGTH - 2, temperature=0.0, use_cache=use_cache), expected)


@pytest.mark.parametrize("settings", [{}, {"temperature": 2.0}, {"top_k": 3}, {"end": END, "temperature": 1.5}])
def test_with_and_without_cache_the_same_is_written(model, settings):
    prompt = torch.ones(20, 1, dtype=torch.long)
    texts = [
        generate(model, prompt, LENGTH - 1, generator=generator(5), use_cache=use_cache, **settings)
        for use_cache in (True, False)
    ]
    assert torch.equal(*texts)
    assert not torch.equal(texts[0], generate(model, prompt, LENGTH - 1, generator=generator(6), **settings))
    assert len(texts[0].unique(dim=0)) > 10


def test_only_new_tokens_are_read_when_there_is_a_cache(model, monkeypatch):
    read = []
    forward = LanguageModel.forward

    def spy(self, tokens, *arguments, **others):
        read.append(tokens.shape[1])
        return forward(self, tokens, *arguments, **others)

    monkeypatch.setattr(LanguageModel, "forward", spy)
    prompt = torch.ones(1, 3, dtype=torch.long)
    generate(model, prompt, 4)
    generate(model, prompt, 4, use_cache=False)
    assert read == [3, 1, 1, 1, 3, 4, 5, 6]


class Always:
    """Gives every next token the probability that it has in this list, whatever came before."""

    blocks = ()

    def __init__(self, *probabilities):
        self.logits = torch.tensor(probabilities).log()

    def __call__(self, tokens, need_weights=True, caches=None):
        return self.logits.expand(*tokens.shape, -1), []


def test_draws_follow_the_probabilities():
    expected = torch.tensor([0.1, 0.2, 0.0, 0.7])
    tokens = generate(Always(*expected), torch.zeros(4000, 1, dtype=torch.long), 2, generator=generator(0))[:, 1:]
    shares = torch.bincount(tokens.flatten(), minlength=4) / tokens.numel()
    assert (shares - expected).abs().max() < 4 * math.sqrt(0.25 / tokens.numel())
    assert shares[2] == 0


def test_what_has_ended_stays_ended_and_all_ended_stops():
    tokens = generate(Always(0.5, 0.25, 0.25), torch.ones(50, 1, dtype=torch.long), 40, end=END, generator=generator(0))
    for row in tokens.tolist():
        if END in row:
            assert set(row[row.index(END) :]) == {END}
    assert tokens.shape[1] < 41 and (tokens[:, -1] == END).all()
    assert not (tokens[:, -2] == END).all(), "it could have stopped earlier"
    assert generate(Always(0.0, 0.0, 1.0), torch.ones(3, 1, dtype=torch.long), 40, end=END).shape == (3, 2)
    assert generate(Always(0.0, 0.0, 1.0), torch.ones(3, 1, dtype=torch.long), 5).shape == (3, 6)


def test_no_room_and_nothing_to_do_are_refused(model):
    with pytest.raises(ValueError, match="max_new is 0"):
        generate(model, torch.ones(1, 1, dtype=torch.long), 0)
    with pytest.raises(ValueError, match="13 tokens, but positions were learned up to max_length = 12"):
        generate(model, torch.ones(1, 2, dtype=torch.long), LENGTH)
    assert generate(model, torch.ones(1, 2, dtype=torch.long), LENGTH - 1).shape == (1, LENGTH + 1)


def test_looking_back_gives_what_was_seen_while_writing(model):
    vocabulary = tuple(["<pad>", "<start>", "<end>", "a", "b", "c", "d"])
    tokens = generate(model, torch.tensor([[1, 3, 4]]), 6, temperature=0.8, top_k=4, generator=generator(0))[0]
    writing = look_back(model, tokens, 3, vocabulary, 0.8, 4)
    assert writing.tokens == tuple(vocabulary[int(token)] for token in tokens)
    assert writing.given == 3 and writing.weights.shape == (2, 2, 8, 8) and writing.probabilities.shape == (8, 7)
    for place in range(3, 9):
        logits, weights = model(tokens[None, :place])  # all that was there when the token was written
        torch.testing.assert_close(writing.probabilities[place - 1], next_probabilities(logits[0, -1], 0.8, 4))
        for layer in range(2):
            torch.testing.assert_close(writing.weights[layer, :, place - 1, :place], weights[layer][0, :, -1])
        assert writing.probabilities[place - 1, tokens[place]] > 0


def test_a_tiny_temperature_is_greedy_and_never_nan():
    logits = torch.tensor([[3.0, 100.0, 99.0]])
    for temperature in (1e-5, 1e-37, 1e-40, 1e-300):
        assert next_probabilities(logits, temperature).tolist() == [[0.0, 1.0, 0.0]]
    assert next_probabilities(torch.tensor([1e30, 1e30]), 1e-20).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"temperature": None}, ValueError, "temperature is None"),
        ({"top_k": 2.5}, ValueError, "top_k is 2.5"),
        ({"logits": [1.0, 2.0]}, TypeError, "got list"),
        ({"logits": torch.tensor([1, 2])}, TypeError, "got torch.int64"),
    ],
)
def test_what_next_probabilities_refuses(options, error, said):
    with pytest.raises(error, match=said):
        next_probabilities(**({"logits": torch.zeros(3)} | options))


def test_what_generate_refuses_by_name():
    model = RecurrentLanguageModel(5, 4, 4)
    prompt = torch.ones(1, 1, dtype=torch.long)
    with pytest.raises(ValueError, match="max_new is 2.5"):
        generate(model, prompt, 2.5, use_cache=False)
    with pytest.raises(ValueError, match="RecurrentLanguageModel has no blocks to cache for; pass use_cache=False"):
        generate(model, prompt, 2)
