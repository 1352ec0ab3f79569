"""Exercise 8.2: a sound, cut into overlapping frames."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils.exercises.exercise import Exercise, Misconception

_GENERATOR = np.random.default_rng(82)
# samples, length, hop. Nothing is left over in the first; in the second, the third and the last the end fills no frame.
_CUTS = (
    (np.arange(10.0, 16.0), 3, 1),
    (_GENERATOR.normal(size=12), 5, 2),
    (_GENERATOR.normal(size=30), 8, 3),
    (_GENERATOR.normal(size=5), 5, 2),
    (_GENERATOR.normal(size=10), 2, 3),
)


def _frames_at(samples: np.ndarray, starts: range, length: int) -> np.ndarray:
    """Zeros stand where the samples have ended."""
    padded = np.concatenate([samples, np.zeros(max(starts, default=0) + length)])
    return np.array([padded[start : start + length] for start in starts]).reshape(len(starts), length)


def _whole_frames(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::hop].copy()


def _count(samples: np.ndarray, length: int, hop: int) -> int:
    return 1 + (len(samples) - length) // hop


def _starting(starts: Callable[[int, int, int], range]) -> Callable[..., np.ndarray]:
    """A mistake in where frames begin; it sees how many samples there are, length and hop."""
    return lambda samples, length, hop: _frames_at(samples, starts(len(samples), length, hop), length)


def _all_begun(samples: np.ndarray, length: int, hop: int) -> list[np.ndarray]:
    return [samples[start : start + length] for start in range(0, len(samples), hop)]


def _steps_of_a_frame(samples: np.ndarray, length: int, hop: int) -> list[np.ndarray]:
    return [samples[t * length : (t + 1) * length] for t in range(_count(samples, length, hop))]


def _filled_in(samples: np.ndarray, length: int, count: int, step: int) -> np.ndarray:
    frames = np.zeros((count, length))
    for t in range(count):
        frames[t] = samples[t * step : t * step + length]
    return frames


def _centred(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    return _whole_frames(np.pad(samples, length // 2), length, hop)


def _one_pushed_back(samples: np.ndarray, length: int, hop: int) -> np.ndarray:
    whole = _whole_frames(samples, length, hop)
    return np.vstack([whole, samples[-length:]]) if (len(samples) - length) % hop else whole


def _slices(start: Callable, end: Callable, made: Callable = list) -> Callable[..., object]:
    """As many slices as there are whole frames, from ``start`` to ``end`` of (t, length, hop)."""

    def mistaken(samples: np.ndarray, length: int, hop: int) -> object:
        count = _count(samples, length, hop)
        return made([samples[start(t, length, hop) : end(t, length, hop)] for t in range(count)])

    return mistaken


def _of_frames(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., np.ndarray]:
    """The right frames, and what is made of them."""
    return lambda samples, length, hop: change(_whole_frames(samples, length, hop))


_LONG_STEPS = (
    "You count frames for a step of hop, but frame t begins at t * length in yours: the last ones run past the end and "
    "come out shorter. Frame t begins at t * hop."
)
_WINDOWED = (
    "Your frames are {got}: the right frames, already multiplied by a window that fades in and out. That comes next; "
    "here the samples are asked for as they are."
)

FRAMES = Exercise(
    id="8.2",
    answer="cut_frames",
    title="Write cut_frames(samples, length, hop): a frame of length samples every hop samples, (T, length).",
    objective="cut a sound into overlapping frames",
    kind="write",
    minutes=7,
    difficulty=2,
    cases=_CUTS,
    right=_whole_frames,
    misconceptions=(
        Misconception(
            "frames without overlap",
            _starting(lambda S, length, hop: range(0, S - length + 1, length)),
            "Your frames are {got}: each frame begins where the one before ended, so hop has no effect. (A plain "
            "reshape to (-1, length) does this.) Frame t begins at t * hop, and neighbours share length - hop samples "
            "(section 3).",
        ),
        Misconception(
            "steps of a frame, in an array",
            lambda samples, length, hop: np.array(_steps_of_a_frame(samples, length, hop)),
            _LONG_STEPS,
        ),
        Misconception(
            "steps of a frame, in a list",
            _steps_of_a_frame,
            _LONG_STEPS,
        ),
        Misconception(
            "steps of a frame, filled in",
            lambda samples, length, hop: _filled_in(samples, length, _count(samples, length, hop), length),
            "You count frames for a step of hop, but frame t begins at t * length in yours, and the last ones run past "
            "the end. Frame t begins at t * hop.",
        ),
        Misconception(
            "reshaped to the right shape",
            lambda samples, length, hop: samples.reshape(1 + (len(samples) - length) // hop, length),
            "A reshape uses every number once. Frames overlap: their numbers together are more than the samples. Each "
            "frame is a slice of its own, samples[t * hop : t * hop + length].",
        ),
        Misconception(
            "resized to the right shape",
            lambda samples, length, hop: np.resize(samples, (_count(samples, length, hop), length)),
            "Your frames are {got}: the shape is right, but np.resize lays the samples end to end and begins anew "
            "when they run out. Each frame is a slice of its own, samples[t * hop : t * hop + length].",
        ),
        Misconception(
            "hop and length exchanged",
            lambda samples, length, hop: _frames_at(samples, range(0, len(samples) - hop + 1, length), hop),
            "Your frames are {got}: your frames have hop samples, and begin every length samples. The other way "
            "round: length is how long a frame is, hop how far it is to the next one.",
        ),
        Misconception(
            "frames as long as the hop, as many as whole frames",
            _slices(lambda t, length, hop: t * hop, lambda t, length, hop: (t + 1) * hop, np.array),
            "Your frames are {got}: each goes from one beginning to the next, so it has hop samples. A frame has "
            "length samples and overlaps with the next: samples[t * hop : t * hop + length].",
        ),
        Misconception(
            "frame t begins at t",
            _slices(lambda t, length, hop: t, lambda t, length, hop: t + length, np.array),
            "Right for a hop of 1. Frame t begins at t in yours, one sample after the one before; it begins at t * "
            "hop.",
        ),
        Misconception(
            "strides counted in numbers",
            lambda samples, length, hop: np.lib.stride_tricks.as_strided(
                samples, (_count(samples, length, hop), length), (hop, 1)
            ).copy(),
            "You counted strides in numbers. They are in bytes, 8 for each number here: samples.strides[0]. Counted "
            "wrongly they read the middle of numbers. sliding_window_view(samples, length)[::hop] does it for you.",
        ),
        Misconception(
            "every hop-th sample in a frame",
            lambda samples, length, hop: np.array(
                [
                    samples[start : start + length * hop : hop]
                    for start in range(0, len(samples) - (length - 1) * hop, hop)
                ]
            ),
            "Right for a hop of 1. Your frames take every hop-th sample. Frames *begin* every hop samples; inside a "
            "frame no sample is left out.",
        ),
        Misconception(
            "end of the slice forgotten",
            _slices(lambda t, length, hop: t * hop, lambda t, length, hop: length),
            "Your slices end at length, wherever they begin: samples[start : length]. A slice ends where it begins "
            "plus length: samples[start : start + length].",
        ),
        Misconception(
            "one more frame, pushed back",
            lambda samples, length, hop: np.vstack([_whole_frames(samples, length, hop), samples[-length:]]),
            "Your frames are {got}: you made one more frame of the last samples, so that none is lost. Frames begin "
            "every hop samples, and only whole ones are asked for: what is left over is left out.",
        ),
        Misconception(
            "one more frame, filled up",
            _starting(lambda S, length, hop: range(0, S - length + hop + 1, hop)),
            "Your frames are {got}: the last one runs past the end and is filled up with zeros. Only whole frames: the "
            "last one begins at len(samples) - length or before, 1 + (len(samples) - length) // hop of them.",
        ),
        Misconception(
            "as many frames as fit side by side",
            lambda samples, length, hop: _filled_in(samples, length, len(samples) // length, hop),
            "Your frames are {got}: right, but there are more. len(samples) // length is how many fit *side by side*; "
            "these overlap: 1 + (len(samples) - length) // hop.",
        ),
        Misconception(
            "counted from the end",
            lambda samples, length, hop: _whole_frames(samples[::-1], length, hop)[::-1, ::-1],
            "Right where nothing is left over. With 12 samples, frames of 5 and a hop of 2 one sample is left, and you "
            "left it out at the *beginning*. Frame 0 begins at sample 0.",
        ),
        *(
            Misconception(
                "no frames",
                lambda samples, length, hop, size=size: np.zeros(size(length)),
                "You gave back no frame at all. If you turned length and hop from milliseconds into samples, your "
                "frames are longer than the sound: both are counted in samples already. If not, print the beginnings "
                "that you go through: the first is 0, the last len(samples) - length.",
            )
            for size in (lambda length: 0, lambda length: (0, length), lambda length: (0, 8 * length))
        ),
        Misconception(
            "frames backwards",
            _of_frames(lambda frames: frames[:, ::-1]),
            "Your frames are {got}: the right frames, each of them backwards. Time runs to the right.",
        ),
        Misconception(
            "how many frames",
            _of_frames(len),
            "{got} is how many frames there are, and it is right. Asked for are the frames themselves, (T, length).",
        ),
        Misconception(
            "where frames begin",
            lambda samples, length, hop: np.arange(0, len(samples) - length + 1, hop),
            "{got} is where the frames begin, and it is right. Asked for are the frames themselves: samples[start : "
            "start + length] for each.",
        ),
        Misconception(
            "the shape alone",
            lambda samples, length, hop: (_count(samples, length, hop), length),
            "{got} is the shape, and it is right. Asked for are the frames themselves.",
        ),
        *(
            Misconception(
                f"{name} of each frame",
                _of_frames(over),
                "{got}: one number for each frame, its " + name + ". Asked for are the samples themselves.",
            )
            for name, over in (
                ("mean", lambda frames: frames.mean(1)),
                ("sum", lambda frames: frames.sum(1)),
                ("power", lambda frames: (frames**2).mean(1)),
                ("largest sample", lambda frames: frames.max(1)),
                ("first sample", lambda frames: frames[:, 0]),
            )
        ),
        *(
            Misconception(
                name,
                change,
                "Your frames are {got}: the right places, but the samples are changed: " + what + ". Cut only; the "
                "samples are asked for as they are.",
            )
            for name, what, change in (
                (
                    "mean taken away",
                    "their mean is taken away",
                    lambda samples, length, hop: _whole_frames(samples - samples.mean(), length, hop),
                ),
                (
                    "mean of each frame taken away",
                    "the mean of each frame is taken away",
                    _of_frames(lambda frames: frames - frames.mean(1, keepdims=True)),
                ),
                (
                    "peak made 1",
                    "they are divided by the largest",
                    lambda samples, length, hop: _whole_frames(samples / np.abs(samples).max(), length, hop),
                ),
                (
                    "peak of each frame made 1",
                    "each frame is divided by its largest",
                    _of_frames(lambda frames: frames / np.abs(frames).max(1, keepdims=True)),
                ),
                (
                    "standardised",
                    "they are brought to mean 0 and spread 1",
                    lambda samples, length, hop: _whole_frames((samples - samples.mean()) / samples.std(), length, hop),
                ),
                (
                    "high frequencies raised",
                    "0.97 of the sample before is taken away",
                    lambda samples, length, hop: _whole_frames(
                        samples - 0.97 * np.concatenate([[0.0], samples[:-1]]), length, hop
                    ),
                ),
                (
                    "a Hamming window applied",
                    "they are multiplied by a window that fades in and out",
                    _of_frames(lambda frames: frames * np.hamming(frames.shape[1])),
                ),
                (
                    "made whole numbers",
                    "they are cut to whole numbers",
                    _of_frames(np.trunc),
                ),
            )
        ),
        Misconception(
            "frames as long as the hop",
            lambda samples, length, hop: _frames_at(samples, range(0, len(samples) - hop + 1, hop), hop),
            "Your frames are {got}: your frames are hop samples long. They begin rightly, every hop samples, but each "
            "has length samples: samples[start : start + length].",
        ),
        Misconception(
            "hop taken for the overlap",
            lambda samples, length, hop: _whole_frames(samples, length, max(length - hop, 1)),
            "Your frames are {got}: neighbours share hop samples in yours. hop is the step from one beginning to the "
            "next; what they share is length - hop.",
            seen="https://github.com/scipy/scipy/issues/23032",
        ),
        Misconception(
            "hop ignored",
            lambda samples, length, hop: _whole_frames(samples, length, 1),
            "A frame begins at every sample in yours. One begins every hop samples: range(0, …, hop), or [::hop].",
        ),
        Misconception(
            "a frame for each beginning, padded",
            _starting(lambda S, length, hop: range(0, S, hop)),
            "Your last frames run past the end and are filled up with zeros: a sudden end that nobody heard. Only "
            "whole frames: the last one begins at len(samples) - length or before.",
        ),
        Misconception(
            "last frame filled up",
            _starting(lambda S, length, hop: range(0, S - length + hop, hop)),
            "Right where nothing is left over. With 12 samples, frames of 5 and a hop of 2 one sample is left, and you "
            "made a fifth frame of it, filled up with zeros. Only whole frames are asked for: // rounds down, 1 + (12 "
            "- 5) // 2 = 4.",
            seen="https://github.com/melizalab/libtfr/issues/22",
        ),
        Misconception(
            "last frame pushed back",
            _one_pushed_back,
            "Right where nothing is left over. With 12 samples, frames of 5 and a hop of 2 one sample is left, and you "
            "made a fifth frame that ends with it: it lies one sample after the fourth, not two. Then time no longer "
            "runs evenly. Leave the rest out.",
        ),
        Misconception(
            "incomplete frames kept, in an array",
            lambda samples, length, hop: np.array(_all_begun(samples, length, hop)),
            "Slices that begin near the end run out of samples and are shorter, and rows of an array are equally long. "
            "Only whole frames: the last one begins at len(samples) - length or before.",
        ),
        Misconception(
            "incomplete frames kept, stacked",
            lambda samples, length, hop: np.stack(_all_begun(samples, length, hop)),
            "Slices that begin near the end run out of samples and are shorter. Only whole frames: the last one begins "
            "at len(samples) - length or before.",
        ),
        Misconception(
            "incomplete frames kept, in a list",
            _all_begun,
            "Your last frames are shorter than the others: slices that begin near the end run out of samples. Only "
            "whole frames: the last one begins at len(samples) - length or before.",
        ),
        Misconception(
            "as many frames as hops",
            lambda samples, length, hop: _filled_in(samples, length, len(samples) // hop, hop),
            "You counted len(samples) // hop frames: as many as begin, but the last ones run past the end and do not "
            "fill their row. Of 6 samples, frames of 3 with a hop of 1 fit 1 + (6 - 3) // 1 = 4 times, not 6.",
            seen="https://github.com/librosa/librosa/issues/530",
        ),
        Misconception(
            "one frame too few",
            _of_frames(lambda frames: frames[:-1]),
            "Your frames are {got}: the last whole frame is missing. range stops *before* its end, and between T "
            "beginnings there are only T - 1 hops: T = 1 + (len(samples) - length) // hop.",
        ),
        Misconception(
            "first frame left out",
            _of_frames(lambda frames: frames[1:]),
            "Your frames are {got}: the first frame is missing. t counts from 0, so that frame 0 begins at sample 0.",
        ),
        Misconception(
            "one sample short",
            _of_frames(lambda frames: frames[:, :-1]),
            "Your frames are {got}: each frame is one sample short. A slice stops before its end: samples[start : "
            "start + length].",
        ),
        Misconception(
            "time on the last axis",
            _of_frames(lambda frames: frames.T),
            "Your frames are {got}: the right frames, but they stand in columns, (length, T), as some libraries give "
            "them. Rows are positions here, and a position is a frame: (T, length). (Or are your frames one sample too "
            "long? With a hop of 1 that looks the same.)",
        ),
        Misconception(
            "one long row",
            _of_frames(lambda frames: frames.reshape(-1)),
            "Your frames are {got}: the right numbers, in one long row. A frame is a row of its own: np.stack or "
            "np.array, not np.concatenate or extend.",
        ),
        Misconception(
            "first frame only",
            lambda samples, length, hop: samples[:length].copy(),
            "Your frames are {got}: that is the first frame. If 'return' stands inside your loop, the loop ends there "
            "in its first round.",
        ),
        Misconception(
            "last frame only",
            _of_frames(lambda frames: frames[-1]),
            "Your frames are {got}: that is the last frame. Each round of your loop put its frame in the place of the "
            "one before: collect them in a list.",
        ),
        Misconception(
            "places instead of samples",
            lambda samples, length, hop: _whole_frames(np.arange(len(samples)), length, hop),
            "Your frames are {got}: those are the right places. Give back the samples that stand there: "
            "samples[places].",
        ),
        Misconception(
            "padded at both ends",
            _centred,
            "Your first frame has its middle at sample 0, with zeros before it, as some libraries do it (center=True). "
            "Here frame 0 begins at sample 0, and nothing is added.",
            seen="https://github.com/librosa/librosa/issues/752",
        ),
        Misconception(
            "a window applied",
            _of_frames(lambda frames: frames * np.hanning(frames.shape[1])),
            _WINDOWED,
        ),
        Misconception(
            "a window that does not return to 0",
            lambda samples, length, hop: (
                _whole_frames(samples, length, hop) * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length))
            ),
            _WINDOWED,
        ),
    ),
    hints=(
        "Take 9 samples, frames of 3 and a hop of 2, and write the frames under one another with a pencil. Where does "
        "the last one begin?",
        "Frame t is samples[t * hop : t * hop + length]. How many of them still fit? The last may end "
        "where the samples end.",
        "T = 1 + (len(samples) - length) // hop; np.stack puts a list of equally long frames under one another.",
    ),
    praise="A frame every hop, each a row, and nothing made up at the end: T = 1 + (S - length) // hop.",
)
