"""Lesson 10: what it costs lesson 08's listener to lose the frames that it attends to, and what to lose others.

Attention has to name the keyword at 10 dB, said by unseen voices; training is lesson 08's, unchanged. Then as many
frames of each clip are deleted in each way: those of the largest weights, the same pattern of frames at a random place,
single frames at random, the loudest frames, those in the middle of the keyword, and those that another clip's
map would choose. A deleted frame becomes a frame of rain, as strong as that in the clip, or, in metrics that end in
``quiet``, the clip's own quiet level in each band. A cost is accuracy before less accuracy after, of all clips.
"""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.datasets.mixing import pink_noise
from course_utils.datasets.spoken_words import LEVEL, RATE
from course_utils.experiments import keyword
from course_utils.features.spectrogram import frame_and_hop, frame_centres, log_mel
from course_utils.models.keyword import STRIDE, KeywordReader
from course_utils.reproducibility import generator

SNR_DB = 10.0
FRAMES = 12  # deleted in the metrics without a number: 12 hundredths of a second, a third of a usual keyword
NUMBERS = (4, 12, 24, 48)
QUIET = 0.1  # quantile of a band's frames that counts as its quiet level


def frame_weights(weights: Tensor, count: int) -> Tensor:
    """The weight of the nearest moment for each of ``count`` frames: ``(N, T)`` to ``(N, count)``.

    Moment ``i`` is centred on frame ``STRIDE * i``; of two that are as near, the later counts.
    """
    nearest = (torch.arange(count) + STRIDE // 2) // STRIDE
    return weights[:, nearest.clamp(max=weights.shape[1] - 1)]


def top(scores: Tensor, number: int) -> Tensor:
    """The ``number`` frames of the greatest score in each clip; of equal ones, the first. Boolean, like the scores.

    Raises ValueError when there are not so many frames.
    """
    if not 0 <= number <= scores.shape[-1]:
        raise ValueError(f"top: number is {number}, expected 0 to the {scores.shape[-1]} frames there are.")
    order = scores.argsort(dim=-1, descending=True, stable=True)[:, :number]
    return torch.zeros_like(scores, dtype=torch.bool).scatter(1, order, True)


def moved(chosen: Tensor, source: torch.Generator) -> Tensor:
    """The same pattern of frames, moved round the clip by a number of frames drawn for each: ``(N, frames)``."""
    count = chosen.shape[1]
    steps = torch.randint(count, (len(chosen), 1), generator=source)
    return chosen.gather(1, (torch.arange(count) - steps) % count)


def frames_chosen(weights: Tensor, test: keyword.Heard, number: int, seed: int) -> dict[str, Tensor]:
    """Which frames each way deletes: boolean ``(N, frames)``, ``number`` in each row. Shape: weights ``(N, T)``."""
    source, shape = generator(5_000_000 + seed), test.frames.shape[:2]
    of_frames = frame_weights(weights, shape[1])
    middle = test.intervals.double().mean(-1, keepdim=True)
    centres = frame_centres(shape[1], *frame_and_hop(RATE))
    attended = top(of_frames, number)
    return {
        "top": attended,
        "random": moved(attended, source),
        "scattered": top(torch.rand(shape, generator=source), number),
        "loudest": top((10 ** (test.frames / 10)).sum(-1), number),
        "keyword": top(-(centres - middle).abs(), number),
        "other": top(of_frames.roll(1, 0), number),  # clips are drawn in no order
    }


def rain(test: keyword.Heard, seed: int) -> Tensor:
    """Spectrograms of rain alone, at the clips' own level: like ``test.frames``."""
    length = (test.frames.shape[1] - 1) * frame_and_hop(RATE)[1] + frame_and_hop(RATE)[0]
    noise = pink_noise(len(test.frames), length, RATE, generator(6_000_000 + seed))
    return torch.cat([log_mel(part * LEVEL / 10 ** (SNR_DB / 20), RATE) for part in noise.split(keyword.AT_ONCE)])


def quiet(test: keyword.Heard) -> Tensor:
    """Each clip's quiet level in each mel band, the same at all times: like ``test.frames``."""
    return test.frames.quantile(QUIET, dim=1, keepdim=True).expand_as(test.frames)


def costs(model: KeywordReader, test: keyword.Heard, chosen: dict[str, Tensor], instead: Tensor) -> dict[str, float]:
    """Accuracy lost by putting ``instead`` where frames are chosen, for each way of choosing."""
    before = keyword.accuracy(model, test)
    return {
        name: before
        - keyword.accuracy(model, test._replace(frames=torch.where(frames[..., None], instead, test.frames)))
        for name, frames in chosen.items()
    }


def run(seed: int) -> dict[str, float]:
    """``accuracy``, ``loss_{way}`` for ``FRAMES`` frames, with ``_quiet`` and by ``_{number}``, and what was hit."""
    model, _ = keyword.train("attention", seed)
    test = keyword.heard(keyword.test_clips(seed, SNR_DB))
    _, weights = keyword.answers(model, test.frames)
    centres = frame_centres(test.frames.shape[1], *frame_and_hop(RATE))
    inside = (test.intervals[:, :1] <= centres) & (centres < test.intervals[:, 1:])
    fills = {"": rain(test, seed), "_quiet": quiet(test)}
    metrics = {"accuracy": keyword.accuracy(model, test), "frames": float(FRAMES)}
    metrics |= {"clip_frames": float(inside.shape[1]), "keyword_frames": inside.double().sum(-1).mean().item()}
    for number in NUMBERS:
        chosen = frames_chosen(weights, test, number, seed)
        for fill, instead in fills.items():
            lost = costs(model, test, chosen, instead)
            metrics |= {f"loss_{way}_{number}{fill}": share for way, share in lost.items()}
        if number == FRAMES:
            hit = {way: (frames & inside).sum() / frames.sum() for way, frames in chosen.items()}
            metrics |= {f"on_keyword_{way}": share.item() for way, share in hit.items()}
    for fill in fills:
        metrics |= {f"loss_{way}{fill}": metrics[f"loss_{way}_{FRAMES}{fill}"] for way in chosen}
    return {name: round(value, 4) for name, value in metrics.items()}
