"""Answers from outside to the exercises of lesson 08."""

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from course_utils.attention import scaled_dot_product_attention
from outside_answers import right, wrong


def power(samples):
    return np.mean(samples**2)


def softmax(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


# 8.1 mix(signal, noise, snr_db)


@right("8.1", "wanted power of the noise, root of the ratio")
def _(signal, noise, snr_db):
    wanted = power(signal) / 10 ** (snr_db / 10)
    return signal + noise * np.sqrt(wanted / power(noise))


@right("8.1", "root mean square and 20")
def _(signal, noise, snr_db):
    rms_signal, rms_noise = np.sqrt((signal**2).mean()), np.sqrt((noise**2).mean())
    return signal + rms_signal / rms_noise * 10 ** (-snr_db / 20) * noise


right("8.1", "lengths of the vectors, for both are equally long")(
    lambda signal, noise, snr_db: signal + noise * np.linalg.norm(signal) / np.linalg.norm(noise) / 10 ** (snr_db / 20)
)


@right("8.1", "decibels now, and how many to go")
def _(signal, noise, snr_db):
    now = 10 * np.log10(power(signal) / power(noise))
    return signal + 10 ** ((now - snr_db) / 20) * noise


@right("8.1", "a loop over samples")
def _(signal, noise, snr_db):
    ratio = sum(s * s for s in signal) / sum(n * n for n in noise)
    factor = (ratio / 10 ** (snr_db / 10)) ** 0.5
    return [s + factor * n for s, n in zip(signal, noise)]


@right("8.1", "torch in double precision")
def _(signal, noise, snr_db):
    s, n = torch.tensor(signal, dtype=torch.float64), torch.tensor(noise, dtype=torch.float64)
    return s + n * (s.square().mean() / n.square().mean() * 10 ** (-snr_db / 10)).sqrt()


@right("8.1", "float32, noise brought to power 1 first, on a copy")
def _(signal, noise, snr_db):
    unit = noise.astype(np.float32).copy()
    unit /= np.sqrt(np.mean(unit**2))
    return signal.astype(np.float32) + unit * np.float32(np.sqrt(power(signal)) * 10 ** (-snr_db / 20))


@right("8.1", "dot products, e to the power of the natural logarithm")
def _(signal, noise, snr_db):
    log_scale = 0.5 * np.log(signal @ signal) - 0.5 * np.log(noise @ noise) - snr_db / 20 * np.log(10)
    return np.add(signal, np.exp(log_scale) * noise)


wrong("8.1", "the factor for the power is laid on the samples: no root", named="root forgotten")(
    lambda signal, noise, snr_db: signal + noise * power(signal) / (power(noise) * 10 ** (snr_db / 10))
)
wrong("8.1", "20 for powers, too", named="20·log10 of powers")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 20))
)


@wrong("8.1", "10 for amplitudes", named="10·log10 of amplitudes")
def _(signal, noise, snr_db):
    rms = np.sqrt(power(signal) / power(noise))
    return signal + noise * rms / 10 ** (snr_db / 10)


wrong("8.1", "more decibels, more noise", named="sign of the ratio")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(power(signal) / power(noise) * 10 ** (snr_db / 10))
)
wrong("8.1", "takes both powers to be 1 already", named="both powers forgotten")(
    lambda signal, noise, snr_db: signal + noise * 10 ** (-snr_db / 20)
)
wrong("8.1", "e in place of 10", named="natural logarithm of amplitudes")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(power(signal) / power(noise)) / np.exp(snr_db / 10)
)
wrong("8.1", "makes the speech louder and leaves the noise", named="signal scaled instead of the noise")(
    lambda signal, noise, snr_db: signal * np.sqrt(10 ** (snr_db / 10) * power(noise) / power(signal)) + noise
)
wrong("8.1", "power is the variance", named="standard deviation instead of power")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(signal.var() / noise.var() / 10 ** (snr_db / 10))
)


@wrong("8.1", "scales the caller's noise", named="input changed in place")
def _(signal, noise, snr_db):
    noise *= np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10))
    return signal + noise


wrong("8.1", "gives the scaled noise alone", named="noise alone")(
    lambda signal, noise, snr_db: noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10))
)
wrong("8.1", "the decibels are the ratio itself", named="decibels taken for a ratio of powers")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(power(signal) / power(noise) / snr_db)
)
wrong("8.1", "compares the loudest samples", named="peak instead of power")(
    lambda signal, noise, snr_db: signal + noise * np.abs(signal).max() / np.abs(noise).max() / 10 ** (snr_db / 20)
)


@wrong("8.1", "brings the mixture to a peak of 1 against clipping", named="mixture normalised by its peak")
def _(signal, noise, snr_db):
    mixture = signal + noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10))
    return mixture / np.abs(mixture).max()


@wrong("8.1", "power is the mean of the absolute samples", named="mean size taken for the power")
def _(signal, noise, snr_db):
    ratio = np.abs(signal).mean() / np.abs(noise).mean()
    return signal + noise * np.sqrt(ratio / 10 ** (snr_db / 10))


wrong("8.1", "a mixture is the mean of both", named="mixture halved")(
    lambda signal, noise, snr_db: (signal + noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10))) / 2
)


@wrong("8.1", "a root of the ratio of root mean squares", named="one root too many")
def _(signal, noise, snr_db):
    rms_signal, rms_noise = np.sqrt(power(signal)), np.sqrt(power(noise))
    return signal + np.sqrt(rms_signal / 10 ** (snr_db / 20) / rms_noise) * noise


@wrong("8.1", "adds to the caller's signal", named="input changed in place")
def _(signal, noise, snr_db):
    signal += noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10))
    return signal


wrong("8.1", "a decibel is a whole tenth: // instead of /", named="decibels made whole, downwards")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db // 10))
)
wrong("8.1", "noise comes first", named="arguments in another order")(
    lambda noise, signal, snr_db: signal + noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10))
)
wrong("8.1", "the ratio of the mixture to the noise", named="power of signal and noise above the line")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(power(signal + noise) / power(noise) / 10 ** (snr_db / 10))
)
wrong("8.1", "forgets that the signal has a power of its own", named="the signal's power forgotten")(
    lambda signal, noise, snr_db: signal + noise / np.sqrt(power(noise)) * 10 ** (-snr_db / 20)
)
wrong("8.1", "brings the signal to power 1 as well", named="both scaled")(
    lambda signal, noise, snr_db: signal / np.sqrt(power(signal)) + noise / np.sqrt(power(noise)) * 10 ** (-snr_db / 20)
)


@wrong("8.1", "clips the mixture to -1 to 1", named="mixture clipped")
def _(signal, noise, snr_db):
    return np.clip(signal + noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10)), -1, 1)


wrong("8.1", "squares the mean, not the samples", named="mean before the square")(
    lambda signal, noise, snr_db: signal + noise * np.sqrt(signal.mean() ** 2 / noise.mean() ** 2 / 10 ** (snr_db / 10))
)


@wrong("8.1", "prints the mixture", named="no return")
def _(signal, noise, snr_db):
    print(signal + noise * np.sqrt(power(signal) / power(noise) / 10 ** (snr_db / 10)))


# 8.2 cut_frames(samples, length, hop) -> (T, length)


right("8.2", "every hop-th sliding window")(lambda samples, length, hop: sliding_window_view(samples, length)[::hop])


@right("8.2", "a comprehension over the beginnings")
def _(samples, length, hop):
    return np.array([samples[start : start + length] for start in range(0, len(samples) - length + 1, hop)])


@right("8.2", "a table of places")
def _(samples, length, hop):
    count = 1 + (len(samples) - length) // hop
    return samples[np.arange(count)[:, None] * hop + np.arange(length)]


right("8.2", "torch's unfold")(lambda samples, length, hop: torch.as_tensor(samples).unfold(0, length, hop))


@right("8.2", "while there is a whole frame left, lists")
def _(samples, length, hop):
    rows, start = [], 0
    while start + length <= len(samples):
        rows.append([float(sample) for sample in samples[start : start + length]])
        start += hop
    return rows


@right("8.2", "as_strided, copied")
def _(samples, length, hop):
    (step,) = samples.strides
    count = (len(samples) - length + hop) // hop
    return as_strided(samples, (count, length), (hop * step, step)).copy()


@right("8.2", "fills a table of zeros, float32")
def _(samples, length, hop):
    starts = np.arange(0, samples.size - length + 1, hop)
    table = np.zeros((len(starts), length), dtype=np.float32)
    for row, start in enumerate(starts):
        table[row] = samples[start : start + length]
    return table


@right("8.2", "columns side by side, then a leading axis of one")
def _(samples, length, hop):
    count = (samples.shape[0] - length) // hop + 1
    columns = [samples[i : i + (count - 1) * hop + 1 : hop] for i in range(length)]
    return np.stack(columns, axis=1)[None]


def framed(samples, length, hop, count=None):
    """That many frames, by default all whole ones; what is missing at the end is zero."""
    count = 1 + (len(samples) - length) // hop if count is None else count
    padded = np.append(samples, np.zeros(length + count * hop))
    return np.array([padded[i * hop : i * hop + length] for i in range(count)])


wrong("8.2", "forgets the 1 of the first frame", named="one frame too few")(
    lambda samples, length, hop: framed(samples, length, hop, (len(samples) - length) // hop)
)
wrong("8.2", "a frame for every hop, the last ones padded with zeros", named="a frame for each beginning, padded")(
    lambda samples, length, hop: framed(samples, length, hop, len(samples) // hop)
)
wrong("8.2", "frames do not overlap", named="frames without overlap")(
    lambda samples, length, hop: framed(samples, length, length)
)


@wrong("8.2", "range ends at len - length, so misses a last whole frame", named="one frame too few")
def _(samples, length, hop):
    return np.array([samples[start : start + length] for start in range(0, len(samples) - length, hop)])


wrong("8.2", "pads the last, broken frame with zeros", named="last frame filled up")(
    lambda samples, length, hop: framed(samples, length, hop, 1 + int(np.ceil((len(samples) - length) / hop)))
)
wrong("8.2", "a column is a frame", named="time on the last axis")(
    lambda samples, length, hop: framed(samples, length, hop).T
)
wrong("8.2", "takes hop for length and length for hop", named="hop and length exchanged")(
    lambda samples, length, hop: framed(samples, hop, length)
)
wrong("8.2", "keeps the broken frames at the end, rows of unequal length", named="incomplete frames kept, in a list")(
    lambda samples, length, hop: [samples[start : start + length] for start in range(0, len(samples), hop)]
)


@wrong("8.2", "frame t begins at t, not at t times hop", named="frame t begins at t")
def _(samples, length, hop):
    count = 1 + (len(samples) - length) // hop
    return np.array([samples[t : t + length] for t in range(count)])


wrong("8.2", "hop is how much two frames share", named="hop taken for the overlap")(
    lambda samples, length, hop: framed(samples, length, max(length - hop, 1))
)
wrong("8.2", "middle of frame 0 at sample 0, padded like librosa", named="padded at both ends")(
    lambda samples, length, hop: framed(np.pad(samples, length // 2), length, hop)
)
wrong("8.2", "fades each frame by a Hann window at once", named="a window applied")(
    lambda samples, length, hop: framed(samples, length, hop) * np.hanning(length)
)


@wrong("8.2", "the strides are counted in numbers, not bytes", named="strides counted in numbers")
def _(samples, length, hop):
    count = 1 + (len(samples) - length) // hop
    return as_strided(samples, (count, length), (hop, 1)).copy()


wrong("8.2", "the first frame begins one hop in", named="first frame left out")(
    lambda samples, length, hop: framed(samples, length, hop)[1:]
)


@wrong("8.2", "cuts one sample too few: the end is counted in", named="one sample short")
def _(samples, length, hop):
    count = 1 + (len(samples) - length) // hop
    return np.array([samples[t * hop : t * hop + length - 1] for t in range(count)])


wrong("8.2", "reshape cuts, what is left over is dropped", named="frames without overlap")(
    lambda samples, length, hop: samples[: len(samples) // length * length].reshape(-1, length)
)
wrong("8.2", "one frame more, moved back so that nothing is lost", named="one more frame, pushed back")(
    lambda samples, length, hop: np.vstack([framed(samples, length, hop), samples[-length:]])
)
wrong("8.2", "length and hop are milliseconds at 8,000 hertz", named="no frames")(
    lambda samples, length, hop: framed(samples, 8 * length, 8 * hop)
)


@wrong(
    "8.2",
    "frames go from hop to hop: each hop samples long",
    named="frames as long as the hop, as many as whole frames",
)
def _(samples, length, hop):
    count = 1 + (len(samples) - length) // hop
    return np.array([samples[t * hop : (t + 1) * hop] for t in range(count)])


wrong("8.2", "puts all frames in one row", named="one long row")(
    lambda samples, length, hop: np.concatenate(framed(samples, length, hop))
)
wrong("8.2", "takes the mean away first, as from any signal", named="mean taken away")(
    lambda samples, length, hop: framed(samples - samples.mean(), length, hop)
)
wrong("8.2", "collects in whole numbers, which cuts the decimals", named="made whole numbers")(
    lambda samples, length, hop: framed(samples, length, hop).astype(int)
)
wrong("8.2", "gives the number of frames", named="how many frames")(
    lambda samples, length, hop: 1 + (len(samples) - length) // hop
)


@wrong("8.2", "len / hop is a float, range refuses it", named="a float where a whole number is needed")
def _(samples, length, hop):
    return np.array([samples[t * hop : t * hop + length] for t in range((len(samples) - length) / hop + 1)])


# 8.3 log_mel(power, filterbank) -> (T, mels) in decibels


right("8.3", "maximum, log10")(lambda power, filterbank: 10 * np.log10(np.maximum(power @ filterbank.T, 1e-10)))


@right("8.3", "floor in decibels, which is -100")
def _(power, filterbank):
    with np.errstate(divide="ignore"):
        return np.maximum(10 * np.log10(power @ filterbank.T), -100)


@right("8.3", "einsum, clip, natural logarithm over that of 10")
def _(power, filterbank):
    bands = np.einsum("tb,mb->tm", power, filterbank).clip(min=1e-10)
    return 10 * np.log(bands) / np.log(10)


@right("8.3", "torch, linear and clamp")
def _(power, filterbank):
    return F.linear(torch.as_tensor(power), torch.as_tensor(filterbank)).clamp(min=1e-10).log10().mul(10)


@right("8.3", "loops over lists")
def _(power, filterbank):
    table = []
    for frame in power:
        row = []
        for triangle in filterbank:
            band = sum(p * share for p, share in zip(frame, triangle))
            row.append(10 * np.log10(max(band, 1e-10)))
        table.append(row)
    return table


@right("8.3", "the other way round, then transposed")
def _(power, filterbank):
    mels = np.dot(filterbank, power.T)
    mels = np.where(mels < 1e-10, 1e-10, mels)
    return (10 * np.log10(mels)).T


@right("8.3", "float32 throughout")
def _(power, filterbank):
    mels = power.astype(np.float32) @ filterbank.astype(np.float32).T
    return np.float32(10) * np.log10(np.fmax(mels, np.float32(1e-10)))


@right("8.3", "20 times the logarithm of the root")
def _(power, filterbank):
    mels = power @ filterbank.T
    mels[mels < 1e-10] = 1e-10
    return 20 * np.log10(np.sqrt(mels))


def mel(power, filterbank):
    return power @ filterbank.T


wrong("8.3", "20 as for samples", named="20 instead of 10")(
    lambda power, filterbank: 20 * np.log10(np.maximum(mel(power, filterbank), 1e-10))
)
wrong("8.3", "the natural logarithm", named="natural logarithm")(
    lambda power, filterbank: 10 * np.log(np.maximum(mel(power, filterbank), 1e-10))
)
wrong("8.3", "logarithm first, triangles after", named="logarithm before the filterbank")(
    lambda power, filterbank: mel(10 * np.log10(np.maximum(power, 1e-10)), filterbank)
)
wrong("8.3", "adds 1e-10 in place of a floor", named="1e-10 added")(
    lambda power, filterbank: 10 * np.log10(mel(power, filterbank) + 1e-10)
)
wrong("8.3", "no floor", named="no floor")(lambda power, filterbank: 10 * np.log10(mel(power, filterbank)))
wrong("8.3", "gives (mels, T) as the audio libraries do", named="time on the last axis")(
    lambda power, filterbank: 10 * np.log10(np.maximum(filterbank @ power.T, 1e-10))
)
wrong("8.3", "bels: forgets the 10", named="bels")(
    lambda power, filterbank: np.log10(np.maximum(mel(power, filterbank), 1e-10))
)


@wrong("8.3", "compares with the loudest, which becomes 0", named="relative to the maximum")
def _(power, filterbank):
    mels = np.maximum(mel(power, filterbank), 1e-10)
    return 10 * np.log10(mels / mels.max())


wrong("8.3", "minimum: counts as at most 1e-10", named="minimum instead of maximum")(
    lambda power, filterbank: 10 * np.log10(np.minimum(mel(power, filterbank), 1e-10))
)
wrong("8.3", "the floor is 1e-10 decibels", named="floor under the decibels")(
    lambda power, filterbank: np.maximum(10 * np.log10(np.maximum(mel(power, filterbank), 1e-300)), 1e-10)
)
wrong(
    "8.3",
    "floors the power of the bins, before the triangles add up",
    named="floor under the power before the filterbank",
)(lambda power, filterbank: 10 * np.log10(mel(np.maximum(power, 1e-10), filterbank)))


@wrong("8.3", "a band is the mean of its bins", named="filters normalised")
def _(power, filterbank):
    bands = mel(power, filterbank) / filterbank.sum(axis=1)
    return 10 * np.log10(np.maximum(bands, 1e-10))


wrong("8.3", "squares what is a power already", named="power squared")(
    lambda power, filterbank: 10 * np.log10(np.maximum(mel(power**2, filterbank), 1e-10))
)
wrong("8.3", "takes the root: the triangles want amplitudes", named="root of the power")(
    lambda power, filterbank: 10 * np.log10(np.maximum(mel(np.sqrt(power), filterbank), 1e-10))
)
wrong("8.3", "forgets to transpose the filterbank", named="filterbank not transposed")(
    lambda power, filterbank: 10 * np.log10(np.maximum(power @ filterbank, 1e-10))
)


@wrong("8.3", "cuts what lies 80 dB below the loudest", named="cut 80 decibels below the loudest")
def _(power, filterbank):
    decibels = 10 * np.log10(np.maximum(mel(power, filterbank), 1e-10))
    return np.maximum(decibels, decibels.max() - 80)


wrong("8.3", "log of 1 plus, so that nothing is minus infinity", named="1 added")(
    lambda power, filterbank: 10 * np.log10(1 + mel(power, filterbank))
)


@wrong("8.3", "only an exact zero needs the floor", named="only an exact 0 replaced")
def _(power, filterbank):
    mels = mel(power, filterbank)
    return 10 * np.log10(np.where(mels == 0, 1e-10, mels))


@wrong("8.3", "raises the caller's power to the floor", named="floor under the power before the filterbank")
def _(power, filterbank):
    power[power < 1e-10] = 1e-10
    return 10 * np.log10(np.maximum(mel(power, filterbank), 1e-10))


wrong("8.3", "leaves powers as they are, no logarithm", named="no logarithm")(
    lambda power, filterbank: np.maximum(mel(power, filterbank), 1e-10)
)
wrong("8.3", "adds up over the moments, too", named="added up over the frames")(
    lambda power, filterbank: 10 * np.log10(np.maximum(mel(power, filterbank).sum(axis=0), 1e-10))
)
wrong("8.3", "decibels are negative: a minus before", named="a constant factor")(
    lambda power, filterbank: -10 * np.log10(np.maximum(mel(power, filterbank), 1e-10))
)
wrong("8.3", "1e-10 is ten to the tenth part: clips at -10 dB", named="a floor of 0.1")(
    lambda power, filterbank: 10 * np.log10(np.maximum(mel(power, filterbank), 10 ** (-10 / 10)))
)
wrong("8.3", "replaces minus infinity by 0", named="silence at 0 decibels")(
    lambda power, filterbank: np.nan_to_num(10 * np.log10(mel(power, filterbank)), neginf=0.0)
)


# 8.4 pool_over_time(spectrogram, query) -> context (mels,), weights (T,)


@right("8.4", "transposed to moments, largest taken off")
def _(spectrogram, query):
    moments = spectrogram.T
    weights = softmax(moments @ query / np.sqrt(len(query)))
    return weights @ moments, weights


@right("8.4", "without turning it")
def _(spectrogram, query):
    scores = query @ spectrogram * query.size**-0.5
    weights = np.exp(scores - np.logaddexp.reduce(scores))
    return spectrogram @ weights, weights


@right("8.4", "the course's attention")
def _(spectrogram, query):
    moments = torch.tensor(spectrogram.T)
    context, weights = scaled_dot_product_attention(torch.tensor(query)[None], moments, moments)
    return context[0], weights[0]


@right("8.4", "PyTorch's operator, with batch axes of one")
def _(spectrogram, query):
    x, q = torch.as_tensor(spectrogram).double().T[None], torch.as_tensor(query).double()[None, None]
    weights = torch.softmax(q @ x.transpose(1, 2) / x.shape[-1] ** 0.5, dim=-1)
    return F.scaled_dot_product_attention(q, x, x)[0], weights[0]


@right("8.4", "einsum and float32")
def _(spectrogram, query):
    table, q = spectrogram.astype(np.float32), query.astype(np.float32)
    weights = softmax(np.einsum("mt,m->t", table, q) / np.sqrt(np.float32(len(q))))
    return np.einsum("t,mt->m", weights, table), weights


@right("8.4", "loops over moments, lists")
def _(spectrogram, query):
    mels, T = len(spectrogram), len(spectrogram[0])
    scores = [sum(query[m] * spectrogram[m][t] for m in range(mels)) / mels**0.5 for t in range(T)]
    exps = [np.exp(score - max(scores)) for score in scores]
    weights = [e / sum(exps) for e in exps]
    return [sum(weights[t] * spectrogram[m][t] for t in range(T)) for m in range(mels)], weights


@right("8.4", "a list of two, query divided beforehand in a new array")
def _(spectrogram, query):
    q = query / np.sqrt(query.shape[0])
    weights = softmax((spectrogram * q[:, None]).sum(axis=0))
    return [np.average(spectrogram, axis=1, weights=weights), weights]


def pooled(weights, spectrogram):
    """The context under these weights, and the weights."""
    return spectrogram @ weights, weights


@wrong("8.4", "no largest score taken off, so exp overflows", named="no maximum subtracted")
def _(spectrogram, query):
    exps = np.exp(query @ spectrogram / np.sqrt(len(query)))
    return pooled(exps / exps.sum(), spectrogram)


wrong("8.4", "leaves the root out", named="no scaling")(
    lambda spectrogram, query: pooled(softmax(query @ spectrogram), spectrogram)
)


@wrong("8.4", "softmax over the mel bands, means over them", named="softmax over the bands, then their mean")
def _(spectrogram, query):
    weights = softmax(query[:, None] * spectrogram / np.sqrt(len(query)), axis=0)
    return (weights * spectrogram).sum(axis=1), weights.mean(axis=0)


@wrong("8.4", "reshape turns it to moments", named="reshape instead of transpose")
def _(spectrogram, query):
    moments = spectrogram.reshape(-1, len(query))
    weights = softmax(moments @ query / np.sqrt(len(query)))
    return weights @ moments, weights


wrong("8.4", "the root of the number of moments", named="scaling by √T")(
    lambda spectrogram, query: pooled(softmax(query @ spectrogram / np.sqrt(spectrogram.shape[1])), spectrogram)
)


@wrong("8.4", "takes it for moments by bands, as in the lesson", named="bands taken for moments")
def _(spectrogram, query):
    weights = softmax(spectrogram @ query / np.sqrt(len(query)))
    return weights @ spectrogram, weights


wrong("8.4", "weights before context", named="order of the two")(
    lambda spectrogram, query: pooled(softmax(query @ spectrogram / np.sqrt(len(query))), spectrogram)[::-1]
)
wrong("8.4", "divides by the number of bands, not its root", named="scaling by mels instead of √mels")(
    lambda spectrogram, query: pooled(softmax(query @ spectrogram / len(query)), spectrogram)
)


@wrong("8.4", "mean of the weighted moments", named="mean of the weighted moments")
def _(spectrogram, query):
    weights = softmax(query @ spectrogram / np.sqrt(len(query)))
    return (spectrogram * weights).mean(axis=1), weights


@wrong("8.4", "cuts scores at 50 so that exp survives", named="scores clipped")
def _(spectrogram, query):
    exps = np.exp(np.clip(query @ spectrogram / np.sqrt(len(query)), -50, 50))
    return pooled(exps / exps.sum(), spectrogram)


@wrong("8.4", "listens to the best moment alone", named="loudest moment only")
def _(spectrogram, query):
    weights = np.zeros(spectrogram.shape[1])
    weights[np.argmax(query @ spectrogram)] = 1.0
    return pooled(weights, spectrogram)


@wrong("8.4", "all moments alike: the untrained pool", named="plain mean")
def _(spectrogram, query):
    T = spectrogram.shape[1]
    return pooled(np.full(T, 1 / T), spectrogram)


@wrong("8.4", "divides by the largest score in place of taking it off", named="divided by the largest score")
def _(spectrogram, query):
    scores = query @ spectrogram / np.sqrt(len(query))
    return pooled(softmax(scores / scores.max()), spectrogram)


@wrong("8.4", "back from decibels to power before comparing", named="back from decibels to power")
def _(spectrogram, query):
    weights = softmax(query @ 10 ** (spectrogram / 10) / np.sqrt(len(query)))
    return pooled(weights, spectrogram)


@wrong("8.4", "gives the weighted picture, not summed over time", named="weighted moments not added up")
def _(spectrogram, query):
    weights = softmax(query @ spectrogram / np.sqrt(len(query)))
    return spectrogram * weights, weights


wrong("8.4", "gives the context alone", named="weights not returned")(
    lambda spectrogram, query: spectrogram @ softmax(query @ spectrogram / np.sqrt(len(query)))
)


@wrong("8.4", "takes the largest off after exp", named="largest subtracted after exp")
def _(spectrogram, query):
    exps = np.exp(query @ spectrogram / np.sqrt(len(query)))
    exps = exps - exps.max()
    return pooled(exps / exps.sum(), spectrogram)


@wrong("8.4", "divides the caller's query in place", named="input changed in place")
def _(spectrogram, query):
    query /= np.sqrt(len(query))
    return pooled(softmax(query @ spectrogram), spectrogram)


@wrong("8.4", "scores shared out by their sum", named="no exponential")
def _(spectrogram, query):
    scores = query @ spectrogram / np.sqrt(len(query))
    return pooled(scores / scores.sum(), spectrogram)


wrong("8.4", "multiplies by the root", named="multiplied by √mels")(
    lambda spectrogram, query: pooled(softmax(query @ spectrogram * np.sqrt(len(query))), spectrogram)
)


@wrong("8.4", "infinities of exp are made zero", named="no maximum subtracted")
def _(spectrogram, query):
    exps = np.nan_to_num(np.exp(query @ spectrogram / np.sqrt(len(query))), posinf=0.0)
    return pooled(exps / exps.sum(), spectrogram)


@wrong("8.4", "cosines: loudness shall not count", named="cosines instead of products")
def _(spectrogram, query):
    lengths = np.linalg.norm(spectrogram, axis=0) * np.linalg.norm(query)
    return pooled(softmax(query @ spectrogram / lengths), spectrogram)


wrong("8.4", "the maximum of each band, weights of attention", named="maximum instead of weighted sum")(
    lambda spectrogram, query: (spectrogram.max(axis=1), softmax(query @ spectrogram / np.sqrt(len(query))))
)
wrong("8.4", "a gate for each moment, not competing", named="sigmoid")(
    lambda spectrogram, query: pooled(1 / (1 + np.exp(-(query @ spectrogram) / np.sqrt(len(query)))), spectrogram)
)


# 8.5 split_by_voice(voices, held_out) -> two lists of places


@right("8.5", "a loop with an if")
def _(voices, held_out):
    train, test = [], []
    for place, voice in enumerate(voices):
        if voice in held_out:
            test.append(place)
        else:
            train.append(place)
    return train, test


@right("8.5", "two comprehensions")
def _(voices, held_out):
    places = range(len(voices))
    return [i for i in places if voices[i] not in held_out], [i for i in places if voices[i] in held_out]


@right("8.5", "np.isin and nonzero, to lists")
def _(voices, held_out):
    kept_out = np.isin(np.array(voices, dtype=object), list(held_out))
    return np.flatnonzero(~kept_out).tolist(), np.flatnonzero(kept_out).tolist()


@right("8.5", "filter with a partial function")
def _(voices, held_out):
    def on_side(test, place):
        return (voices[place] in held_out) == test

    return tuple(list(filter(partial(on_side, side), range(len(voices)))) for side in (False, True))


@right("8.5", "places by voice in a dictionary, then sorted")
def _(voices, held_out):
    by_voice = {}
    for place, voice in enumerate(voices):
        by_voice.setdefault(voice, []).append(place)
    test = sorted(place for voice in held_out for place in by_voice.get(voice, []))
    train = sorted(place for voice, places in by_voice.items() if voice not in held_out for place in places)
    return train, test


@right("8.5", "one list of two lists, chosen by a truth as an index")
def _(voices, held_out):
    sides = [[], []]
    for place in range(len(voices)):
        sides[any(voices[place] == name for name in held_out)].append(place)
    return sides


@right("8.5", "set difference, sorted")
def _(voices, held_out):
    test = {i for i, voice in enumerate(voices) if {voice} <= held_out}
    return sorted(set(range(len(voices))) - test), sorted(test)


def sides(voices, is_out):
    """Places of the voices that are not out, and of those that are."""
    return [i for i, v in enumerate(voices) if not is_out(v)], [i for i, v in enumerate(voices) if is_out(v)]


wrong("8.5", "gives names in place of places", named="names instead of places")(
    lambda voices, held_out: ([v for v in voices if v not in held_out], [v for v in voices if v in held_out])
)
wrong("8.5", "a name within a name counts: f1 finds f10", named="names matched by part")(
    lambda voices, held_out: sides(voices, lambda voice: any(name in voice for name in held_out))
)
wrong("8.5", "looks for the name in the names written in one", named="names matched by part, the other way round")(
    lambda voices, held_out: sides(voices, lambda voice: voice in " ".join(sorted(held_out)))
)
wrong("8.5", "test first, then train", named="turned round")(
    lambda voices, held_out: sides(voices, lambda voice: voice not in held_out)
)


@wrong("8.5", "index finds the place of a voice, but always its first", named="place of a voice's first recording")
def _(voices, held_out):
    return (
        [voices.index(v) for v in voices if v not in held_out],
        [voices.index(v) for v in voices if v in held_out],
    )


@wrong("8.5", "one recording for each voice", named="one place for each voice")
def _(voices, held_out):
    train, test, seen = [], [], set()
    for place, voice in enumerate(voices):
        if voice not in seen:
            (test if voice in held_out else train).append(place)
            seen.add(voice)
    return train, test


wrong("8.5", "compares a name with the whole set", named="compared with the whole set")(
    lambda voices, held_out: sides(voices, lambda voice: voice == held_out)
)
wrong("8.5", "trains on everything", named="held-out voices in training as well")(
    lambda voices, held_out: (list(range(len(voices))), [i for i, v in enumerate(voices) if v in held_out])
)


@wrong("8.5", "tests on one recording of each kept-out voice, learns from its others", named="one voice on both sides")
def _(voices, held_out):
    test = [voices.index(v) for v in sorted(held_out) if v in voices]
    return [i for i in range(len(voices)) if i not in test], sorted(test)


wrong("8.5", "counts places from 1", named="counted from 1")(
    lambda voices, held_out: tuple([i + 1 for i in side] for side in sides(voices, lambda voice: voice in held_out))
)
wrong("8.5", "beginnings decide", named="names matched by part")(
    lambda voices, held_out: sides(voices, lambda voice: voice.startswith(tuple(held_out)))
)
wrong("8.5", "masks of truths, not places", named="masks instead of places")(
    lambda voices, held_out: ([v not in held_out for v in voices], [v in held_out for v in voices])
)


@wrong("8.5", "one voice after the other, not in the recordings' order", named="order lost, voice by voice")
def _(voices, held_out):
    train, test = [], []
    for name in sorted(set(voices)):
        (test if name in held_out else train).extend(i for i, v in enumerate(voices) if v == name)
    return train, test


@wrong(
    "8.5", "splits by share: the last recordings are for the test", named="split by recording, as many as are held out"
)
def _(voices, held_out):
    cut = len(voices) - sum(v in held_out for v in voices)
    return list(range(cut)), list(range(cut, len(voices)))


@wrong("8.5", "shuffles and draws as many recordings as are kept out")
def _(voices, held_out):
    order = np.random.default_rng(0).permutation(len(voices)).tolist()
    count = sum(v in held_out for v in voices)
    return sorted(order[count:]), sorted(order[:count])


wrong("8.5", "places among the different voices", named="one place for each voice")(
    lambda voices, held_out: sides(list(dict.fromkeys(voices)), lambda voice: voice in held_out)
)
wrong("8.5", "only the first letter of a voice counts", named="matched by the first letter")(
    lambda voices, held_out: sides(voices, lambda voice: voice[0] in {name[0] for name in held_out})
)


@wrong("8.5", "removes kept-out names from the list, and places move up", named="places after removing")
def _(voices, held_out):
    test = [i for i, v in enumerate(voices) if v in held_out]
    for name in held_out:
        while name in voices:
            voices.remove(name)
    return list(range(len(voices))), test


@wrong("8.5", "takes names off the set once they have been found", named="one voice on both sides")
def _(voices, held_out):
    train, test = [], []
    for place, voice in enumerate(voices):
        if voice in held_out:
            test.append(place)
            held_out.remove(voice)
        else:
            train.append(place)
    return train, test


wrong("8.5", "sets in place of lists", named="sets instead of lists")(
    lambda voices, held_out: tuple(map(set, sides(voices, lambda voice: voice in held_out)))
)
wrong("8.5", "gives the places to train on alone", named="train alone")(
    lambda voices, held_out: sides(voices, lambda voice: voice in held_out)[0]
)
wrong("8.5", "a dictionary with two names", named="wrong type")(
    lambda voices, held_out: dict(zip(("train", "test"), sides(voices, lambda voice: voice in held_out)))
)


@wrong("8.5", "append gives the list back, so None grows nothing", named="the list overwritten by append")
def _(voices, held_out):
    train, test = [], []
    for place, voice in enumerate(voices):
        if voice in held_out:
            test = test.append(place)
        else:
            train = train.append(place)
    return train, test


@wrong("8.5", "an else of the loop: the rest after the first hit", named="all from the first held-out voice on")
def _(voices, held_out):
    for place, voice in enumerate(voices):
        if voice in held_out:
            return list(range(place)), list(range(place, len(voices)))
    return list(range(len(voices))), []


# 8.6 decibels left

right("8.6", "a number")(-3.01)
right("8.6", "worked out")(10 * np.log10(100 / (100 + 100)))
right("8.6", "as text")("-3.01")
right("8.6", "with its unit")("-3.01 dB")
right("8.6", "float32")(np.float32(-3.0103))
right("8.6", "with the minus sign that print uses")("−" + "3.01")
right("8.6", "a tensor")(torch.tensor(-3.0103))
right("8.6", "rounded to whole decibels")(-3)
right("8.6", "from the other side: 20 dB less 10 log10 of 200")(20 - 10 * np.log10(200))
wrong("8.6", "the sign: noise above speech counts as plus", named="sign")(3.01)
wrong("8.6", "forgets the second noise", named="second noise forgotten")(0)
wrong("8.6", "samples times 10 are 10 dB", named="10 dB for ten times the amplitude")(6.99)
wrong("8.6", "twice the noise is 6 dB", named="amplitudes of two noises added")(-6.02)
wrong("8.6", "two noises of 20 dB each: decibels add", named="decibels of two noises added")(-20)
wrong(
    "8.6",
    "samples times 10 are 10 dB, second noise forgotten",
    named="second noise forgotten, and 10 dB for ten times the amplitude",
)(10)
wrong(
    "8.6",
    "noises add up to 6 dB over 10",
    named="10 dB for ten times the amplitude, and amplitudes of two noises added",
)(3.98)
wrong("8.6", "the ratio of the powers, not in decibels", named="a ratio of powers")(0.5)
wrong("8.6", "only the second noise: 20 minus 3", named="first step forgotten")(16.99)
wrong("8.6", "bels, without the 10", named="first step: right; second noise: bels")(-0.301)
wrong("8.6", "the natural logarithm", named="first step: right; second noise: natural logarithm")(-6.93)
wrong("8.6", "more noise, more decibels", named="noise taken for speech")(43.01)
wrong(
    "8.6",
    "20 log10 of the power's factor, too: 40 dB louder",
    named="20·log10 of the power, or the beginning forgotten",
)(-23.01)
wrong(
    "8.6", "samples grow by the root of 2, and 10 log10 of that", named="first step: right; second noise: half of it"
)(-1.505)
