"""Which words matter to a sentence's vector, and what tells it: attention, rollout, or rarity (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from course_utils.experiments.pretrained_reading import (
    batch,
    chosen_head,
    distances,
    halves,
    model,
    original,
    places,
    rarity,
    sentences,
    share,
)
from course_utils.interpretability import rank_correlation, rollout

AT_ONCE = 256  # sentences


def vectors_of(texts: Sequence[str]) -> Tensor:
    """The vectors of any sentences, ``(len(texts), d_model)``."""
    parts = [texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE)]
    return torch.cat([model().encoder(*model().tokens(part)).vectors for part in parts])


@cache
def deletion_effects() -> list[Tensor]:
    """1 - cosine of each sentence's vector with that without one of its words: ``(words,)`` for each sentence."""
    texts = [" ".join(s.words[:n] + s.words[n + 1 :]) for s in sentences() for n in range(len(s.words))]
    return _effects(vectors_of(texts))


@cache
def masking_effects() -> list[Tensor]:
    """The same with the word's pieces replaced by [MASK], so that no other word moves."""
    tokens, mask = batch()
    blank = model().tokenizer.token_to_id("[MASK]")
    rows = [(row, pieces) for row, s in enumerate(sentences()) for pieces in s.pieces]
    parts = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        changed = tokens[[row for row, _ in part]]
        for number, (_, pieces) in enumerate(part):
            changed[number, pieces] = blank
        parts.append(model().encoder(changed, mask[[row for row, _ in part]]).vectors)
    return _effects(torch.cat(parts))


def received(weights: Tensor) -> list[Tensor]:
    """What each word receives: ``(words,)`` for each sentence, of weights ``(N, T, T)``, from all real queries."""
    columns = (weights * places().real[..., None]).sum(1)  # (N, T)
    return [torch.stack([row[pieces].sum() for pieces in s.pieces]) for row, s in zip(columns, sentences())]


def scores_of_words() -> dict[str, list[Tensor]]:
    """What might tell how much a word matters, ``(words,)`` for each sentence: attention, and baselines without any."""
    weights = torch.stack(original().weights)  # (layers, N, heads, T, T)
    lengths = model().encoder.embedding(batch()[0]).norm(dim=-1)  # (N, T)
    return {
        "": received(weights.mean((0, 2))),
        "_first_layer": received(weights[0].mean(1)),
        "_last_layer": received(weights[-1].mean(1)),
        "_rollout": received(rollout(original().weights)),
        "_rarity": [torch.tensor(rarity(row)).float() for row in range(len(sentences()))],
        "_embedding_length": [torch.stack([r[p].mean() for p in s.pieces]) for r, s in zip(lengths, sentences())],
        "_position": [torch.arange(len(s.words)).float() for s in sentences()],
        "_letters": [torch.tensor([len(word) for word in s.words]).float() for s in sentences()],
    }


def rank_correlations(scores: Sequence[Tensor], effects: Sequence[Tensor]) -> Tensor:
    """Spearman's correlation within each sentence, ``(N,)``."""
    return torch.tensor([rank_correlation(first[None], second[None]) for first, second in zip(scores, effects)])


def partial_correlations(first: Tensor, second: Tensor, between: Tensor) -> Tensor:
    """What is left of the correlation ``first`` when a rival with the correlation ``second`` is held fixed.

    Shapes: all ``(N,)``, one number a sentence; ``between`` is the correlation of the score and its rival. NaN where
    the rival alone puts all words in their order, or in the score's.

    Source: Yule 1907, for ranks.
    """
    left = (1 - second**2) * (1 - between**2)
    return torch.where(left > 1e-6, (first - second * between) / left.sqrt(), torch.nan)


def paired_difference(first: Tensor, second: Tensor) -> tuple[float, float]:
    """Mean and standard error of ``first - second``, sentence by sentence: both ``(N,)``."""
    difference = first - second
    return difference.mean().item(), difference.std().item() / len(difference) ** 0.5


def deletion(seed: int) -> dict[str, float | list[float]]:
    """Do the words that receive attention matter to the vector? And do simpler scores say it as well?"""
    choosing, scoring = halves(seed)
    scores = scores_of_words()
    left_out, masked = (
        {name: rank_correlations(of_words, effects) for name, of_words in scores.items()}
        for effects in (deletion_effects(), masking_effects())
    )
    metrics: dict[str, float | list[float]] = {}
    for name, of_words in scores.items():
        metrics[f"deletion_spearman{name}"] = left_out[name].mean().item()
        metrics[f"masking_spearman{name}"] = masked[name].mean().item()
        metrics[f"deletion_top_hit{name}"] = _top_hits(of_words, deletion_effects())
    for change, found in (("left_out", left_out), ("masked", masked)):
        for name, ending in (("attention", ""), ("layer_6", "_last_layer")):
            pair = f"paired_{change}_{name}_minus_rarity"
            metrics[pair], metrics[f"{pair}_se"] = paired_difference(found[ending], found["_rarity"])
    between = rank_correlations(scores[""], scores["_rarity"])
    metrics["rarity_spearman"] = between.mean().item()
    for name, first, second in (("attention", "", "_rarity"), ("rarity", "_rarity", "")):
        partial = partial_correlations(left_out[first], left_out[second], between)
        metrics[f"deletion_partial_{name}"] = partial.nanmedian().item()  # of the sentences
    by_head = torch.stack([_head_correlations(layer) for layer in range(len(original().weights))])
    layer, head = chosen_head(by_head, choosing)
    metrics["deletion_spearman_by_layer"] = [
        rank_correlations(received(weights.mean(1)), deletion_effects()).mean().item() for weights in original().weights
    ]
    metrics["deletion_spearman_head_choosing"] = by_head[layer, head, choosing].mean().item()
    metrics["deletion_spearman_head_scoring"] = by_head[layer, head, scoring].mean().item()
    metrics["deletion_spearman_head_lowest"] = by_head.mean(-1).min().item()
    metrics["deletion_effect_greatest"] = torch.stack([effect.max() for effect in deletion_effects()]).mean().item()
    metrics["deletion_effect_median"] = torch.stack([effect.median() for effect in deletion_effects()]).mean().item()
    return metrics


def _effects(vectors: Tensor) -> list[Tensor]:
    """1 - cosine of each sentence's vector with those of its changed forms, which follow each other in ``vectors``."""
    parts = vectors.split([len(sentence.words) for sentence in sentences()])
    return [distances(part, vector[None]) for part, vector in zip(parts, original().vectors)]


def _head_correlations(layer: int) -> Tensor:
    """Of each head of a layer and each sentence: ``(heads, N)``."""
    weights = original().weights[layer]
    return torch.stack(
        [rank_correlations(received(weights[:, head]), deletion_effects()) for head in range(weights.shape[1])]
    )


def _top_hits(scores: Sequence[Tensor], effects: Sequence[Tensor]) -> float:
    """In how many sentences the word with the greatest score is the one whose loss matters most."""
    return share(torch.tensor([bool(s.argmax() == e.argmax()) for s, e in zip(scores, effects)]))
