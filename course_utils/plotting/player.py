"""Sounds that can be played in a page: the samples go into it as a WAV file, beside a text that says what is heard."""

from __future__ import annotations

import base64
import html
import io
import wave

import numpy as np
from IPython.display import display

LONGEST = 10.0  # seconds; a second at 8,000 samples a second takes 11 KB of a stored page


def play(samples: object, rate: int, label: str) -> None:
    """Show a player whose label says in words what is to be heard, for those who do not hear it.

    Shapes: samples ``(S,)``, array or tensor; rate in samples a second.

    Raises ValueError as ``wav`` and ``player`` do.
    """
    display({"text/plain": f"Sound: {label}", "text/html": player(samples, rate, label)}, raw=True)


def player(samples: object, rate: int, label: str) -> str:
    """The player as HTML, for a page or a widget; the label is shown, and read out by a screen reader.

    Raises ValueError when the label is empty, and as ``wav`` does.
    """
    if not isinstance(label, str) or not label.strip():
        raise ValueError("player: label must say in words what is to be heard; it came empty.")
    sound = base64.b64encode(wav(samples, rate)).decode("ascii")
    text = html.escape(label)
    return (
        f'<figure style="margin:4px 0"><figcaption>{text}</figcaption>'
        f'<audio controls preload="metadata" aria-label="{text}" src="data:audio/wav;base64,{sound}"></audio></figure>'
    )


def wav(samples: object, rate: int) -> bytes:
    """The samples as a WAV file with one channel and 8 bits: each is rounded to a whole number of steps.

    The sound is turned up or down as a whole, so that its loudest sample is 127 steps from silence: then 8 bits are
    enough.

    Raises ValueError when the samples are not one row of 1 sample to 10 seconds, or not finite, or the rate is not a
    whole number above 0.
    """
    if isinstance(rate, bool) or not isinstance(rate, int) or rate < 1:
        raise ValueError(f"wav: rate is {rate!r}, expected a whole number of samples a second.")
    array = np.asarray(samples.detach() if hasattr(samples, "detach") else samples)
    if array.ndim != 1 or not 1 <= len(array) <= LONGEST * rate:
        raise ValueError(
            f"wav: samples have shape {array.shape}, expected (S,) with S from 1 to {LONGEST * rate:,.0f} "
            f"({LONGEST:g} seconds)."
        )
    if array.dtype.kind != "f" or not np.isfinite(array).all():
        raise ValueError(f"wav: samples must be finite floating-point numbers, got {array.dtype}.")
    loudest = np.abs(array).max() or 1.0  # silence stays as it is
    steps = np.round(array / loudest * 127)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)  # bytes; 8-bit WAV counts from 0, with silence at 128
        file.setframerate(rate)
        file.writeframes((steps + 128).astype(np.uint8).tobytes())
    return buffer.getvalue()
