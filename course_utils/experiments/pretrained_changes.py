"""What follows when the weights are others than the model's, or a look is barred (lesson 10)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.attention import scaled_dot_product_attention
from course_utils.experiments.pretrained_reading import (
    barred_between,
    batch,
    cosines_between,
    distances,
    encode,
    encode_from,
    labels,
    margins,
    model,
    neighbour_accuracy,
    original,
    other_word,
    places,
    rarest_other_word,
    share,
    states_of,
    word_states,
)
from course_utils.models.sentence_encoder import Encoded
from course_utils.reproducibility import generator


def uniform(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Attention that looks everywhere alike."""
    return scaled_dot_product_attention(torch.zeros_like(query), key, value, mask)


def permuted(seed: int, keep_parked: bool = False) -> Callable:
    """Attention whose weights, in each row by itself, go to other real keys, drawn anew in each head and layer.

    With ``keep_parked`` [CLS] and [SEP] keep theirs and only those of the words are exchanged.
    """
    source = generator(5_000_000 + seed)
    ranks = torch.arange(places().real.shape[1])

    def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        _, weights = scaled_dot_product_attention(query, key, value, mask)
        order = torch.rand(weights.shape, generator=source)
        if keep_parked:
            order = order.masked_fill((places().parked & (ranks == 0))[:, None, None], -1)
            order = order.masked_fill((places().parked & (ranks > 0))[:, None, None], 2)
        order = torch.where(places().real[:, None, None], order, 3.0 + ranks)  # padding stays at the end
        weights = weights.gather(-1, order.argsort(-1))
        return weights @ value, weights

    return attend


def nothing(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """No attention at all: every context is zero."""
    weights = scaled_dot_product_attention(query, key, value, mask)[1] * 0
    return weights @ value, weights


def changed_weights(seed: int) -> dict[str, float | list[float]]:
    """How far the vector and the sense move when other weights take the model's place, in one layer or in all."""
    kinds = {
        "uniform": uniform,
        "permuted": permuted(seed),
        "permuted_words": permuted(seed, keep_parked=True),
        "nothing": nothing,
    }
    metrics: dict[str, float | list[float]] = {}
    number_of_layers = len(original().weights)
    for name, attend in kinds.items():
        by_layer = [encode_from(layer, attend) for layer in range(number_of_layers)]
        everywhere = encode(attend=attend)
        states = states_of(everywhere)[-1]
        metrics[f"change_{name}_by_layer"] = [
            distances(changed.vectors, original().vectors).mean().item() for changed in by_layer
        ]
        metrics[f"change_{name}_all"] = distances(everywhere.vectors, original().vectors).mean().item()
        metrics[f"found_again_{name}_all"] = _found_again(everywhere.vectors)
        metrics[f"neighbour_accuracy_{name}_by_layer"] = [
            neighbour_accuracy(states_of(changed)[-1], word_states()[-1]) for changed in by_layer
        ]
        metrics[f"neighbour_accuracy_{name}_all"] = neighbour_accuracy(states, word_states()[-1])
        metrics[f"neighbour_accuracy_{name}_all_among_itself"] = neighbour_accuracy(states)
    cosines = cosines_between(original().vectors, original().vectors)
    same = (labels()[:, None] == labels()).fill_diagonal_(False)
    metrics["change_same_sense"] = (1 - cosines[same]).mean().item()  # another sentence of the same word and sense
    return metrics


def barring(seed: int) -> dict[str, float | list[float]]:
    """Does the sense hang on the direct look from the word to its cue? Barred in all layers, and compared."""
    at, other = places(), other_word(seed)
    kinds = {
        "barred_cue": lambda: encode(barred_between(at.word, at.cue)),
        "barred_other": lambda: encode(barred_between(at.word, other)),
        "barred_rarest": lambda: encode(barred_between(at.word, rarest_other_word())),
        "barred_cue_for_all": lambda: encode(barred_between(at.real & ~at.cue, at.cue)),
        "barred_all_but_cue": lambda: encode(barred_between(at.word, at.other)),
        "barred_all_words": lambda: encode(barred_between(at.word, at.other | at.cue)),
        "masked_cue": lambda: _masked(at.cue),
        "masked_other": lambda: _masked(other),
    }
    metrics: dict[str, float | list[float]] = {}
    for name, change in kinds.items():
        states = states_of(change())
        metrics[f"margin_{name}_by_layer"] = [
            margins(changed, kept).mean().item() for changed, kept in zip(states, word_states())
        ]
        metrics[f"neighbour_accuracy_{name}"] = neighbour_accuracy(states[-1], word_states()[-1])
    return metrics


def _masked(at: Tensor) -> Encoded:
    tokens, mask = batch()
    return model().encoder(tokens.masked_fill(at, model().tokenizer.token_to_id("[MASK]")), mask)


def _found_again(vectors: Tensor) -> float:
    """How often a changed vector is nearest to that of its own sentence, out of all."""
    return share(cosines_between(vectors, original().vectors).argmax(-1) == torch.arange(len(vectors)))
