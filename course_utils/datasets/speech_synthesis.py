"""Make ``data/spoken_words.npz`` with espeak-ng: nothing here is needed to take the course."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import wave

import numpy as np

from course_utils.datasets.archive import npz_bytes
from course_utils.datasets.spoken_words import LEVEL, LONGEST, RATE, TAKES, VOICES, WORDS, encode_mu_law

PROGRAM, VERSION = "espeak-ng", "1.51"
PITCH = (35, 65)  # of espeak-ng's 0 to 99; 50 is the voice's own
SPEED = (160, 220)  # words a minute; 175 is usual
FRAME = 40  # samples: 5 milliseconds
SILENT_BELOW = 0.01  # of the loudest frame's root mean square: 40 decibels


def recordings_file() -> bytes:
    """The content of ``data/spoken_words.npz``; the same bytes every time.

    Raises SystemExit telling what to install when espeak-ng 1.51 or scipy is missing.
    """
    require_program()
    codes, words, voices = [], [], []
    for word in WORDS:
        for voice in VOICES:
            for take in range(TAKES):
                codes.append(record(word, voice, take))
                words.append(WORDS.index(word))
                voices.append(VOICES.index(voice))
    return npz_bytes(
        {
            "codes": np.concatenate(codes),
            "offsets": np.cumsum([0, *map(len, codes)], dtype="<i4"),
            "words": np.array(words, dtype=np.uint8),
            "voices": np.array(voices, dtype=np.uint8),
            "word_names": np.array(WORDS),
            "voice_names": np.array(VOICES),
        }
    )


def record(word: str, voice: str, take: int) -> np.ndarray:
    """One recording as mu-law bytes: spoken, brought to 8,000 samples a second, trimmed, and made equally loud."""
    samples, rate = speak(word, voice, *settings(word, voice, take))
    samples = trim(resample(samples, rate))
    if len(samples) > LONGEST:
        raise ValueError(f"record: {word!r} by {voice} is {len(samples)} samples long, expected at most {LONGEST}.")
    return encode_mu_law(samples * (LEVEL / np.sqrt(np.mean(samples**2))))


def settings(word: str, voice: str, take: int) -> tuple[int, int]:
    """Pitch and speed of a recording, drawn by SHA-256: as good as random, and the same on every machine.

    The first take is said in the slower half of ``SPEED``, the second in the quicker one.
    """
    digest = hashlib.sha256(f"{word}/{voice}/{take}".encode()).digest()
    half = (SPEED[1] - SPEED[0]) // TAKES
    pitch = PITCH[0] + int.from_bytes(digest[:8], "big") % (PITCH[1] - PITCH[0] + 1)
    return pitch, SPEED[0] + take * half + int.from_bytes(digest[8:16], "big") % (half + 1)


def speak(word: str, voice: str, pitch: int, speed: int) -> tuple[np.ndarray, int]:
    """What espeak-ng says, as float64 samples from -1 to 1, and its rate."""
    command = [PROGRAM, "-v", voice, "-p", str(pitch), "-s", str(speed), "--stdout", word]
    spoken = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    samples = np.frombuffer(spoken[44:], dtype="<i2")  # the header, written before the end is known, tells no length
    with wave.open(io.BytesIO(spoken)) as file:
        return samples / 32768, file.getframerate()


def resample(samples: np.ndarray, rate: int) -> np.ndarray:
    """The same sound at ``RATE``, by scipy's polyphase filter: a low-pass at 4,000 hertz (Kaiser window, beta 5)."""
    try:
        from scipy.signal import resample_poly
    except ImportError:
        raise SystemExit("The package scipy is missing; 'pip install scikit-learn' brings it.") from None
    shared = np.gcd(RATE, rate)
    return resample_poly(samples, RATE // shared, rate // shared)


def trim(samples: np.ndarray) -> np.ndarray:
    """Without the frames before and after the word that are 40 decibels below its loudest."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    level = np.sqrt((frames**2).mean(-1))
    heard = np.flatnonzero(level > SILENT_BELOW * level.max())
    return samples[heard[0] * FRAME : (heard[-1] + 1) * FRAME]


def require_program() -> None:
    """Raise SystemExit, with the remedy, unless espeak-ng 1.51 can be run."""
    remedy = f"'apt-get install espeak-ng' on Debian 12 installs {PROGRAM} {VERSION}."
    if shutil.which(PROGRAM) is None:
        raise SystemExit(f"The program {PROGRAM} is missing; {remedy}")
    says = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, timeout=60).stdout.strip()
    if f" {VERSION} " not in says:
        raise SystemExit(f"The program {PROGRAM} says it is {says!r}, expected version {VERSION}; {remedy}")
