"""Where moments of a sound look before they are pooled: inside the keyword reader's self-attention (lesson 08).

The models are those of ``keyword`` with self-attention, trained alike. A query is a moment of the keyword, of another
word or of a pause; the masses say how much of its weight goes to the keyword, for each head. Of each seed one clip is
recorded, so that a lesson can show without training what the heads compare.
"""

from __future__ import annotations

import base64
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.attention import scaled_dot_product_attention
from course_utils.datasets.spoken_words import RATE, Clips, draw_clips, split_voices
from course_utils.experiments import keyword, stored
from course_utils.interpretability import attention_mass
from course_utils.layers import RelativeBias
from course_utils.models.keyword import HEADS, MAX_DISTANCE, KeywordReader, moment_times
from course_utils.reproducibility import generator

KIND, SNR_DB = "self_attention", 10.0  # decibels of speech over noise
RECORDED = 23  # seed of the recorded clip: the same words in every seed of the experiment, said by its unseen voices


class Looks(NamedTuple):
    """What the heads compare. The weights are the softmax of ``query · key / √d_k + bias``."""

    query: Tensor  # (..., heads, T, d_k)
    key: Tensor  # (..., heads, T, d_k)
    bias: Tensor  # (heads, T, T)


@torch.no_grad()
def looks(model: KeywordReader, frames: Tensor) -> Looks:
    """What the self-attention of a trained model compares. Shape: frames ``(batch, frames, MELS)``, in decibels.

    Raises TypeError or ValueError as the model does.
    """
    layer, entered = model.mix.block.attention, []
    hook = layer.register_forward_pre_hook(lambda _, arguments: entered.append(arguments[0]))
    try:
        model(frames)
    finally:
        hook.remove()
    query, key, _ = layer.project(entered[0])
    return Looks(query, key, model.mix.relative_bias(entered[0].shape[1]))


def weights_of(looked: Looks) -> Tensor:
    """The weights of each head: ``(..., heads, T, T)``."""
    query, key, bias = looked
    return scaled_dot_product_attention(query, key, key, score_bias=bias)[1]


def within_words(clips: Clips, frames: int) -> Tensor:
    """Which of so many frames' moments have their middle within a word, the keyword or another: ``(count, T)``."""
    times = moment_times(frames) * RATE
    start, end = clips.places[..., None].unbind(2)  # (count, SAID, 1) each
    return ((start <= times) & (times < end)).any(1)


def recorded_clip(seed: int) -> Clips:
    """The clip that is recorded of a seed."""
    _, unseen = split_voices(seed)
    return draw_clips(1, generator(RECORDED), unseen, SNR_DB)


def recorded_looks(seed: int) -> Looks:
    """What the heads of the stored seed compare on its recorded clip.

    Raises DataError when the stored result is missing or damaged, ValueError for a seed that is not stored.
    """
    result = stored.load("keyword_self_attention")
    if seed not in result.seeds:
        raise ValueError(f"recorded_looks: seed is {seed!r}, expected one of {', '.join(map(str, result.seeds))}.")
    recorded = result.values("recorded")[result.seeds.index(seed)]
    query, key, table = (_from_text(**recorded[name]) for name in ("query", "key", "bias_by_distance"))
    relative_bias = RelativeBias(HEADS, MAX_DISTANCE)
    with torch.no_grad():
        relative_bias.table.copy_(table)
        return Looks(query, key, relative_bias(query.shape[-2]))


def run(seed: int) -> dict:
    """By head: the mass on the keyword by where the query is, and on the query itself; the pooling's; one clip."""
    model, _ = keyword.train(KIND, seed)
    clips = keyword.test_clips(seed, SNR_DB)
    test = keyword.heard(clips)
    words, inside = within_words(clips, test.frames.shape[1]), keyword.on_keyword(test)
    weights = torch.cat([weights_of(looks(model, frames)) for frames in test.frames.split(keyword.AT_ONCE)])
    queries = {"keyword": inside, "other_words": words & ~inside, "pauses": ~words}
    _, pooled = keyword.answers(model, test.frames)
    metrics: dict = {"accuracy": keyword.accuracy(model, test), "mass_pooling": attention_mass(pooled, inside)}
    metrics["share_of_time"] = inside.double().mean().item()
    for head in range(HEADS):
        for name, of in queries.items():
            clip, moment = of.nonzero(as_tuple=True)
            metrics[f"mass_{name}_head_{head + 1}"] = attention_mass(weights[clip, head, moment], inside[clip])
        metrics[f"itself_head_{head + 1}"] = weights[:, head].diagonal(dim1=-2, dim2=-1).mean().item()
    metrics = {name: round(value, 4) for name, value in metrics.items()}
    query, key, _ = looks(model, keyword.heard(recorded_clip(seed)).frames)
    tables = {"query": query[0], "key": key[0], "bias_by_distance": model.mix.relative_bias.table}
    return metrics | {"recorded": {name: _text(table) for name, table in tables.items()}}


def _text(table: Tensor) -> dict[str, object]:
    """As 16-bit floats in base64, which lose a thousandth of a number at most, and their shape."""
    halves = table.detach().numpy().astype("<f2")
    return {"halves": base64.b64encode(halves.tobytes()).decode("ascii"), "shape": list(halves.shape)}


def _from_text(halves: str, shape: list[int]) -> Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(halves), "<f2").reshape(shape).astype(np.float32))
