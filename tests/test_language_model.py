"""The language models against PyTorch's own encoder, counts on paper, and what must not depend on what."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from pytorch_block import copy_weights
from torch import nn

from course_utils.datasets.stories import MAX_TOKENS, VOCABULARY, next_token_probabilities, split_text
from course_utils.efficient import KeyValueCache
from course_utils.experiments import stories
from course_utils.models.counting import CountingModel
from course_utils.models.language_model import SEES, LanguageModel, RecurrentLanguageModel
from course_utils.reproducibility import set_seed
from course_utils.training import count_parameters

WORDS, LENGTH = 11, 9
TOKENS = torch.randint(WORDS, (3, LENGTH), generator=torch.Generator().manual_seed(0))


def model(**changed):
    set_seed(0)
    settings = {"vocabulary_size": WORDS, "d_model": 8, "num_heads": 2, "num_layers": 3, "max_length": LENGTH}
    return LanguageModel(**{**settings, **changed}).eval()


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("sees", SEES)
def test_equal_to_pytorchs_encoder_with_copied_weights(norm_first, sees):
    ours = model(norm_first=norm_first, sees=sees)
    layer = nn.TransformerEncoderLayer(
        8, 2, 32, dropout=0.0, activation="gelu", batch_first=True, norm_first=norm_first
    )
    final = nn.LayerNorm(8) if norm_first else None
    theirs = nn.TransformerEncoder(layer, 3, norm=final, enable_nested_tensor=False).eval()
    with torch.no_grad():
        for block, other in zip(ours.blocks, theirs.layers):
            copy_weights(block, other)
        forbidden = {  # PyTorch's masks are True where a token may NOT attend
            "past": torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1),
            "all": None,
            "itself": ~torch.eye(LENGTH, dtype=torch.bool),
        }[sees]
        x = ours.embedding(TOKENS) + ours.positions.vectors
        expected = ours.output(theirs(x, mask=forbidden))
        for need_weights in (True, False):
            torch.testing.assert_close(ours(TOKENS, need_weights=need_weights)[0], expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("sees", "changes"), [("past", range(4, LENGTH)), ("all", range(LENGTH)), ("itself", [4])])
def test_a_token_changes_the_predictions_that_may_see_it_and_no_other(sees, changes):
    ours = model(sees=sees)
    changed = TOKENS.clone()
    changed[:, 4] = (changed[:, 4] + 1) % WORDS
    before, after = ours(TOKENS)[0], ours(changed)[0]
    different = [place for place in range(LENGTH) if not torch.allclose(before[:, place], after[:, place], atol=1e-7)]
    assert different == list(changes)


@pytest.mark.parametrize("pieces", [[1] * LENGTH, [4, 3, 2], [LENGTH]])
def test_caches_change_nothing_but_the_work(pieces):
    ours = model()
    expected, expected_weights = ours(TOKENS)
    caches, start, parts = [KeyValueCache() for _ in ours.blocks], 0, []
    for piece in pieces:
        logits, weights = ours(TOKENS[:, start : start + piece], caches)
        parts.append(logits)
        start += piece
        for layer, whole in zip(weights, expected_weights):
            assert layer.shape == (3, 2, piece, start)
            torch.testing.assert_close(layer, whole[:, :, start - piece : start, :start], atol=1e-6, rtol=0)
    torch.testing.assert_close(torch.cat(parts, 1), expected, atol=1e-5, rtol=0)
    assert {cache.length for cache in caches} == {LENGTH}


def test_shapes_and_the_number_of_parameters():
    ours = model()
    logits, weights = ours(TOKENS)
    assert logits.shape == (3, LENGTH, WORDS)
    assert [layer.shape for layer in weights] == [(3, 2, LENGTH, LENGTH)] * 3
    assert ours(TOKENS, need_weights=False)[1] is None
    block = 4 * (8 * 8 + 8) + (8 * 32 + 32) + (32 * 8 + 8) + 2 * 2 * 8
    assert count_parameters(ours) == WORDS * 8 + LENGTH * 8 + 3 * block + 2 * 8 + (8 * WORDS + WORDS)
    assert count_parameters(model(norm_first=False)) == count_parameters(ours) - 2 * 8


def test_the_residual_stream_begins_with_the_embedding_and_ends_in_the_logits():
    ours = model()
    stream = ours.residual_stream(TOKENS)
    assert len(stream) == 4
    assert torch.equal(stream[0], ours.embedding(TOKENS) + ours.positions.vectors)
    torch.testing.assert_close(ours.read_out(stream[-1]), ours(TOKENS)[0], atol=1e-6, rtol=0)
    for x, block, following in zip(stream, ours.blocks, stream[1:]):
        torch.testing.assert_close(block(x, causal=True)[0], following, atol=1e-6, rtol=0)


def test_what_does_not_fit_is_refused_in_the_readers_words():
    ours = model()
    with pytest.raises(ValueError, match=r"10 tokens, but positions were learned up to max_length = 9"):
        ours(torch.zeros(1, 10, dtype=torch.long))
    caches = [KeyValueCache() for _ in ours.blocks]
    ours(TOKENS, caches)
    with pytest.raises(ValueError, match="10 tokens"):
        ours(TOKENS[:, :1], caches)
    with pytest.raises(ValueError, match="expected 3 caches"):
        ours(TOKENS, caches[:2])
    with pytest.raises(ValueError, match="sees the past only"):
        model(sees="all")(TOKENS, [KeyValueCache() for _ in range(3)])
    for each in (ours, RecurrentLanguageModel(WORDS, 4, 6)):
        with pytest.raises(TypeError, match="tokens must be a tensor of whole numbers .* got torch.float32"):
            each(TOKENS.float())
        with pytest.raises(ValueError, match=r"shape \(9,\)"):
            each(TOKENS[0])
        with pytest.raises(ValueError, match="expected 0 to 10"):
            each(TOKENS + WORDS)
    for wrong, said in (
        ({"sees": "future"}, "'future'"),
        ({"num_layers": 0}, "num_layers is 0"),
        ({"num_heads": 3}, "is 3"),
    ):
        with pytest.raises(ValueError, match=said):
            model(**wrong)


# The rivals


def test_the_gru_reads_from_left_to_right():
    set_seed(0)
    gru = RecurrentLanguageModel(WORDS, 4, 6)
    logits, weights = gru(TOKENS)
    assert logits.shape == (3, LENGTH, WORDS) and weights is None
    changed = TOKENS.clone()
    changed[:, 4] = (changed[:, 4] + 1) % WORDS
    same = (gru(changed)[0] == logits).all(-1).all(0)
    assert same.tolist() == [True] * 4 + [False] * 5
    assert count_parameters(gru) == WORDS * 4 + 3 * 6 * (4 + 6 + 2) + 6 * WORDS + WORDS


def test_the_rivals_are_of_one_size():
    sizes = {kind: count_parameters(stories.build(kind, 0)) for kind in stories.RATES}
    assert sizes["transformer"] == sizes["itself"] == sizes["all"]
    assert sizes["gru"] == sizes["gru_longer"] == pytest.approx(sizes["transformer"], rel=0.02)
    d = stories.D_MODEL
    assert sizes["no_feed_forward"] == sizes["transformer"] - 2 * (8 * d * d + 5 * d + 2 * d)  # networks, their norms


def test_without_feed_forward_a_block_is_attention_and_nothing_else():
    cut, whole = stories.build("no_feed_forward", 3).eval(), stories.build("transformer", 3).eval()
    tokens = stories.encode(stories.held_out(0)[:3])
    stream = cut.residual_stream(tokens)
    for other, before, after in zip(whole.blocks, stream, stream[1:]):
        expected = before + other.attention(other.norm_1(before), causal=True)[0]  # the same numbers to begin with
        torch.testing.assert_close(after, expected)


def test_the_longer_gru_gets_three_times_the_steps(monkeypatch):
    monkeypatch.setattr(stories, "STEPS", 2)
    monkeypatch.setattr(stories, "SLOW_STEPS", 1)
    for kind, steps in (("gru", 3), ("gru_longer", 9)):
        seen = []
        _, losses = stories.train(kind, 0, on_step=lambda step, _loss, seen=seen: seen.append(step))
        assert seen == list(range(1, steps + 1)) and len(losses) == steps


def test_counting_by_hand():
    """Twice 1 2 3 and once 1 2 4, over five tokens; 0 is padding."""
    counted = CountingModel(3, 5, shorter=1.0)
    counted.count(torch.tensor([[1, 2, 3, 0], [1, 2, 3, 0], [1, 2, 4, 0]]), padding=0)
    nothing = [1 / 5] * 5
    one = [(count + p) / 7 for count, p in zip([0, 0, 3, 2, 1], nothing)]  # six tokens that followed anything
    after_2 = [(count + p) / 4 for count, p in zip([0, 0, 0, 2, 1], one)]
    after_1_2 = [(count + p) / 4 for count, p in zip([0, 0, 0, 2, 1], after_2)]
    log_probabilities, _ = counted(torch.tensor([[1, 2], [4, 2]]))
    torch.testing.assert_close(log_probabilities[0, 1].exp(), torch.tensor(after_1_2))
    torch.testing.assert_close(log_probabilities[1, 1].exp().sum(), torch.tensor(1.0))
    # "4 2" was never seen: nothing is added to what follows "2"
    torch.testing.assert_close(log_probabilities[1, 1].exp(), torch.tensor(after_2))
    for wrong in ((0, 1.0), (2, 0.0), (2, math.nan)):
        with pytest.raises(ValueError, match="CountingModel"):
            CountingModel(wrong[0], 5, wrong[1])


def test_counting_looks_back_no_further_than_it_should():
    counted = CountingModel(2, WORDS)
    counted.count(TOKENS, padding=-1)
    for first, second in itertools.pairwise(range(WORDS)):
        a = counted(torch.tensor([[first, 3]]))[0][0, 1]
        b = counted(torch.tensor([[second, 3]]))[0][0, 1]
        assert torch.equal(a, b)
    counted.count(torch.tensor([[3, 5]] * 1000), padding=-1)
    assert counted(torch.tensor([[3]]))[0][0, 0].argmax() == 5, "counting on forgets what was worked out before"


# How they are judged


class Grammar:
    """A model that knows the grammar: it answers with the exact log-probabilities."""

    def __call__(self, tokens, need_weights=False):
        rows = torch.full((*tokens.shape, len(VOCABULARY)), -30.0)
        for row, numbers in enumerate(tokens.tolist()):
            words = [VOCABULARY.tokens[number] for number in numbers]
            for place in range(len(words)):
                for word, p in next_token_probabilities(words[1 : place + 1]).items():
                    rows[row, place, VOCABULARY.encode([word])] = math.log(p)
        return rows, None


def test_the_grammar_itself_has_no_gap_and_is_accepted():
    told = stories.held_out(0)[:40]
    assert stories.gap(Grammar(), told) == pytest.approx(0, abs=1e-6)
    assert stories.accepted(stories.write(Grammar(), 12, seed=3)) == 1
    assert stories.accepted([*told[:3], told[3][:-1]]) == 3 / 4


def test_every_model_predicts_all_tokens_but_start_once():
    told = stories.held_out(0)[:7]

    class Uniform:
        def __call__(self, tokens, need_weights=False):
            return torch.zeros(*tokens.shape, len(VOCABULARY)), None

    assert stories.cross_entropy(Uniform(), told) == pytest.approx(math.log(len(VOCABULARY)))


def test_the_best_head_is_found_where_it_was_put():
    weights = torch.full((2, 3, 5, 4), 0.25)
    weights[1, 2, :, :] = torch.tensor([0.1, 0.7, 0.1, 0.1])
    right = torch.zeros(5, 4, dtype=torch.bool)
    right[:, 1] = True
    assert stories.best_head(weights, right) == (1, 2)


def test_places_are_those_of_the_reader():
    told = [story for story in stories.held_out(0) if "thank" in story][:5]
    set_seed(0)
    fresh = stories.build("transformer", 0)
    weights, right, following = stories.places(fresh, told, "thanked")
    tokens = stories.encode(told)
    assert weights.shape == (2, 4, 5, tokens.shape[1]) and right.shape == (5, tokens.shape[1])
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 5))
    for row, story in enumerate(told):
        query = ("<start>", *story).index("you")
        logits, layers = fresh(tokens[row : row + 1, : query + 1])
        torch.testing.assert_close(weights[1, :, row, : query + 1], layers[1][0, :, query], atol=1e-6, rtol=0)
        assert {("<start>", *story)[key] for key in right[row].nonzero()[:, 0].tolist()} == {story[query]}
        assert following[row].item() == pytest.approx(
            logits[0, -1].softmax(-1)[tokens[row, query + 1]].item(), abs=1e-6
        )


def large(kind="transformer", seed=0):
    """Untrained, but with numbers so large that it matters where a token looks."""
    fresh = stories.build(kind, seed).eval()
    with torch.no_grad():
        for parameter in fresh.parameters():
            parameter.mul_(2.5)
    return fresh


def test_a_cut_closes_these_places_to_you_and_nothing_to_others():
    """Against the same model run story by story, with those places closed in a mask written by hand."""
    fresh = large()
    told = [story for story in stories.held_out(0) if "thank" in story][:4]
    cuts = {"giver": [1], "receiver": [16], "thing": [18], "thanker": [20]}
    for cut in stories.CUTS.values():
        probabilities = []
        for story in told:
            words = ("<start>", *story)
            you = words.index("you")
            tokens = stories.encode([story])[:, : you + 1]
            mask = torch.ones(you + 1, you + 1, dtype=torch.bool).tril()
            mask[you, cut(words, you)] = False
            x = fresh.positions(fresh.embedding(tokens))
            for block in fresh.blocks:
                x = x + block.attention(block.norm_1(x), mask=mask)[0]
                x = x + block.feed_forward(block.norm_2(x))
            right = VOCABULARY.encode([words[you + 1]])[0]
            probabilities.append(float(fresh.read_out(x[0, -1]).softmax(-1)[right].detach()))
        expected = sum(probabilities) / len(told)
        assert stories.right_name(fresh, [*told, stories.held_out(0)[0]], cut) == pytest.approx(expected, abs=1e-5)
    words = ("<start>", *split_text("Anna met Tom in the park. she found a hat there. she gave him the hat. he said"))
    words += ("thank", "you", "Anna", ".")
    assert {name: stories.CUTS[name](words, 23) for name in cuts} == cuts
    assert stories.CUTS["other"](words, 23) == [3] and stories.CUTS["nothing"](words, 23) == []
    with pytest.raises(ValueError, match="nobody says thanks"):
        stories.right_name(fresh, [story for story in stories.held_out(0) if "thank" not in story][:3], cut)


def test_what_the_parts_write_adds_up_to_the_stream_and_what_they_say_to_the_logits():
    fresh = large()
    told = stories.held_out(0)[:20]
    tokens = stories.encode(told)
    with torch.no_grad():
        parts = fresh.written(tokens)
        end = fresh.residual_stream(tokens)[-1]
        torch.testing.assert_close(sum(parts.values()), end, atol=1e-4, rtol=1e-4)
        names = ["embedding", "attention 1", "feed-forward 1", "attention 2", "feed-forward 2"]
        assert list(parts) == names
        logits, to_nothing = fresh.read_out(end), fresh.read_out(torch.zeros(stories.D_MODEL))
    things = set(VOCABULARY.encode(stories.OBJECTS))
    leads = []
    for row, story in enumerate(told):
        for reference in stories.read(story).references:
            if reference.kind == "object":
                right = int(tokens[row, reference.query + 1])
                others = sorted(things - {right})
                over = [z[right] - z[others].mean() for z in (logits[row, reference.query], to_nothing)]
                leads.append(float(over[0] - over[1]))
    said = stories.said_by_part(fresh, told)
    assert list(said) == names
    assert sum(said.values()) == pytest.approx(sum(leads) / len(leads), abs=1e-3)
    for refused in (model(norm_first=False), model(sees="all")):
        with pytest.raises(ValueError, match="pre-norm model that sees the past"):
            refused.written(TOKENS)


def test_beginnings_are_gone_on_with():
    fresh = stories.build("transformer", 0)
    for beginning, given in (("", 1), ("anna met", 3), ("Anna met Tom in the park. " * 4, 29)):
        writing = stories.begin(fresh, beginning, temperature=1.0, top_k=5, seed=1)
        assert writing.given == given < len(writing.tokens) <= MAX_TOKENS
        assert writing.tokens[:given] == ("<start>", *split_text(beginning))
        assert bool((writing.probabilities > 0).sum(-1).eq(5).all())
    refused = (("Ana", "near it: Anna"), ("the " * 30, "30 tokens, expected at most 29"), ("<end>", "<end> is a mark"))
    for beginning, said in refused:
        with pytest.raises(ValueError, match=said):
            stories.begin(fresh, beginning)


def test_what_is_written_ends_at_the_first_end_and_is_judged():
    row = torch.tensor([VOCABULARY.START, *VOCABULARY.encode(["Anna", "met", "<end>", "<end>"])])
    assert stories.written(row) == ("Anna", "met", "<end>")
    assert stories.written(row[:3]) == ("Anna", "met")
    assert stories.verdict(("Anna", "met")) == "The grammar refuses it: the story has no end."
    assert stories.verdict(stories.held_out(0)[0]) == "The grammar accepts it."
    learned = stories.training_stories(0)[:3]
    assert stories.copied([*learned, ("Anna", "met")], 0) == 3 / 4


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match="kind is 'lstm'"):
        stories.build("lstm", 0)


def test_one_cache_for_two_layers_is_refused():
    model = LanguageModel(7, 8, 2, 2, 9)
    with pytest.raises(ValueError, match="a different one for each layer"):
        model(torch.ones(1, 3, dtype=torch.long), [KeyValueCache()] * 2)


@pytest.mark.parametrize("beginning", ["<pad> <start> Anna", "Anna met Tom <end>"])
def test_a_beginning_with_a_mark_is_refused(beginning):
    model = LanguageModel(len(VOCABULARY), 8, 2, 1, MAX_TOKENS)
    with pytest.raises(ValueError, match="is a mark and no word"):
        stories.begin(model, beginning)


def test_a_model_without_features_is_refused():
    with pytest.raises(ValueError, match="d_model is -8"):
        LanguageModel(7, -8, 2, 2, 9)
