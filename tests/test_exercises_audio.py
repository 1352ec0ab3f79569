"""The exercises on sound: right answers found other ways, and the mistakes as learners write them."""

import math
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.attention import softmax
from course_utils.datasets import mixing
from course_utils.exercises import audio as exercises
from course_utils.exercises import check
from course_utils.exercises.catalogue import EXERCISES
from course_utils.features import spectrogram as features

# --- the right answers are right --------------------------------------------------------------------------------------


def ratio_db(signal, mixture):
    return 10 * math.log10(np.square(signal).sum() / np.square(mixture - signal).sum())


@pytest.mark.parametrize("case", EXERCISES["8.1"].cases)
def test_the_mixture_has_the_ratio_and_is_the_courses(case):
    signal, noise, snr_db = case
    mixture = EXERCISES["8.1"].right(*case)
    assert ratio_db(signal, mixture) == pytest.approx(snr_db)
    assert np.corrcoef(mixture - signal, noise)[0, 1] == pytest.approx(1)
    theirs = mixing.mix(torch.from_numpy(signal), torch.from_numpy(noise), snr_db)
    assert np.allclose(mixture, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", EXERCISES["8.2"].cases)
def test_the_frames_are_the_courses_and_all_of_them_whole(case):
    samples, length, hop = case
    frames = EXERCISES["8.2"].right(*case)
    assert np.array_equal(frames, features.frames(torch.from_numpy(samples), length, hop))
    for (t, place), number in np.ndenumerate(frames):
        assert number == samples[t * hop + place]
    assert (len(frames) - 1) * hop + length <= len(samples) < len(frames) * hop + length


@pytest.mark.parametrize("case", EXERCISES["8.3"].cases)
def test_log_mel_is_the_courses(case):
    power, filterbank = map(torch.from_numpy, case)
    assert np.allclose(EXERCISES["8.3"].right(*case), features.decibels(power @ filterbank.T), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", EXERCISES["8.4"].cases)
def test_pooling_is_pytorchs_attention_with_one_query(case):
    spectrogram, query = map(torch.from_numpy, case)
    context, weights = EXERCISES["8.4"].right(*case)
    theirs = F.scaled_dot_product_attention(query[None, None], spectrogram.mT[None], spectrogram.mT[None])
    assert np.allclose(context, theirs[0, 0], rtol=1e-12, atol=1e-12)
    assert np.allclose(case[0] @ weights, context) and weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("case", EXERCISES["8.5"].cases)
def test_no_voice_is_on_both_sides_and_no_recording_is_lost(case):
    voices, held_out = case
    train, test = EXERCISES["8.5"].right(*case)
    assert sorted(train + test) == list(range(len(voices)))
    assert train == sorted(train) and test == sorted(test)
    assert {voices[i] for i in test} <= held_out and not {voices[i] for i in train} & held_out


def test_what_two_loud_noises_leave_of_20_decibels_is_measured():
    source = torch.Generator().manual_seed(8)
    speech, noise = torch.randn(2, 400_000, generator=source, dtype=torch.float64)
    quiet = mixing.mix(speech, noise, 20.0) - speech
    second = mixing.pink_noise(1, 400_000, 8_000, source)[0].double() * mixing.power(10 * quiet).sqrt()
    measured = 10 * math.log10(mixing.power(speech) / mixing.power(10 * quiet + second))
    assert measured == pytest.approx(EXERCISES["8.6"].right(), abs=EXERCISES["8.6"].tolerance / 2)


# --- the cases show each mistake --------------------------------------------------------------------------------------


def test_the_sounds_differ_in_all_that_a_ratio_might_be_taken_of():
    signal, noise, _ = exercises.MIXTURE.cases[0]
    sizes = {
        "power": lambda samples: math.sqrt(np.mean(samples**2)),
        "peak": lambda samples: np.abs(samples).max(),
        "mean size": lambda samples: np.abs(samples).mean(),
        "spread": np.std,
        "mean": np.mean,
    }
    ratios = sorted(size(signal) / size(noise) for size in sizes.values())
    assert all(later / earlier > 1.05 for earlier, later in zip(ratios, ratios[1:]))
    assert np.mean(signal**2) == 2 and np.mean(noise**2) == 12.5


def test_every_mistake_in_the_mixture_shows_in_the_numbers_that_fit_on_paper():
    """Its message counts decibels of the first case; only decibels made whole are right there."""
    case = exercises.MIXTURE.cases[0]
    for misconception in exercises.MIXTURE.misconceptions:
        if misconception.name.startswith("decibels made whole"):
            continue
        wrong, right = misconception.mistake(*case), EXERCISES["8.1"].right(*case)
        assert np.shape(wrong) != right.shape or not np.allclose(wrong, right, rtol=1e-3, atol=1e-5)


COUNTED = re.compile(r"lies ([\d.]+) dB below|is ([\d.]+) dB \*?louder\*?|which is ([\d.]+) dB")


def test_the_decibels_that_messages_count_are_those_of_the_wrong_mixture():
    case = exercises.MIXTURE.cases[0]
    counted = 0
    for misconception in exercises.MIXTURE.misconceptions:
        found = COUNTED.search(misconception.explain)
        if found:
            below, louder, equal = found.groups()
            said = below or equal or f"-{louder}"
            digits = len(said.partition(".")[2])
            assert round(ratio_db(case[0], misconception.mistake(*case)), digits) == float(said), misconception.name
            counted += 1
    assert counted >= 15


def test_frames_are_cut_with_and_without_a_rest_and_once_with_gaps():
    rests = [(len(samples) - length) % hop for samples, length, hop in exercises.FRAMES.cases]
    assert rests[0] == 0 and any(rests)
    assert any(hop > length for _, length, hop in exercises.FRAMES.cases)
    assert any(len(samples) == length for samples, length, _ in exercises.FRAMES.cases)


def test_a_floor_added_shows_near_the_floor_and_nowhere_else():
    silent, faint = exercises.LOG_MEL.cases[-2:]
    added = [10 * np.log10(power @ filterbank.T + 1e-10) for power, filterbank in (silent, faint)]
    assert np.allclose(added[0], exercises.LOG_MEL.right(*silent), atol=1e-5)
    assert np.abs(added[1] - exercises.LOG_MEL.right(*faint)).max() > 1
    mel = faint[0] @ faint[1].T
    assert ((mel > 0) & (mel < 1e-10)).any()
    assert 10 * math.log10(2) == pytest.approx(3, abs=0.02)  # at the floor itself, as the praise says
    assert 10 * math.log10(1 + 1e-10 / 1e-6) < 5e-4  # at -60 decibels
    assert (silent[0] == 0).all(axis=1).any()


def test_no_axis_of_a_spectrogram_fits_another_by_chance():
    for spectrogram, query in exercises.POOL.cases:
        mels, T = spectrogram.shape
        assert len({mels, T, 1}) == 3 and query.shape == (mels,)
    spectrogram, query = exercises.POOL.cases[-1]
    scores = query @ spectrogram / math.sqrt(len(query))
    assert scores.max() == -1755 and np.exp(scores).sum() == 0


def test_a_name_stands_within_another_on_either_side():
    voices, held_out = exercises.SPLIT_BY_VOICE.cases[1]
    strangers = set(voices) - held_out
    assert any(name in voice for name in held_out for voice in strangers)
    assert any(voice in name for name in held_out for voice in strangers)
    assert any(not set(voices) & held_out for voices, held_out in exercises.SPLIT_BY_VOICE.cases)


# --- right answers found another way ----------------------------------------------------------------------------------


def mix_step_by_step(signal, noise, snr_db):
    signal_db = 10 * np.log10(np.mean(signal**2))
    noise_db = 10 * np.log10(np.mean(noise**2))
    gain_db = signal_db - noise_db - snr_db
    return signal + 10 ** (gain_db / 20) * noise


def mix_by_root_mean_squares(signal, noise, snr_db):
    def rms(samples):
        return np.sqrt((samples**2).mean())

    return signal + noise / rms(noise) * rms(signal) / 10 ** (snr_db / 20)


def mix_by_energies(signal, noise, snr_db):
    return signal + noise * np.linalg.norm(signal) / np.linalg.norm(noise) * 10 ** (-snr_db / 20)


def mix_by_loops(signal, noise, snr_db):
    of_signal, of_noise = sum(s * s for s in signal), sum(n * n for n in noise)
    g = (of_signal / of_noise / 10 ** (snr_db / 10)) ** 0.5
    return [s + g * n for s, n in zip(signal, noise)]


def mix_in_single_precision(signal, noise, snr_db):
    signal, noise = signal.astype(np.float32), noise.astype(np.float32)
    ratio = np.float32(10 ** (snr_db / 10))
    return signal + noise * np.sqrt((signal**2).mean() / ((noise**2).mean() * ratio))


def mix_with_tensors_only(signal, noise, snr_db):
    factor = signal.pow(2).mean().sqrt() / noise.pow(2).mean().sqrt() * 10 ** (-snr_db / 20)
    return signal.add(noise, alpha=factor.item())


def mix_of_the_course(signal, noise, snr_db):
    return mixing.mix(signal, noise, snr_db)


def mix_on_a_copy(signal, noise, snr_db):
    noise = noise.copy()
    noise /= np.sqrt(np.mean(noise**2))
    noise *= np.sqrt(np.mean(signal**2)) * np.exp(-np.log(10) * snr_db / 20)
    return noise + signal


def frames_by_appending(samples, length, hop):
    frames, start = [], 0
    while start + length <= len(samples):
        frames.append(samples[start : start + length])
        start += hop
    return np.array(frames)


def frames_by_places(samples, length, hop):
    T = (len(samples) - length) // hop + 1
    return samples[np.arange(T)[:, None] * hop + np.arange(length)]


def frames_by_strides(samples, length, hop):
    T = (len(samples) - length + hop) // hop
    step = samples.strides[0]
    return np.lib.stride_tricks.as_strided(samples, (T, length), (hop * step, step), writeable=False)


def frames_by_unfolding(samples, length, hop):
    return samples.unfold(0, length, hop)


def frames_in_lists(samples, length, hop):
    return [list(samples[s : s + length]) for s in range(0, len(samples) - length + 1, hop)]


def frames_in_single_precision(samples, length, hop):
    return torch.tensor(samples, dtype=torch.float32).unfold(0, length, hop)


def frames_dropped_when_short(samples, length, hop):
    pieces = [samples[start : start + length] for start in range(0, len(samples), hop)]
    return np.stack([piece for piece in pieces if len(piece) == length])


def log_mel_with_the_floor_added(power, filterbank):
    return 10 * np.log10(power @ filterbank.T + 1e-10)


def log_mel_by_loops(power, filterbank):
    rows = []
    for frame in power:
        bands = [sum(w * p for w, p in zip(band, frame)) for band in filterbank]
        rows.append([10 * math.log10(max(band, 1e-10)) for band in bands])
    return rows


def log_mel_in_torch(power, filterbank):
    mel = torch.as_tensor(power).float() @ torch.as_tensor(filterbank).float().T
    return 10 * mel.clamp(min=1e-10).log10()


def log_mel_with_tensors_only(power, filterbank):
    return power.matmul(filterbank.t()).clamp_min(1e-10).log10().mul(10).requires_grad_()


def log_mel_floored_in_decibels(power, filterbank):
    return np.maximum(10 * np.log10((filterbank @ power.T).T), -100)


def log_mel_by_the_natural_logarithm(power, filterbank):
    mel = np.clip(np.dot(power, np.transpose(filterbank)), 1e-10, None)
    return 10 * np.log(mel) / np.log(10)


def log_mel_of_the_course(power, filterbank):
    return features.decibels(power @ filterbank.T)


def pool_step_by_step(spectrogram, query):
    mels, T = spectrogram.shape
    scores = np.array([spectrogram[:, t] @ query for t in range(T)]) / np.sqrt(mels)
    exps = np.exp(scores - max(scores))
    weights = exps / sum(exps)
    context = sum(weights[t] * spectrogram[:, t] for t in range(T))
    return context, weights


def pool_without_a_transpose(spectrogram, query):
    scores = np.einsum("mt,m->t", spectrogram, query) / len(query) ** 0.5
    weights = np.exp(scores - np.logaddexp.reduce(scores))
    return (weights * spectrogram).sum(axis=1), weights


def pool_in_torch(spectrogram, query):
    weights = (query @ spectrogram / spectrogram.shape[0] ** 0.5).softmax(0)
    return spectrogram @ weights, weights


def pool_with_the_courses_softmax(spectrogram, query):
    weights = softmax(torch.from_numpy(query @ spectrogram) / math.sqrt(len(query)))
    return [(torch.from_numpy(spectrogram) @ weights).tolist(), weights.tolist()]


def pool_in_single_precision(spectrogram, query):
    frames, query = torch.tensor(spectrogram.T, dtype=torch.float32), torch.tensor(query, dtype=torch.float32)
    weights = torch.softmax(frames @ query / math.sqrt(len(query)), dim=-1)
    return weights @ frames, weights


def split_in_one_loop(voices, held_out):
    train, test = [], []
    for i in range(len(voices)):
        if voices[i] in held_out:
            test.append(i)
        else:
            train.append(i)
    return train, test


def split_with_numpy(voices, held_out):
    mask = np.isin(voices, list(held_out))
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def split_with_where(voices, held_out):
    mask = np.array([voice in held_out for voice in voices], dtype=bool)
    return np.where(~mask)[0], np.where(mask)[0]


def split_with_torch(voices, held_out):
    mask = torch.tensor([voice in held_out for voice in voices])
    return (~mask).nonzero().flatten(), mask.nonzero().flatten()


def split_by_difference(voices, held_out):
    test = [i for i, voice in enumerate(voices) if any(voice == name for name in held_out)]
    train = sorted(set(range(len(voices))) - set(test))
    return [train, test]


RIGHT = [
    *(("8.1", answer) for answer in (mix_step_by_step, mix_by_root_mean_squares, mix_by_energies, mix_by_loops)),
    *(("8.1", answer) for answer in (mix_in_single_precision, mix_with_tensors_only, mix_of_the_course)),
    ("8.1", mix_on_a_copy),
    *(("8.2", answer) for answer in (frames_by_appending, frames_by_places, frames_by_strides, frames_by_unfolding)),
    *(("8.2", answer) for answer in (frames_in_lists, frames_in_single_precision, frames_dropped_when_short)),
    ("8.2", features.frames),
    *(("8.3", answer) for answer in (log_mel_by_loops, log_mel_in_torch)),
    *(("8.3", answer) for answer in (log_mel_with_tensors_only, log_mel_floored_in_decibels)),
    *(("8.3", answer) for answer in (log_mel_by_the_natural_logarithm, log_mel_of_the_course)),
    *(("8.4", answer) for answer in (pool_step_by_step, pool_without_a_transpose, pool_in_torch)),
    *(("8.4", answer) for answer in (pool_with_the_courses_softmax, pool_in_single_precision)),
    *(("8.5", answer) for answer in (split_in_one_loop, split_with_numpy, split_with_where, split_with_torch)),
    ("8.5", split_by_difference),
    *(("8.6", answer) for answer in (-3, -3.0, "-3", -3.01, -3.0103, np.float32(-3.01), 10 * np.log10(1 / 2))),
    ("8.6", torch.tensor(-3.0)),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


# --- the mistakes, as learners write them -----------------------------------------------------------------------------


def power(samples):
    return np.mean(samples**2)


def rms(samples):
    return np.sqrt(np.mean(samples**2))


def ten_for_amplitudes(signal, noise, snr_db):
    wanted = rms(signal) / 10 ** (snr_db / 10)
    return signal + noise * (wanted / rms(noise))


def twenty_for_powers(signal, noise, snr_db):
    wanted = power(signal) / 10 ** (snr_db / 20)
    return signal + noise * np.sqrt(wanted / power(noise))


def with_exp(signal, noise, snr_db):
    return signal + noise * np.sqrt(power(signal) / power(noise) / np.exp(snr_db / 10))


def decibels_as_they_are(signal, noise, snr_db):
    return signal + noise * np.sqrt(power(signal) / (snr_db * power(noise)))


def multiplied_by_the_ratio(signal, noise, snr_db):
    return signal + noise * np.sqrt(power(signal) * 10 ** (snr_db / 10) / power(noise))


def noise_over_signal(signal, noise, snr_db):
    return signal + noise * np.sqrt(power(noise) / power(signal) * 10 ** (-snr_db / 10))


def signal_made_louder(signal, noise, snr_db):
    factor = 10 ** (snr_db / 20) * rms(noise) / rms(signal)
    return factor * signal + noise


def both_brought_to_one(signal, noise, snr_db):
    signal = signal / rms(signal)
    noise = noise / rms(noise)
    return signal + noise / 10 ** (snr_db / 20)


def both_brought_to_their_peak(signal, noise, snr_db):
    signal = signal / max(abs(signal))
    noise = noise / max(abs(noise))
    return signal + noise * 10 ** (-snr_db / 20)


def noise_taken_for_normalised(signal, noise, snr_db):
    return signal + np.sqrt(power(signal) / 10 ** (snr_db / 10)) * noise


def only_the_decibels(signal, noise, snr_db):
    return signal + noise * 10 ** (-snr_db / 20)


def without_the_root(signal, noise, snr_db):
    return signal + noise * (power(signal) / power(noise) / 10 ** (snr_db / 10))


def by_peaks(signal, noise, snr_db):
    return signal + noise * np.max(np.abs(signal)) / np.max(np.abs(noise)) / 10 ** (snr_db / 20)


def by_variances(signal, noise, snr_db):
    return signal + noise * np.sqrt(signal.var() / noise.var() / 10 ** (snr_db / 10))


def squared_too_late(signal, noise, snr_db):
    return signal + noise * np.sqrt(signal.mean() ** 2 / noise.mean() ** 2 / 10 ** (snr_db / 10))


def normalised_at_the_end(signal, noise, snr_db):
    mixture = mix_step_by_step(signal, noise, snr_db)
    return mixture / np.max(np.abs(mixture))


def clipped_at_the_end(signal, noise, snr_db):
    return np.clip(mix_step_by_step(signal, noise, snr_db), -1, 1)


def noise_changed_in_place(signal, noise, snr_db):
    noise *= rms(signal) / rms(noise) * 10 ** (-snr_db / 20)
    return signal + noise


def signal_changed_in_place(signal, noise, snr_db):
    signal += noise * rms(signal) / rms(noise) * 10 ** (-snr_db / 20)
    return signal


def only_the_noise(signal, noise, snr_db):
    return noise * rms(signal) / rms(noise) * 10 ** (-snr_db / 20)


def reshaped(samples, length, hop):
    return samples[: len(samples) // length * length].reshape(-1, length)


def reshaped_to_fit(samples, length, hop):
    T = 1 + (len(samples) - length) // hop
    return samples.reshape(T, length)


def exchanged(samples, length, hop):
    return frames_by_appending(samples, hop, length)


def in_steps_of_length(samples, length, hop):
    return np.array([samples[s : s + length] for s in range(0, len(samples) - length + 1, length)])


def all_that_begin(samples, length, hop):
    return np.array([samples[s : s + length] for s in range(0, len(samples), hop)])


def all_that_begin_in_a_list(samples, length, hop):
    return [samples[s : s + length].tolist() for s in range(0, len(samples), hop)]


def all_that_begin_stacked(samples, length, hop):
    return np.stack([samples[s : s + length] for s in range(0, len(samples), hop)])


def all_that_begin_padded(samples, length, hop):
    rows = [samples[s : s + length] for s in range(0, len(samples), hop)]
    return np.array([np.pad(row, (0, length - len(row))) for row in rows])


def rest_padded(samples, length, hop):
    T = 1 + math.ceil((len(samples) - length) / hop)
    padded = np.pad(samples, (0, (T - 1) * hop + length - len(samples)))
    return frames_by_places(padded, length, hop)


def range_that_stops_early(samples, length, hop):
    return np.array([samples[s : s + length] for s in range(0, len(samples) - length, hop)])


def hops_counted_for_frames(samples, length, hop):
    T = (len(samples) - length) // hop
    return np.array([samples[t * hop : t * hop + length] for t in range(T)])


def into_a_table_of_hops(samples, length, hop):
    T = len(samples) // hop
    frames = np.zeros((T, length))
    for t in range(T):
        frames[t] = samples[t * hop : t * hop + length]
    return frames


def in_columns(samples, length, hop):
    return np.stack([samples[s : s + length] for s in range(0, len(samples) - length + 1, hop)], axis=1)


def extended(samples, length, hop):
    frames = []
    for s in range(0, len(samples) - length + 1, hop):
        frames.extend(samples[s : s + length])
    return frames


def returned_in_the_loop(samples, length, hop):
    for s in range(0, len(samples) - length + 1, hop):
        return samples[s : s + length]


def every_window(samples, length, hop):
    return np.lib.stride_tricks.sliding_window_view(samples, length)


def centred(samples, length, hop):
    return frames_by_places(np.pad(samples, length // 2), length, hop)


def with_a_hann_window(samples, length, hop):
    return features.frames(samples, length, hop) * torch.hann_window(length)


def ten_log(x):
    return 10 * np.log10(np.maximum(x, 1e-10))


def librosa_like(power, filterbank):
    decibels = ten_log(power @ filterbank.T)
    return np.maximum(decibels, decibels.max() - 80)


def silence_replaced_by_zero(power, filterbank):
    decibels = 10 * np.log10(power @ filterbank.T)
    decibels[decibels == -np.inf] = 0
    return decibels


def scores_of(spectrogram, query):
    return query @ spectrogram / np.sqrt(len(query))


def shared(scores, axis=-1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def rows_for_moments(spectrogram, query):
    scores = spectrogram @ query / np.sqrt(len(query))
    weights = shared(scores)
    return weights @ spectrogram, weights


def rows_for_moments_in_torch(spectrogram, query):
    weights = torch.softmax(torch.from_numpy(spectrogram @ query) / len(query) ** 0.5, 0)
    return weights @ torch.from_numpy(spectrogram), weights


def rows_for_moments_made_tensors(spectrogram, query):
    spectrogram, query = torch.tensor(spectrogram), torch.tensor(query)
    weights = (spectrogram @ query / math.sqrt(len(query))).softmax(dim=0)
    return weights @ spectrogram, weights


def reshaped_spectrogram(spectrogram, query):
    mels, T = spectrogram.shape
    frames = spectrogram.reshape(T, mels)
    weights = shared(frames @ query / np.sqrt(mels))
    return weights @ frames, weights


def softmax_of_the_products(spectrogram, query, axis):
    weights = shared(spectrogram * query[:, None] / np.sqrt(len(query)), axis)
    return (weights * spectrogram).sum(axis=1), weights


def pools(spectrogram, query, divide_by):
    weights = shared(query @ spectrogram / divide_by)
    return spectrogram @ weights, weights


def mean_pooling(spectrogram, query):
    weights = shared(scores_of(spectrogram, query))
    return spectrogram.mean(axis=1), weights


def mean_of_the_weighted(spectrogram, query):
    weights = shared(scores_of(spectrogram, query))
    return np.mean(weights * spectrogram, axis=1), weights


def hard(spectrogram, query):
    best = np.argmax(query @ spectrogram)
    weights = np.zeros(spectrogram.shape[1])
    weights[best] = 1
    return spectrogram[:, best], weights


def only_the_context(spectrogram, query):
    return spectrogram @ shared(scores_of(spectrogram, query))


def of_the_other_order(spectrogram, query):
    context, weights = pool_step_by_step(spectrogram, query)
    return weights, context


def plain_exp(spectrogram, query):
    exps = np.exp(scores_of(spectrogram, query))
    weights = exps / exps.sum()
    return spectrogram @ weights, weights


def of_the_courses_attention(spectrogram, query):
    from course_utils.attention import scaled_dot_product_attention

    frames = torch.from_numpy(spectrogram.T)
    return scaled_dot_product_attention(torch.from_numpy(query)[None], frames, frames)


def turned_round(voices, held_out):
    train, test = split_in_one_loop(voices, held_out)
    return test, train


def four_fifths(voices, held_out):
    cut = int(len(voices) * 0.8)
    return list(range(cut)), list(range(cut, len(voices)))


def part_of_a_name(voices, held_out):
    test = [i for i, voice in enumerate(voices) if any(name in voice for name in held_out)]
    return [i for i in range(len(voices)) if i not in test], test


def name_in_the_text_of_the_set(voices, held_out):
    mask = np.array([any(voice in name for name in held_out) for voice in voices])
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def starts_alike(voices, held_out):
    test = [i for i, voice in enumerate(voices) if voice.startswith(tuple(held_out))]
    return [i for i in range(len(voices)) if i not in test], test


def by_index(voices, held_out):
    test = [voices.index(voice) for voice in voices if voice in held_out]
    return [voices.index(voice) for voice in voices if voice not in held_out], test


def one_recording_each(voices, held_out):
    test = [voices.index(name) for name in held_out if name in voices]
    return [i for i in range(len(voices)) if i not in test], test


def training_on_all(voices, held_out):
    return list(range(len(voices))), [i for i, voice in enumerate(voices) if voice in held_out]


def compared_with_the_set(voices, held_out):
    test = [i for i in range(len(voices)) if voices[i] == held_out]
    return [i for i in range(len(voices)) if voices[i] != held_out], test


def grouped(voices, held_out):
    places = {}
    for i, voice in enumerate(voices):
        places.setdefault(voice, []).append(i)
    train = [i for voice in places if voice not in held_out for i in places[voice]]
    return train, [i for voice in places if voice in held_out for i in places[voice]]


def grouped_in_the_test(voices, held_out):
    test = [i for name in held_out for i, voice in enumerate(voices) if voice == name]
    return [i for i, voice in enumerate(voices) if voice not in held_out], test


def names(voices, held_out):
    return [v for v in voices if v not in held_out], [v for v in voices if v in held_out]


def sets_of_names(voices, held_out):
    return set(voices) - set(held_out), set(voices) & set(held_out)


def masks(voices, held_out):
    mask = np.isin(voices, list(held_out))
    return ~mask, mask


def where_without_zero(voices, held_out):
    mask = np.isin(voices, list(held_out))
    return np.where(~mask), np.where(mask)


def at_the_end(signal, noise, snr_db, change):
    return change(mix_by_root_mean_squares(signal, noise, snr_db))


def standardised(x):
    return (x - np.mean(x)) / np.std(x)


def in_long_steps(samples, length, hop):
    T = (len(samples) - length) // hop + 1
    return [samples[t * length : t * length + length] for t in range(T)]


def in_long_steps_into_a_table(samples, length, hop):
    frames = np.zeros(((len(samples) - length) // hop + 1, length))
    for t in range(len(frames)):
        frames[t] = samples[t * length : t * length + length]
    return frames


def rest_taken_from_the_end(samples, length, hop):
    frames = list(frames_by_appending(samples, length, hop))
    if (len(frames) - 1) * hop + length < len(samples):
        frames.append(samples[len(samples) - length :])
    return frames


def last_of_the_loop(samples, length, hop):
    for s in range(0, len(samples) - length + 1, hop):
        frames = samples[s : s + length]
    return frames


def minus_the_largest(decibels, axis=None):
    return decibels - np.max(decibels, axis=axis, keepdims=True)


def softmax_of_all_products(spectrogram, query):
    exps = np.exp(spectrogram * query[:, None] / np.sqrt(len(query)))
    weights = exps / exps.sum()
    return (weights * spectrogram).sum(axis=1), weights


def weighs(spectrogram, weights):
    return spectrogram @ weights, weights


def mixes(spectrogram, query, make_context, make_weights=lambda weights: weights):
    weights = shared(scores_of(spectrogram, query))
    return make_context(weights), make_weights(weights)


def first_and_rest(voices, cut):
    places = np.arange(len(voices))
    return places[:cut], places[cut:]


def a_dictionary_of_places(voices, held_out):
    place = {voice: i for i, voice in enumerate(voices)}
    test = [place[name] for name in held_out if name in place]
    return [i for i in range(len(voices)) if i not in test], test


def places_of_voices(voices, held_out):
    known = list(dict.fromkeys(voices))
    train = [voices.index(voice) for voice in known if voice not in held_out]
    return train, [voices.index(voice) for voice in known if voice in held_out]


def by_the_first_letter(voices, held_out):
    letters = [name[0] for name in held_out]
    test = [i for i, voice in enumerate(voices) if voice[0] in letters]
    return [i for i in range(len(voices)) if i not in test], test


def grouped_by(names, voices, held_out):
    train, test = [], []
    for name in names:
        places = [i for i, voice in enumerate(voices) if voice == name]
        (test if name in held_out else train).extend(places)
    return train, test


def each_band_by_itself(spectrogram, query, scaled=True):
    rows = []
    for band, q in zip(spectrogram, query):
        scores = band * q / (np.sqrt(len(query)) if scaled else 1)
        exps = np.exp(scores - scores.max())
        rows.append(exps / exps.sum())
    return [row @ band for row, band in zip(rows, spectrogram)], np.array(rows)


def each_column_by_itself(spectrogram, query, scaled=True):
    frames = torch.as_tensor(spectrogram.T)
    scores = frames * torch.as_tensor(query)
    weights = (scores / len(query) ** 0.5 if scaled else scores).softmax(0)
    return (weights * frames).sum(0), weights


def averaged_over_bands(spectrogram, query, scaled=True):
    context, weights = each_band_by_itself(spectrogram, query, scaled)
    return context, weights.mean(axis=0)


def places_by_subtracting_sets(voices, held_out):
    test = {i for i, voice in enumerate(voices) if voice in held_out}
    return set(range(len(voices))) - test, test


def mix_with_two_mistakes(signal, noise, snr_db):
    factor = np.sqrt(np.mean(noise**2) / np.mean(signal**2)) * 10 ** (-snr_db / 10)
    return signal + factor * noise


def pool_with_an_unscaled_sigmoid(spectrogram, query):
    weights = 1 / (1 + np.exp(-(spectrogram.T @ query)))
    return spectrogram @ weights, weights


def split_with_append_assigned(voices, held_out):
    train, test = [], []
    for i, voice in enumerate(voices):
        if voice in held_out:
            test = test.append(i)
        else:
            train.append(i)
    return train, test


def mix_by_size(signal, noise, snr_db):
    return signal + noise * np.sqrt(np.abs(signal).mean() / np.abs(noise).mean() / 10 ** (snr_db / 10))


def mix_below_the_mixture(signal, noise, snr_db):
    wanted = np.mean((signal + noise) ** 2) / 10 ** (snr_db / 10)
    return signal + noise * np.sqrt(wanted / np.mean(noise**2))


def mix_in_whole_decibels(signal, noise, snr_db):
    return signal + noise * np.sqrt(np.mean(signal**2) / np.mean(noise**2) / 10 ** (snr_db // 10))


def frames_in_milliseconds(samples, length, hop):
    length, hop = length * 8, hop * 8
    return np.array([samples[start : start + length] for start in range(0, len(samples) - length + 1, hop)])


def pool_powers(spectrogram, query):
    weights = torch.softmax(torch.as_tensor(query @ 10 ** (spectrogram / 10) / len(query) ** 0.5), 0).numpy()
    return spectrogram @ weights, weights


def split_after_removing(voices, held_out):
    test = [i for i, voice in enumerate(voices) if voice in held_out]
    voices = [voice for voice in voices if voice not in held_out]
    return list(range(len(voices))), test


def split_at_the_first(voices, held_out):
    for i, voice in enumerate(voices):
        if voice in held_out:
            return list(range(i)), list(range(i, len(voices)))
    return list(range(len(voices))), []


WRONG = [
    ("8.1", mix_by_size, "mean size taken for the power"),
    ("8.1", mix_below_the_mixture, "power of signal and noise above the line"),
    ("8.1", mix_in_whole_decibels, "decibels made whole, downwards"),
    ("8.2", frames_in_milliseconds, "no frames"),
    ("8.4", pool_powers, "back from decibels to power"),
    ("8.5", split_after_removing, "places after removing"),
    ("8.5", split_at_the_first, "all from the first held-out voice on"),
    ("8.6", -10 * np.log10(2**0.5), "first step: right; second noise: half of it"),
    ("8.1", mix_with_two_mistakes, "two things: noise multiplied by its size, 10 for amplitudes"),
    ("8.1", lambda noise, signal, snr_db: EXERCISES["8.1"].right(signal, noise, snr_db), "arguments in another order"),
    ("8.2", lambda s, n, hop: [s[t : t + n] for t in range(1 + (len(s) - n) // hop)], "frame t begins at t"),
    ("8.3", log_mel_with_the_floor_added, "1e-10 added"),
    ("8.3", lambda p, f: 10 * np.log10(np.clip(f @ p.T, 0.1, None)).T, "a floor of 0.1"),
    ("8.4", pool_with_an_unscaled_sigmoid, "sigmoid, not scaled"),
    ("8.5", split_with_append_assigned, "the list overwritten by append"),
    ("8.6", -6.93, "first step: right; second noise: natural logarithm"),
    ("8.6", 8, "first step: 10 dB; second noise: 2 dB"),
    ("8.1", ten_for_amplitudes, "10·log10 of amplitudes"),
    ("8.1", twenty_for_powers, "20·log10 of powers"),
    ("8.1", with_exp, "natural logarithm"),
    ("8.1", decibels_as_they_are, "decibels taken for a ratio of powers"),
    ("8.1", multiplied_by_the_ratio, "sign of the ratio"),
    ("8.1", noise_over_signal, "the two powers exchanged"),
    ("8.1", signal_made_louder, "signal scaled instead of the noise"),
    ("8.1", both_brought_to_one, "both scaled"),
    ("8.1", both_brought_to_their_peak, "both scaled by their peaks"),
    ("8.1", noise_taken_for_normalised, "noise not normalised by its own power"),
    ("8.1", only_the_decibels, "both powers forgotten"),
    ("8.1", without_the_root, "root forgotten"),
    ("8.1", by_peaks, "peak instead of power"),
    ("8.1", by_variances, "standard deviation instead of power"),
    ("8.1", squared_too_late, "mean before the square"),
    ("8.1", normalised_at_the_end, "mixture normalised by its peak"),
    ("8.1", clipped_at_the_end, "mixture clipped"),
    ("8.1", noise_changed_in_place, "input changed in place"),
    ("8.1", signal_changed_in_place, "input changed in place"),
    ("8.1", only_the_noise, "noise alone"),
    ("8.1", lambda signal, noise, snr_db: signal + noise, "added as they are"),
    ("8.1", lambda signal, noise, snr_db: signal + noise * rms(signal) / rms(noise), "decibels ignored"),
    ("8.1", lambda signal, noise, snr_db: print(signal + noise), "no return"),
    ("8.2", reshaped, "frames without overlap"),
    ("8.2", in_steps_of_length, "frames without overlap"),
    ("8.2", reshaped_to_fit, "reshaped to the right shape"),
    ("8.2", exchanged, "hop and length exchanged"),
    ("8.2", all_that_begin, "incomplete frames kept, in an array"),
    ("8.2", all_that_begin_in_a_list, "incomplete frames kept, in a list"),
    ("8.2", all_that_begin_stacked, "incomplete frames kept, stacked"),
    ("8.2", all_that_begin_padded, "a frame for each beginning, padded"),
    ("8.2", rest_padded, "last frame filled up"),
    ("8.2", range_that_stops_early, "one frame too few"),
    ("8.2", hops_counted_for_frames, "one frame too few"),
    ("8.2", into_a_table_of_hops, "as many frames as hops"),
    ("8.2", in_columns, "time on the last axis"),
    (
        "8.2",
        lambda samples, length, hop: frames_by_unfolding(torch.as_tensor(samples), length, hop).T,
        "time on the last axis",
    ),
    ("8.2", extended, "one long row"),
    ("8.2", returned_in_the_loop, "first frame only"),
    ("8.2", every_window, "hop ignored"),
    ("8.2", centred, "padded at both ends"),
    ("8.2", with_a_hann_window, "a window that does not return to 0"),
    ("8.3", lambda power, filterbank: ten_log(power) @ filterbank.T, "logarithm before the filterbank"),
    ("8.3", lambda power, filterbank: ten_log(power @ filterbank), "filterbank not transposed"),
    ("8.3", lambda power, filterbank: ten_log(filterbank @ power), "filterbank applied along time"),
    ("8.3", lambda power, filterbank: ten_log(filterbank @ power.T), "time on the last axis"),
    ("8.3", lambda power, filterbank: 2 * ten_log(power @ filterbank.T), "20 instead of 10"),
    ("8.3", lambda power, filterbank: 10 * np.log(np.maximum(power @ filterbank.T, 1e-10)), "natural logarithm"),
    ("8.3", lambda power, filterbank: np.log10(power @ filterbank.T + 1e-10), "bels"),
    ("8.3", lambda power, filterbank: np.log(power @ filterbank.T + 1e-10), "natural logarithm, without the 10"),
    ("8.3", lambda power, filterbank: 10 * np.log10(power @ filterbank.T), "no floor"),
    ("8.3", lambda power, filterbank: 10 * torch.log10(torch.as_tensor(power @ filterbank.T)), "no floor"),
    ("8.3", lambda power, filterbank: 10 * np.log10(1 + power @ filterbank.T), "1 added"),
    ("8.3", lambda power, filterbank: ten_log((power + 1e-10) @ filterbank.T), "1e-10 added before the filterbank"),
    ("8.3", lambda power, filterbank: ten_log(power @ filterbank.T / power.max()), "power relative to its maximum"),
    ("8.3", lambda power, filterbank: ten_log(power / power.max() @ filterbank.T), "power relative to its maximum"),
    ("8.3", lambda power, filterbank: ten_log(np.sqrt(power) @ filterbank.T), "root of the power"),
    ("8.3", lambda power, filterbank: 10 * np.log10(max(power @ filterbank.T, 1e-10)), "max instead of np.maximum"),
    (
        "8.3",
        lambda power, filterbank: 10 * np.log10(np.max(power @ filterbank.T, 1e-10)),
        "np.max instead of np.maximum",
    ),
    (
        "8.3",
        lambda power, filterbank: 10 * np.log10(np.minimum(power @ filterbank.T, 1e-10)),
        "minimum instead of maximum",
    ),
    (
        "8.3",
        lambda power, filterbank: np.nan_to_num(10 * np.log10(power @ filterbank.T)),
        "minus infinity made a large number",
    ),
    ("8.3", librosa_like, "cut 80 decibels below the loudest"),
    ("8.3", silence_replaced_by_zero, "silence at 0 decibels"),
    ("8.4", rows_for_moments, "bands taken for moments"),
    ("8.4", rows_for_moments_in_torch, "bands taken for moments"),
    ("8.4", rows_for_moments_made_tensors, "bands taken for moments, with tensors"),
    ("8.4", reshaped_spectrogram, "reshape instead of transpose"),
    ("8.4", lambda s, q: softmax_of_the_products(s, q, 0), "softmax over the bands"),
    ("8.4", lambda s, q: softmax_of_the_products(s, q, 1), "a softmax for each band"),
    ("8.4", lambda s, q: pools(s, q, 1), "no scaling"),
    ("8.4", lambda s, q: pools(s, q, np.sqrt(s.shape[1])), "scaling by √T"),
    ("8.4", lambda s, q: pools(s, q, len(q)), "scaling by mels instead of √mels"),
    ("8.4", mean_pooling, "mean instead of weighted sum"),
    ("8.4", mean_of_the_weighted, "mean of the weighted moments"),
    ("8.4", hard, "loudest moment only"),
    ("8.4", only_the_context, "weights not returned"),
    ("8.4", lambda s, q: shared(scores_of(s, q)), "context not returned"),
    ("8.4", of_the_other_order, "order of the two"),
    ("8.4", plain_exp, "no maximum subtracted"),
    ("8.5", turned_round, "turned round"),
    ("8.5", four_fifths, "split by recording, 80 to 20"),
    ("8.5", part_of_a_name, "names matched by part"),
    ("8.5", starts_alike, "names matched by part"),
    ("8.5", name_in_the_text_of_the_set, "names matched by part, the other way round"),
    ("8.5", by_index, "place of a voice's first recording"),
    ("8.5", one_recording_each, "one voice on both sides"),
    ("8.5", training_on_all, "held-out voices in training as well"),
    ("8.5", compared_with_the_set, "compared with the whole set"),
    ("8.5", grouped, "order lost, voice by voice backwards"),
    ("8.5", names, "names instead of places"),
    ("8.5", sets_of_names, "voices instead of recordings"),
    ("8.5", masks, "masks instead of places"),
    ("8.5", lambda voices, held_out: split_in_one_loop(voices, held_out)[1], "test alone"),
    ("8.5", lambda voices, held_out: [v in held_out for v in voices], "one mask"),
    ("8.1", lambda s, n, db: s + n * rms(s) / rms(n) * np.exp(-db / 10), "natural logarithm of amplitudes"),
    ("8.1", lambda s, n, db: s + n * rms(s) / (rms(n) * db), "decibels taken for a ratio of amplitudes"),
    ("8.1", lambda s, n, db: s + n * np.sqrt(power(s) / power(n) / 10**db), "bels"),
    ("8.1", lambda s, n, db: s + n * rms(n) / rms(s) * 10 ** (db / 20), "the two powers exchanged, and the sign"),
    ("8.1", lambda s, n, db: s + n / rms(n) * 10 ** (-db / 20), "the signal's power forgotten"),
    ("8.1", lambda s, n, db: s + n / 10 ** (db / 10), "both powers forgotten, and 10·log10 of amplitudes"),
    ("8.1", lambda s, n, db: s + n * power(s) / power(n) / 10 ** (db / 20), "root of the powers forgotten"),
    ("8.1", lambda s, n, db: s + n * np.mean(abs(s)) / np.mean(abs(n)) / 10 ** (db / 20), "mean size instead of power"),
    ("8.1", lambda s, n, db: at_the_end(s, n, db, lambda m: m / rms(m)), "mixture normalised by its power"),
    ("8.1", lambda s, n, db: at_the_end(s, n, db, standardised), "mixture brought to mean 0 and spread 1"),
    ("8.1", lambda s, n, db: at_the_end(s, n, db, lambda m: 0.5 * m), "mixture halved"),
    ("8.1", lambda s, n, db: s - n * rms(s) / rms(n) / 10 ** (db / 20), "noise subtracted"),
    ("8.2", lambda x, length, hop: np.array(in_long_steps(x, length, hop)), "steps of a frame, in an array"),
    ("8.2", in_long_steps, "steps of a frame, in a list"),
    ("8.2", in_long_steps_into_a_table, "steps of a frame, filled in"),
    ("8.2", lambda x, length, hop: np.resize(x, (1 + (len(x) - length) // hop, length)), "resized to the right shape"),
    ("8.2", lambda x, length, hop: frames_by_appending(x, hop, hop), "frames as long as the hop"),
    ("8.2", lambda x, length, hop: frames_by_appending(x, length, max(1, length - hop)), "hop taken for the overlap"),
    ("8.2", rest_taken_from_the_end, "last frame pushed back"),
    ("8.2", lambda x, length, hop: frames_by_appending(x[hop:], length, hop), "first frame left out"),
    ("8.2", lambda x, length, hop: frames_by_appending(x, length, hop)[:, : length - 1], "one sample short"),
    ("8.2", last_of_the_loop, "last frame only"),
    ("8.2", lambda x, length, hop: frames_by_appending(range(len(x)), length, hop), "places instead of samples"),
    ("8.2", lambda x, length, hop: frames_by_appending(x, length, hop) * np.hanning(length), "a window applied"),
    ("8.3", lambda p, bank: ten_log(bank.T @ p), "filterbank transposed, and along time"),
    ("8.3", lambda p, bank: ten_log(p * bank), "multiplied number by number"),
    ("8.3", lambda p, bank: 10 * np.log2(np.maximum(p @ bank.T, 1e-10)), "logarithm to base 2"),
    ("8.3", lambda p, bank: p @ bank.T, "no logarithm"),
    ("8.3", lambda p, bank: 10 * np.log1p(p @ bank.T), "1 added, natural logarithm"),
    ("8.3", lambda p, bank: np.log(1 + p @ bank.T), "1 added, natural logarithm, without the 10"),
    ("8.3", lambda p, bank: ten_log(np.abs(p) ** 2 @ bank.T), "power squared"),
    ("8.3", lambda p, bank: 2 * ten_log(p**0.5 @ bank.T), "root of the power, 20 instead of 10"),
    ("8.3", lambda p, bank: ten_log(p @ bank.T / p.shape[1]), "mean of the power instead of the sum"),
    ("8.3", lambda p, bank: ten_log(p @ bank.T / bank.sum(1)), "filters normalised"),
    ("8.3", lambda p, bank: minus_the_largest(ten_log(p @ bank.T)), "relative to the maximum"),
    ("8.3", lambda p, bank: minus_the_largest(ten_log(p @ bank.T), 1), "relative to the maximum of each frame"),
    ("8.3", lambda p, bank: standardised(ten_log(p @ bank.T)), "standardised"),
    ("8.3", lambda p, bank: ten_log(np.maximum(p, 1e-10) @ bank.T), "floor under the power before the filterbank"),
    ("8.3", lambda p, bank: np.clip(10 * np.log10(p @ bank.T), 1e-10, None), "floor under the decibels"),
    ("8.3", lambda p, bank: 10 * np.maximum(np.log10(p @ bank.T), 1e-10), "floor under the decibels"),
    ("8.3", lambda p, bank: 10 * math.log10(np.maximum(p @ bank.T, 1e-10)), "math.log10 of an array"),
    ("8.4", lambda s, q: shared(np.dot(s, q) / np.sqrt(len(q))), "bands taken for moments, with np.dot"),
    ("8.4", lambda s, q: shared((s * q).sum(0)), "bands multiplied without an axis"),
    ("8.4", softmax_of_all_products, "softmax over bands and moments"),
    ("8.4", lambda s, q: pools(s, q, 1 / np.sqrt(len(q))), "multiplied by √mels"),
    ("8.4", lambda s, q: weighs(s, shared(q @ s) / np.sqrt(len(q))), "scaled after the softmax"),
    ("8.4", lambda s, q: weighs(s, scores_of(s, q)), "no softmax"),
    ("8.4", lambda s, q: weighs(s, np.exp(scores_of(s, q))), "not normalised"),
    ("8.4", lambda s, q: weighs(s, scores_of(s, q) / np.sum(scores_of(s, q))), "no exponential"),
    ("8.4", lambda s, q: mixes(s, q, lambda w: s[:, np.argmax(w)]), "context of the best moment"),
    ("8.4", lambda s, q: mixes(s, q, lambda w: np.max(w * s, axis=1)), "context of the largest products"),
    ("8.4", lambda s, q: mixes(s, q, lambda w: np.max(s, axis=1)), "maximum instead of weighted sum"),
    ("8.4", lambda s, q: mixes(s, q, lambda w: w * s), "weighted moments not added up"),
    (
        "8.4",
        lambda s, q: mixes(s, q, lambda w: np.array([w[t] * s[:, t] for t in range(len(w))])),
        "weighted moments not added up, in rows",
    ),
    ("8.4", lambda s, q: mixes(s, q, lambda w: sum(w * s)), "added up over the bands"),
    ("8.4", lambda s, q: each_band_by_itself(s, q, scaled=False), "a softmax for each band, not scaled"),
    ("8.4", each_column_by_itself, "a softmax for each band, in columns"),
    (
        "8.4",
        lambda s, q: each_column_by_itself(s, q, scaled=False),
        "a softmax for each band, in columns, not scaled",
    ),
    ("8.4", averaged_over_bands, "a softmax for each band, then their mean"),
    (
        "8.4",
        lambda s, q: averaged_over_bands(s, q, scaled=False),
        "a softmax for each band, then their mean, not scaled",
    ),
    ("8.4", lambda s, q: weighs(s, np.ones(len(s.T)) / len(s.T)), "plain mean"),
    ("8.4", lambda s, q: (pool_step_by_step(s, q)[0], scores_of(s, q)), "scores instead of weights"),
    ("8.4", lambda s, q: weighs(s, shared(s.T @ q[:, None] / np.sqrt(len(q)), 0)), "an axis for the query, behind"),
    ("8.4", lambda s, q: mixes(s, q, lambda w: s @ w, lambda w: w[None, :]), "an axis of the weights left"),
    ("8.4", lambda s, q: mixes(s, q, lambda w: s @ w, lambda w: w[:, None]), "an axis of the weights left, behind"),
    ("8.5", lambda v, out: (split_in_one_loop(v, out)[0], range(len(v))), "everything tested"),
    ("8.5", lambda v, out: first_and_rest(v, -sum(x in out for x in v)), "split by recording, as many as are held out"),
    ("8.5", lambda v, out: first_and_rest(v, len(v) // 2), "split by recording, half and half"),
    ("8.5", lambda v, out: first_and_rest(v, -len(out)), "split by recording, as many as names"),
    (
        "8.5",
        lambda v, out: first_and_rest(v, sum(x in out for x in v))[::-1],
        "split by recording, the first ones tested",
    ),
    ("8.5", a_dictionary_of_places, "one voice on both sides, its last recording tested"),
    ("8.5", places_of_voices, "one place for each voice"),
    ("8.5", by_the_first_letter, "matched by the first letter"),
    ("8.5", lambda v, out: grouped_by(sorted(set(v)), v, out), "order lost, voice by voice"),
    (
        "8.5",
        lambda v, out: (split_in_one_loop(v, out)[0], grouped_by(sorted(out), v, out)[1]),
        "order of the test lost",
    ),
    (
        "8.5",
        lambda v, out: (split_in_one_loop(v, out)[0], grouped_by(sorted(out)[::-1], v, out)[1]),
        "order of the test lost, backwards",
    ),
    ("8.5", lambda v, out: [side[::-1] for side in split_with_numpy(v, out)], "order turned round"),
    ("8.5", lambda v, out: [side + 1 for side in split_with_numpy(v, out)], "counted from 1"),
    ("8.5", lambda v, out: tuple(map(set, split_in_one_loop(v, out))), "sets instead of lists"),
    ("8.5", places_by_subtracting_sets, "sets instead of lists"),
    (
        "8.5",
        lambda v, out: (split_in_one_loop(v, out)[0], {i for i in range(len(v)) if v[i] in out}),
        "the test in a set",
    ),
    ("8.5", lambda v, out: split_with_numpy(v, out)[0], "train alone"),
    ("8.5", lambda v, out: np.concatenate(split_with_numpy(v, out)), "one list of both"),
    ("8.6", 7, "10 dB for ten times the amplitude"),
    ("8.6", 20 - 10 * np.log10(10 * 2), "10 dB for ten times the amplitude"),
    ("8.6", -6, "amplitudes of two noises added"),
    ("8.6", 20 - 20 * np.log10(10 * 2), "amplitudes of two noises added"),
    ("8.6", 4, "10 dB for ten times the amplitude, and amplitudes of two noises added"),
    ("8.6", 0, "second noise forgotten"),
    ("8.6", "10", "second noise forgotten, and 10 dB for ten times the amplitude"),
    ("8.6", 17, "first step forgotten"),
    ("8.6", 14, "first step forgotten, and amplitudes added"),
    ("8.6", -20, "decibels of two noises added"),
    ("8.6", 20 / 10, "decibels divided by the factor"),
    ("8.6", 20 / 10 / 2, "decibels divided by both factors"),
    ("8.6", 3, "sign"),
    ("8.6", 43, "noise taken for speech"),
    ("8.6", 23.01, "how much the noise grew"),
    ("8.6", 100 / 200, "a ratio of powers"),
    ("8.6", 0.71, "a ratio of amplitudes"),
    ("8.6", -10, "10 dB for a second noise"),
    ("8.6", 20 - 10 * np.log10(100) - 10, "10 dB for a second noise"),
    ("8.6", -40, "20 dB counted too often, and decibels of two noises added"),
    ("8.6", -23, "20·log10 of the power, or the beginning forgotten"),
    ("8.6", 20 - 20 * np.log10(100) - 10 * np.log10(2), "20·log10 of the power, or the beginning forgotten"),
    ("8.6", 5, None),
]


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


def test_an_order_that_hangs_on_a_set_is_told_either_way():
    """Python may walk through a set of names in any order."""
    assert check("8.5", grouped_in_the_test).misconception.startswith("order of the test lost")


def test_places_are_shown_as_whole_numbers():
    assert "You train on [0, 3, 5]" in check("8.5", turned_round).message
    assert "test [1, 4, 6]" in check("8.5", lambda v, out: [side + 1 for side in split_with_numpy(v, out)]).message


def test_an_answer_with_a_gradient_is_explained_like_any_other():
    def twenty(power, filterbank):
        return (20 * torch.as_tensor(power @ filterbank.T).clamp(min=1e-10).log10()).requires_grad_()

    result = check("8.3", twenty)
    assert result.misconception == "20 instead of 10" and "40.424" in result.message


@pytest.mark.parametrize(("exercise_id", "answer"), [("8.4", of_the_courses_attention), ("8.5", where_without_zero)])
def test_an_axis_of_length_1_in_front_passes_and_is_told(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed" and "an axis of length 1 in front" in result.message
