"""Lesson 09: what the n-th token costs a language model with a key-value cache, and what without.

The models are lesson 06's with room for longer texts, and one of the same kind that is wider and deeper; both are
untrained, since what a model has learned costs nothing. Without a cache all n tokens are read again, by the fused
kernel and without weights, as ``generate`` does it; with one, the n-th alone, after n - 1 that are kept. Operations and
bytes are counted, and the same for every seed; CPU seconds depend on the machine. ``same_text`` is 1.0 where a text
drawn with the cache is the one drawn without, token by token.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from course_utils.cost import count, cpu_seconds
from course_utils.datasets.stories import VOCABULARY
from course_utils.efficient import KeyValueCache
from course_utils.experiments.stories import D_MODEL, HEADS, LAYERS
from course_utils.generation import generate
from course_utils.models.language_model import LanguageModel
from course_utils.reproducibility import generator, set_seed

LENGTHS = (16, 32, 64, 128, 256, 512, 1024)
SHAPES = {"small": (D_MODEL, HEADS, LAYERS), "wide": (256, 8, 4)}  # d_model, heads, layers
REPEATS = 5  # of which the median is taken
WRITTEN = 255  # tokens drawn after one, to compare the texts

Kept = list[tuple[Tensor, Tensor]]  # keys and values of each layer, (1, heads, length, d_k)


def run(seed: int) -> dict[str, float]:
    """For each shape and n: ``{flops, extra_bytes, seconds}_{anew, cached}_{shape}_{n}``, ``kept_bytes_{shape}_{n}``.

    ``kept_bytes`` are the keys and values of all n tokens. For each shape also ``same_text_{shape}`` and
    ``logit_difference_{shape}``, the largest between the n-th token's logits anew and cached, over all n.
    """
    metrics = {}
    tokens = torch.randint(len(VOCABULARY), (1, max(LENGTHS)), generator=generator(seed))
    for shape in SHAPES:
        model, differences = build(shape, seed), []
        for n in LENGTHS:
            ways = {
                "anew": partial(anew, model, tokens[:, :n]),
                "cached": partial(cached, model, tokens[:, n - 1 : n], read(model, tokens[:, : n - 1])),
            }
            for name, way in ways.items():
                cost = count(way)
                metrics[f"flops_{name}_{shape}_{n}"] = cost.flops
                metrics[f"extra_bytes_{name}_{shape}_{n}"] = cost.extra_bytes
                metrics[f"seconds_{name}_{shape}_{n}"] = round(cpu_seconds(way, repeats=REPEATS), 7)
            kept = read(model, tokens[:, :n])
            metrics[f"kept_bytes_{shape}_{n}"] = sum(key.nbytes + value.nbytes for key, value in kept)
            differences.append(float((ways["anew"]() - ways["cached"]()).abs().max()))
        texts = [
            generate(model, tokens[:, :1], WRITTEN, generator=generator(seed), use_cache=use_cache)
            for use_cache in (True, False)
        ]
        metrics[f"logit_difference_{shape}"] = max(differences)
        metrics[f"same_text_{shape}"] = float(torch.equal(*texts))
    return metrics


def build(shape: str, seed: int) -> LanguageModel:
    """A model of this shape, untrained, with positions for the longest text.

    Raises ValueError when the shape is unknown.
    """
    if shape not in SHAPES:
        raise ValueError(f"build: shape is {shape!r}, expected one of {', '.join(map(repr, SHAPES))}.")
    set_seed(seed)
    return LanguageModel(len(VOCABULARY), *SHAPES[shape], max(LENGTHS)).eval()


@torch.no_grad()
def read(model: LanguageModel, tokens: Tensor) -> Kept:
    """What the caches of all layers keep after these tokens ``(1, T)``."""
    caches = [KeyValueCache() for _ in model.blocks]
    model(tokens, caches, need_weights=False)
    return [(cache.key, cache.value) for cache in caches]


@torch.no_grad()
def anew(model: LanguageModel, tokens: Tensor) -> Tensor:
    """Logits ``(1, vocabulary)`` after the last of the tokens ``(1, T)``, all read again."""
    return model(tokens, need_weights=False)[0][:, -1].clone()


@torch.no_grad()
def cached(model: LanguageModel, token: Tensor, kept: Kept) -> Tensor:
    """Logits ``(1, vocabulary)`` after one more token ``(1, 1)``; what is kept stays as it is."""
    caches = [KeyValueCache() for _ in kept]
    for cache, (key, value) in zip(caches, kept):
        cache.append(key, value)
    return model(token, caches, need_weights=False)[0][:, -1].clone()
