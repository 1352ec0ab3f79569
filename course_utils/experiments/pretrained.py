"""Inside all-MiniLM-L6-v2: sense by layer, heads, parked attention, deletion, changed and barred weights (lesson 10).

Nothing is trained. The sentences were written before the model had read them, and none was changed for what it made of
them. The seed decides which half of them heads are chosen on, what is permuted, and which other word is barred or
masked for comparison; every other figure is the same in all seeds. Needs the model and the transformers library.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.attention import scaled_dot_product_attention
from course_utils.datasets import natural_senses
from course_utils.datasets.ambiguous_words import CUES, MUDDY_RIVER, OPPOSITE, SENSES
from course_utils.experiments.pretrained_changes import barring, changed_weights
from course_utils.experiments.pretrained_deletion import deletion
from course_utils.experiments.pretrained_reading import (
    barred_between,
    batch,
    chosen_head,
    cosines_between,
    distances,
    encode,
    encode_from,
    halves,
    labels,
    margins,
    masses,
    mean_at,
    model,
    neighbour_accuracy,
    neighbours,
    original,
    other_word,
    places,
    rarest_other_word,
    rarity,
    right_neighbours,
    sentences,
    share,
    states_of,
    word_states,
)
from course_utils.pretrained import PretrainedError, files

NO_RIVER = "the bank was muddy"
UNRELATED = natural_senses.SHOWN[1]  # another bank
COMPARED = {  # with the muddy river, by their vectors
    "same_meaning": natural_senses.SHOWN[2],  # in other words
    "same_word": UNRELATED,
    "no_river": NO_RIVER,
    "frame": "the lid of the jar was wet",  # the same little words, nothing else in common
    "out_of_frame": "a wet shore runs along this stream",  # the meaning without the little words
}


def half_mean_accuracy(states: Tensor, seed: int) -> float:
    """The sense whose mean state is nearer: means of one half of the sentences, scored on the other, and reversed."""
    right = []
    for learned, scored in (halves(seed), halves(seed)[::-1]):
        means = torch.stack([states[learned & (labels() == label)].mean(0) for label in range(len(SENSES))])
        own = labels()[scored]
        both = torch.stack([own, own ^ 1], dim=-1)
        right.append(cosines_between(states[scored], means).gather(-1, both).argmax(-1) == 0)
    return share(torch.cat(right))


def sense_by_layer(seed: int) -> dict[str, float | list[float]]:
    """Whether the word's state knows its sense, after each layer, and what knows it without that state."""
    tokens, _ = batch()
    embedded = model().encoder.embedding(tokens)  # (N, T, d_model), without positions
    elsewhere = places().cue | places().other
    other_states = states_of(original(), elsewhere)
    place = torch.tensor([sentence.word for sentence in sentences()])
    right = torch.stack([right_neighbours(states) for states in word_states()])  # (layers + 1, N)
    metrics: dict[str, float | list[float]] = {
        "neighbour_accuracy_six_words_by_layer": _shares(right),
        "neighbour_same_place_by_layer": [share(place[neighbours(states)] == place) for states in word_states()],
        "half_mean_accuracy_by_layer": [half_mean_accuracy(states, seed) for states in word_states()],
        "margin_by_layer": [margins(states).mean().item() for states in word_states()],
        "neighbour_accuracy_other_states_by_layer": [neighbour_accuracy(states) for states in other_states],
        "half_mean_accuracy_other_states_by_layer": [half_mean_accuracy(states, seed) for states in other_states],
        "neighbour_accuracy_vector": neighbour_accuracy(original().vectors),
        "neighbour_accuracy_position": neighbour_accuracy(model().encoder.positions.vectors[1 + place]),
        "neighbour_accuracy_other_words": neighbour_accuracy(mean_at(embedded, elsewhere)),
        "neighbour_accuracy_cue": neighbour_accuracy(mean_at(embedded, places().cue)),
        "half_mean_accuracy_other_words": half_mean_accuracy(mean_at(embedded, elsewhere), seed),
    }
    for number, word in enumerate(CUES):
        name = "" if word == "bank" else f"{word}_"  # the course's bar is on the word of claim C5
        metrics[f"neighbour_accuracy_{name}by_layer"] = _shares(right[:, labels() // 2 == number])
    return metrics


def masses_by_word(layer: int, head: int) -> list[list[float]]:
    """The weight that one head lets the ambiguous word give to each word of its sentence, for each sentence."""
    weights = original().weights[layer][:, head]  # (N, T, T)
    rows = torch.einsum("nq,nqk->nk", places().word.float(), weights)
    return [[row[pieces].sum().item() for pieces in s.pieces] for row, s in zip(rows, sentences())]


@cache
def head_costs() -> Tensor:
    """What share of the word's margin after the last layer is lost when one head is silenced: ``(layers, heads)``."""
    blocks, kept = model().encoder.blocks, word_states()[-1]
    costs = [
        [
            1 - (margins(states_of(encode_from(layer, _without_head(head)))[-1], kept).mean() / margins(kept).mean())
            for head in range(block.attention.num_heads)
        ]
        for layer, block in enumerate(blocks)
    ]
    return torch.tensor(costs)


def heads(seed: int) -> dict[str, float | list[float]]:
    """The head that gives cues most in one half of the sentences: what it does in the other, and beside what."""
    choosing, scoring = halves(seed)
    on_cue, costs = masses(places().cue), head_costs()
    layer, head = chosen_head(on_cue, choosing)
    without = states_of(encode_from(layer, _without_head(head)))[-1]
    return {
        "chosen_layer": layer + 1,
        "chosen_head": head + 1,
        "cue_mass_choosing": on_cue[layer, head, choosing].mean().item(),
        "cue_mass_scoring": on_cue[layer, head, scoring].mean().item(),
        "cue_mass_scoring_sd": on_cue[layer, head, scoring].std().item(),  # over the sentences
        "cue_mass_mean_head": on_cue[..., scoring].mean().item(),
        "rarest_other_mass_scoring": masses(rarest_other_word())[layer, head, scoring].mean().item(),
        "cherry_cue": on_cue.amax((0, 1)).mean().item(),  # in each sentence the best of all heads
        "cherry_other": masses(other_word(seed)).amax((0, 1)).mean().item(),
        "margin_without_head": margins(without, word_states()[-1]).mean().item(),
        "neighbour_accuracy_without_head": neighbour_accuracy(without, word_states()[-1]),
        "head_cost_chosen": costs[layer, head].item(),
        "head_cost_mean": costs.mean().item(),
        "head_cost_most": costs.max().item(),
        "head_cost_rank": int((costs > costs[layer, head]).sum()) + 1,  # 1: costs most of all
    } | _beside_the_cue(masses_by_word(layer, head), scoring.nonzero()[:, 0].tolist())


def parked(seed: int) -> dict[str, float | list[float]]:
    """How much attention of words rests on [CLS] and [SEP], what they hand over, and what follows without them."""
    weights = torch.stack(original().weights)  # (layers, N, heads, T, T)
    value_lengths = torch.stack(
        [
            block.attention.W_v(states).unflatten(-1, (block.attention.num_heads, -1)).norm(dim=-1).transpose(1, 2)
            for block, states in zip(model().encoder.blocks, original().states)
        ]
    )  # (layers, N, heads, T)
    at_words, at_parked = places().real & ~places().parked, places().parked
    queries, keys = at_words[:, None], at_parked[:, None, None]
    handed = weights * value_lengths[..., None, :]
    two_words = other_word(seed) | other_word(seed, second=True)
    metrics: dict[str, float | list[float]] = {
        "parked_share_by_layer": _mean_by_layer((weights * keys).sum(-1), queries),
        "parked_share_first_by_layer": _mean_by_layer(weights[..., 0], queries),  # on [CLS] alone
        "parked_even": (at_parked.sum(-1) / places().real.sum(-1)).mean().item(),  # a share of all pieces
        "parked_contribution_by_layer": _mean_by_layer((handed * keys).sum(-1) / handed.sum(-1), queries),
        "two_words_share": (weights * two_words[:, None, None]).sum(-1).mul(queries).sum().item()
        / (queries.sum() * weights.shape[0] * weights.shape[2]).item(),
    }
    metrics["parked_share"] = sum(metrics["parked_share_by_layer"]) / len(weights)
    for name, at in (("parked", at_parked), ("two_words", two_words)):
        changes = {
            "barred": encode(barred_between(at_words, at)),  # the weight goes elsewhere
            "silent": encode(attend=_silent(at)),  # the weight stays, and nothing is handed over
        }
        for kind, changed in changes.items():
            states = states_of(changed)[-1]
            metrics[f"change_{kind}_{name}"] = distances(changed.vectors, original().vectors).mean().item()
            metrics[f"neighbour_accuracy_{kind}_{name}"] = neighbour_accuracy(states, word_states()[-1])
    return metrics


def muddy_river() -> dict[str, float | list[float]]:
    """Is *bank* tied to *river* in the sentence of claim C5? Where it looks, and what follows from it."""
    pieces = model().pieces(MUDDY_RIVER)
    bank, river, muddy = (pieces.index(word) for word in ("bank", "river", "muddy"))
    to_river = model().weights(MUDDY_RIVER)[:, :, bank, river]  # (layers, heads)
    layer, head = divmod(int(to_river.flatten().argmax()), to_river.shape[1])
    words = range(1, len(pieces) - 1)
    metrics: dict[str, float | list[float]] = {
        "muddy_river_best_layer": layer + 1,
        "muddy_river_best_head": head + 1,
        "muddy_river_best_head_weight": to_river[layer, head].item(),
        "muddy_river_best_head_cue_mass": masses(places().cue)[layer, head].mean().item(),  # in the 120 sentences
    }
    texts = {"muddy_river": MUDDY_RIVER, "opposite": OPPOSITE, "no_river": NO_RIVER, "unrelated": UNRELATED}
    leans = {name: model().word_states(text, "bank") for name, text in texts.items()}
    barred_keys = {
        "barred_river": [river],
        "barred_muddy": [muddy],
        "barred_river_and_muddy": [river, muddy],
        "barred_words": [place for place in words if place != bank],
    }
    for name, keys in barred_keys.items():
        barred = torch.zeros(len(pieces), len(pieces), dtype=torch.bool)
        barred[bank, keys] = True
        states = model().encoder(*model().tokens([MUDDY_RIVER]), barred).states
        leans[name] = torch.stack(states)[:, 0, bank]
    tokens, mask = model().tokens([MUDDY_RIVER])
    tokens[:, [river, muddy]] = model().tokenizer.token_to_id("[MASK]")
    leans["masked_river_and_muddy"] = torch.stack(model().encoder(tokens, mask).states)[:, 0, bank]
    metrics |= {f"lean_{name}_by_layer": _leans(states) for name, states in leans.items()}
    for sense in ("river", "money"):
        metrics[f"lean_{sense}_sentences_by_layer"] = _mean_leans(sense)
    vector = model().vector(MUDDY_RIVER)
    for name, text in COMPARED.items():
        metrics[f"similarity_{name}"] = (vector @ model().vector(text)).item()
    return metrics


@cache
def max_difference() -> float:
    """The largest difference of any number in a sentence's vector from what the transformers library computes.

    Raises PretrainedError when transformers is not installed.
    """
    try:
        from transformers import BertModel
    except ImportError:
        raise PretrainedError("transformers is not installed; with it the model is compared.") from None
    tokens, mask = batch()
    reference = BertModel.from_pretrained(files.find().folder, add_pooling_layer=False).eval()
    states = reference(input_ids=tokens, attention_mask=mask.long()).last_hidden_state
    return (F.normalize(mean_at(states, mask), dim=-1) - original().vectors).abs().max().item()


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Every figure of the lesson. Raises PretrainedError when the model or transformers is missing."""
    metrics: dict[str, float | list[float]] = {"max_difference": max_difference()}
    for part in (sense_by_layer, heads, parked, deletion, changed_weights, barring):
        metrics |= part(seed)
    metrics |= muddy_river()
    return {name: _rounded(value) for name, value in metrics.items()}


def _beside_the_cue(by_word: list[list[float]], rows: list[int]) -> dict[str, float]:
    """What one head gives to words that are no cue, and how often the cue gets most, in some of the sentences."""
    elsewhere: dict[int, list[float]] = {}  # by distance from the word, signed
    hits, rarest_hits, chances = [], [], []
    for row in rows:
        sentence, mass, rareness = sentences()[row], by_word[row], rarity(row)
        others = [number for number in range(len(mass)) if number != sentence.word]
        no_cues = [number for number in others if number != sentence.cue]
        for number in no_cues:
            elsewhere.setdefault(number - sentence.word, []).append(mass[number])
        hits.append(max(others, key=mass.__getitem__) == sentence.cue)
        rarest_hits.append(max(others, key=rareness.__getitem__) == sentence.cue)
        chances.append(1 / len(others))
    twins = [elsewhere.get(sentences()[row].cue - sentences()[row].word) for row in rows]
    same_distance = [sum(masses) / len(masses) for masses in twins if masses]
    return {
        "same_distance_mass": sum(same_distance) / len(same_distance),
        "cue_hit_rate": sum(hits) / len(rows),
        "cue_hit_rate_rarest": sum(rarest_hits) / len(rows),
        "cue_hit_rate_chance": sum(chances) / len(rows),
    }


def _mean_by_layer(numbers: Tensor, at: Tensor) -> list[float]:
    """Mean over all axes but the first: numbers ``(layers, N, heads, T)`` at places ``(N, 1, T)``."""
    return ((numbers * at).sum((1, 2, 3)) / at.expand(numbers.shape[1:]).sum()).tolist()


def _without_head(head: int) -> Callable:
    def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        context, weights = scaled_dot_product_attention(query, key, value, mask)
        context[:, head] = 0
        return context, weights

    return attend


def _silent(at: Tensor) -> Callable:
    """Attention to which the keys at some places, ``(N, T)``, hand over nothing."""

    def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        return scaled_dot_product_attention(query, key, value.masked_fill(at[:, None, :, None], 0), mask)

    return attend


def _leans(states: Tensor, without: int | None = None) -> list[float]:
    """How much nearer a *bank* is to those at rivers than to those with money, in mean cosine: ``(layers + 1, d)``.

    ``without`` is a sentence that it is not compared with: its own.
    """
    compared = torch.arange(len(labels())) != (-1 if without is None else without)
    river, money = (compared & (labels() == SENSES.index(("bank", sense))) for sense in ("river", "money"))
    leans = []
    for state, kept in zip(states, word_states()):
        cosines = F.cosine_similarity(state[None], kept, dim=-1)
        leans.append((cosines[river].mean() - cosines[money].mean()).item())
    return leans


def _mean_leans(sense: str) -> list[float]:
    """The mean lean of the sentences of *bank* in one sense, each beside the others."""
    rows = (labels() == SENSES.index(("bank", sense))).nonzero()[:, 0].tolist()
    leans = torch.tensor([_leans(word_states()[:, row], without=row) for row in rows])  # (ten, layers + 1)
    return leans.mean(0).tolist()


def _shares(right: Tensor) -> list[float]:
    return right.double().mean(-1).tolist()


def _rounded(value: float | list[float]) -> float | list[float]:
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return float(f"{value:.2g}") if 0 < abs(value) < 1e-3 else round(value, 4)
