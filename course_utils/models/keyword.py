"""Name the keyword in a sound: alike but for how the moments of the sound are pooled into one vector.

The log-mel frames go through convolutions over time, each of which sees a few neighbours; what they give is pooled over
time and read out. With self-attention the last convolution gives way to a layer in which every moment may look at every
other. All kinds have about as many parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.datasets.spoken_words import KEYWORDS, RATE
from course_utils.features.spectrogram import MELS, frame_and_hop, frame_centres, log_mel
from course_utils.layers import AttentionPool, MaxPool, MeanPool, RelativeBias, TransformerBlock

D_MODEL = 16
STRIDE = 4  # of the first convolution: one moment for every four frames, so every 40 ms
KERNELS = (9, 7, 7)  # what the convolutions see: 9 frames, then 7 moments, then 7; so a moment knows 0.6 s of sound
HEADS, MAX_DISTANCE = 2, 61  # of self-attention: a number for every distance in a clip of 62 moments
D_FF = 13  # of self-attention: as many parameters as the convolution that it replaces
LOUDNESS, SPREAD = -10.0, 10.0  # decibels: about the mean and the spread of speech in noise, so that inputs are near 0
SILENCE = -3.0  # what is quieter, after that, counts as silence: -40 decibels, not the -100 of no sound at all
POOLS: dict[str, Callable[[], nn.Module]] = {
    "mean": MeanPool,
    "max": MaxPool,
    "attention": lambda: AttentionPool(D_MODEL),
}


class KeywordReader(nn.Module):
    """Log-mel frames in, one logit for each keyword out, and what each moment had to do with it.

    ``pooling`` is ``'mean'``, ``'max'`` or ``'attention'``. With ``self_attention`` a block of a Transformer
    stands in place of the last convolution, so that every moment can ask all moments of its clip.

    Raises ValueError for any other pooling.

    Source: Warden 2018 (arXiv:1804.03209) for the task; Ilse, Tomczak, Welling 2018 (arXiv:1802.04712) for the pooling.
    """

    def __init__(self, pooling: str = "attention", self_attention: bool = False) -> None:
        super().__init__()
        if pooling not in POOLS:
            raise ValueError(f"KeywordReader: pooling is {pooling!r}, expected one of {', '.join(map(repr, POOLS))}.")
        first, second, third = KERNELS
        self.begin = nn.Sequential(
            _Convolution(MELS, first, STRIDE), nn.ReLU(), _Convolution(D_MODEL, second), nn.ReLU()
        )
        self.mix = _SelfAttention() if self_attention else _Convolution(D_MODEL, third)
        self.pool = POOLS[pooling]()
        self.output = nn.Linear(D_MODEL, len(KEYWORDS))

    def moments(self, frames: Tensor) -> Tensor:
        """What is pooled: one vector for every fourth frame, ``(batch, T, D_MODEL)``, from frames as ``forward``."""
        _require_frames(frames)
        return self.mix(self.begin(((frames - LOUDNESS) / SPREAD).clamp(min=SILENCE)))

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Logits ``(batch, len(KEYWORDS))`` and the weights of the moments, ``(batch, T)``.

        Shapes: frames ``(batch, frames, MELS)`` in decibels, as ``log_mel`` makes them; T is a quarter of the frames,
        rounded up. Moment ``i`` is centred on frame ``STRIDE * i``.

        Raises TypeError or ValueError naming the argument, what came and what was expected.
        """
        pooled, weights = self.pool(self.moments(frames))
        return self.output(pooled), weights


class _Convolution(nn.Module):
    """A convolution over time, each feature then brought to mean 0 and spread 1 over the batch.

    Shapes: ``(batch, T, d_in)`` to ``(batch, T / stride, D_MODEL)``, rounded up.

    Source: Ioffe & Szegedy 2015 (arXiv:1502.03167) for the normalisation.
    """

    def __init__(self, d_in: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(d_in, D_MODEL, kernel, stride, kernel // 2)
        self.norm = nn.BatchNorm1d(D_MODEL)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.convolution(x.transpose(1, 2))).transpose(1, 2)  # Conv1d has time last


class _SelfAttention(nn.Module):
    """The block of a Transformer in which every moment asks all moments of its clip, with relative positions."""

    def __init__(self) -> None:
        super().__init__()
        self.block = TransformerBlock(D_MODEL, HEADS, D_FF)
        self.relative_bias = RelativeBias(HEADS, MAX_DISTANCE)

    def forward(self, x: Tensor) -> Tensor:
        return self.block(x, score_bias=self.relative_bias(x.shape[1]), need_weights=False)[0]


@dataclass(frozen=True)
class Hearing:
    """One clip as a trained model hears it.

    ``probabilities`` ``(len(KEYWORDS),)``; ``weights`` ``(T,)``, which sum to 1; ``times`` ``(T,)``, the middle of each
    moment in seconds; ``log_mel`` ``(frames, MELS)`` in decibels.
    """

    probabilities: Tensor
    weights: Tensor
    times: Tensor
    log_mel: Tensor

    @property
    def keyword(self) -> str:
        """The likeliest keyword."""
        return KEYWORDS[int(self.probabilities.argmax())]


@torch.no_grad()
def read(model: KeywordReader, samples: Tensor) -> Hearing:
    """Listen to one clip with a trained model. Shape: samples ``(S,)`` at ``RATE``.

    Raises TypeError or ValueError naming the argument, what came and what was expected; ValueError also when the model
    is in training mode.
    """
    if model.training:
        raise ValueError("read: model is in training mode, in which it normalises by this clip; call model.eval().")
    if isinstance(samples, Tensor) and samples.dim() != 1:
        raise ValueError(f"read: samples have shape {tuple(samples.shape)}, expected one clip, (S,).")
    frames = log_mel(samples, RATE)
    logits, weights = model(frames[None])
    return Hearing(torch.softmax(logits[0], -1), weights[0], moment_times(len(frames)), frames)


def moment_times(count: int) -> Tensor:
    """The middle of each moment in seconds, ``(T,)``, for so many frames."""
    return frame_centres(count, *frame_and_hop(RATE))[::STRIDE] / RATE


def _require_frames(frames: object) -> None:
    if not isinstance(frames, Tensor) or frames.dtype != torch.float32:
        kind = frames.dtype if isinstance(frames, Tensor) else type(frames).__name__
        raise TypeError(f"KeywordReader: frames must be a tensor of torch.float32, got {kind}.")
    if frames.dim() != 3 or frames.shape[-1] != MELS or not frames.numel():
        raise ValueError(
            f"KeywordReader: frames have shape {tuple(frames.shape)}, expected (batch, frames, {MELS}), nothing empty."
        )
