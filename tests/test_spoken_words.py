"""The spoken words: remade byte for byte where the synthesiser is, coded within a bound, drawn without overlap."""

from __future__ import annotations

import hashlib
import io
import math
import platform
import shutil
import subprocess
from collections import Counter

import numpy as np
import pytest
import torch

from course_utils.datasets import speech_synthesis
from course_utils.datasets.archive import npz_bytes
from course_utils.datasets.files import CHECKSUMS, DATA, DataError, read_verified
from course_utils.datasets.spoken_words import (
    CLIP,
    DISTRACTORS,
    FEMALE_VOICES,
    FILE,
    KEYWORDS,
    LEVEL,
    LONGEST,
    MALE_VOICES,
    RATE,
    SAID,
    TAKES,
    VOICES,
    WORDS,
    decode_mu_law,
    draw_clips,
    encode_mu_law,
    load_words,
    split_voices,
)
from course_utils.reproducibility import generator


@pytest.fixture(scope="module")
def recordings():
    return load_words()


@pytest.fixture(scope="module")
def clips():
    return draw_clips(200, generator(0), snr_db=10.0)


# The file


def test_made_again_some_recordings_are_the_same_bytes():
    """Two words by every voice and every word by one, both takes each: it would take half a minute for all."""
    try:
        speech_synthesis.require_program()
    except SystemExit as missing:
        pytest.skip(str(missing))
    if platform.machine() != "x86_64":
        pytest.skip(f"The recordings were made on x86_64; {platform.machine()} may round espeak-ng's sums differently.")
    with np.load(io.BytesIO(read_verified(FILE)), allow_pickle=False) as stored:
        codes, offsets = stored["codes"], stored["offsets"]
    places = [(word, voice) for word in ("stop", "window") for voice in VOICES] + [(word, VOICES[9]) for word in WORDS]
    for word, voice in places:
        for take in range(TAKES):
            i = (WORDS.index(word) * len(VOICES) + VOICES.index(voice)) * TAKES + take
            assert np.array_equal(speech_synthesis.record(word, voice, take), codes[offsets[i] : offsets[i + 1]])


def test_the_file_is_small_and_has_every_word_in_every_voice(recordings):
    assert len(read_verified(FILE)) <= 2_500_000
    assert set(recordings) == {(word, voice) for word in WORDS for voice in VOICES}
    assert len(WORDS) == len(set(WORDS)) == 24 and len(VOICES) == len(set(VOICES)) == 16
    assert {len(takes) for takes in recordings.values()} == {TAKES}
    assert len({voice.partition("+")[2] for voice in VOICES}) == 16  # no two voices share a variant
    assert not {voice for voice in VOICES if "mb-" in voice}  # MBROLA's have licences of their own


def test_recordings_are_trimmed_equally_loud_and_short_enough_for_a_clip(recordings):
    for takes in recordings.values():
        for samples in takes:
            assert samples.dtype == torch.float32 and RATE // 8 < len(samples) <= LONGEST
            assert samples.abs().max() < 1
            assert samples.square().mean().sqrt().item() == pytest.approx(LEVEL, rel=0.01)
            edges = samples[:40].abs().max(), samples[-40:].abs().max()  # 5 milliseconds that are not silent
            assert min(edges) > 0.005 * samples.abs().max()
    assert SAID * LONGEST <= CLIP


def test_the_takes_of_a_word_differ_in_speed(recordings):
    slower = [len(first) > len(second) for first, second in recordings.values()]
    assert sum(slower) / len(slower) > 0.95
    settings = {
        (word, voice): [speech_synthesis.settings(word, voice, t) for t in (0, 1)] for word, voice in recordings
    }
    pitches, speeds = np.array(list(settings.values())).reshape(-1, 2).T
    assert (pitches.min(), pitches.max()) == (35, 65) and (speeds.min(), speeds.max()) == (160, 220)


def pictures(recordings):
    """Each recording as a small spectrogram, 16 moments by 16 bands, made with NumPy alone."""
    window = np.hanning(256)
    for (word, voice), takes in recordings.items():
        for samples in takes:
            pieces = np.lib.stride_tricks.sliding_window_view(samples.numpy(), 256)
            moments = np.linspace(0, len(pieces) - 1, 16).astype(int)
            power = np.abs(np.fft.rfft(pieces[moments] * window)[:, :128]) ** 2
            levels = 10 * np.log10(power.reshape(16, 16, 8).sum(-1) + 1e-6)
            yield word, voice, (levels - levels.mean()).ravel()


def test_a_word_sounds_like_itself_in_another_voice(recordings):
    """The nearest recording of all other voices says the same word: no learning, and far above chance, 0.04."""
    words, voices, shapes = map(np.array, zip(*pictures(recordings)))
    distances = ((shapes**2).sum(1)[:, None] + (shapes**2).sum(1) - 2 * shapes @ shapes.T) + np.where(
        voices[:, None] == voices, np.inf, 0
    )
    right = words[distances.argmin(1)] == words
    assert right.mean() > 0.8
    assert min(right[words == word].mean() for word in WORDS) > 0.5


@pytest.mark.parametrize("harm", ["damaged", "missing", "other words"])
def test_a_file_that_is_not_the_published_one_is_refused(tmp_path, harm):
    for name in (FILE, CHECKSUMS):
        shutil.copy(DATA / name, tmp_path / name)
    if harm == "missing":
        (tmp_path / FILE).unlink()
    elif harm == "damaged":
        content = bytearray((tmp_path / FILE).read_bytes())
        content[1000] ^= 1
        (tmp_path / FILE).write_bytes(content)
    else:
        with np.load(tmp_path / FILE, allow_pickle=False) as stored:
            content = npz_bytes({**stored, "word_names": np.array(["yes", *WORDS[1:-1], "yelow"])})
        (tmp_path / FILE).write_bytes(content)
        (tmp_path / CHECKSUMS).write_text(f"{hashlib.sha256(content).hexdigest()}  {FILE}\n")
    with pytest.raises(DataError, match="other words" if harm == "other words" else "git checkout -- data"):
        load_words(tmp_path)


@pytest.mark.parametrize("says", [None, "eSpeak NG text-to-speech: 1.52.0  Data at: /x", "eSpeak: 1.51.1  Data at: /x"])
def test_without_the_right_synthesiser_the_maker_says_what_to_install(monkeypatch, says):
    monkeypatch.setattr(speech_synthesis.shutil, "which", lambda _: says and "/usr/bin/espeak-ng")
    done = subprocess.CompletedProcess([], 0, stdout=says)
    monkeypatch.setattr(speech_synthesis.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(SystemExit, match=r"apt-get install espeak-ng.*1\.51"):
        speech_synthesis.recordings_file()


# Mu-law


def test_mu_law_is_the_closed_formula():
    samples = np.linspace(-1, 1, 4001)
    by_hand = [
        128 + round(127 * math.copysign(math.log(1 + 255 * abs(x)) / math.log(256), x)) for x in samples.tolist()
    ]
    assert encode_mu_law(samples).tolist() == by_hand


def test_mu_law_of_values_done_by_hand():
    """log(1 + 255 x) / log(256) is a whole number of eighths at x = (2**n - 1) / 255."""
    samples = np.array([0, 1, -1, 15 / 255, -15 / 255, 3 / 255], dtype=np.float64)
    assert encode_mu_law(samples).tolist() == [128, 255, 1, 192, 64, 160]  # 127/2 = 63.5 rounds to 64, 127/4 to 32
    assert decode_mu_law(np.array([128, 255, 1], dtype=np.uint8)).tolist() == [0, 1, -1]


def test_what_is_decoded_is_near_what_was_encoded():
    """Half a step of the code changes 1/255 + |x| by a factor of at most 256**(1/254)."""
    samples = np.concatenate([np.linspace(-1, 1, 100_001), np.geomspace(1e-7, 1, 10_000)])
    wrong = np.abs(decode_mu_law(encode_mu_law(samples)) - samples)
    assert (wrong <= (256 ** (1 / 254) - 1) * (np.abs(samples) + 1 / 255) + 1e-7).all()
    assert 256 ** (1 / 254) - 1 < 0.023  # what decode_mu_law promises


def test_every_code_but_the_unused_one_comes_back():
    codes = np.arange(1, 256, dtype=np.uint8)
    assert np.array_equal(encode_mu_law(decode_mu_law(codes)), codes)
    assert (np.diff(decode_mu_law(codes)) > 0).all()


@pytest.mark.parametrize(
    "samples, error, says",
    [
        ([0.1], TypeError, "got list"),
        (np.array([1, 0]), TypeError, "got an array of int64"),
        (np.array([1.01]), ValueError, "between -1 and 1"),
        (np.array([0.1, np.nan]), ValueError, "between -1 and 1"),
        (np.array([-np.inf]), ValueError, "between -1 and 1"),
    ],
)
def test_what_cannot_be_encoded_is_refused(samples, error, says):
    with pytest.raises(error, match=f"encode_mu_law: .*{says}"):
        encode_mu_law(samples)


def test_only_bytes_are_decoded():
    with pytest.raises(TypeError, match="uint8 array, got an array of int64"):
        decode_mu_law(np.array([128]))


# The voices


def test_the_unseen_voices_are_four_others_for_every_seed():
    choices = [split_voices(seed) for seed in (*range(784), *range(1000, 1005))]
    for learned, unseen in choices:
        assert (len(learned), len(unseen)) == (12, 4) and {*learned, *unseen} == set(VOICES)
        assert len(set(unseen) & set(MALE_VOICES)) == len(set(unseen) & set(FEMALE_VOICES)) == 2
    assert len({unseen for _, unseen in choices[:784]}) == 784
    often = Counter(voice for _, unseen in choices[:784] for voice in unseen)
    assert set(often.values()) == {784 * 4 // 16}


def test_a_seed_that_is_none_is_refused():
    for seed in (True, 1.0, "1"):
        with pytest.raises(TypeError, match="split_voices: seed must be a whole number"):
            split_voices(seed)
    with pytest.raises(ValueError, match="-1"):
        split_voices(-1)


# The clips


def test_a_clip_holds_one_keyword_and_three_different_other_words(clips):
    for row, label in enumerate(clips.labels.tolist()):
        said = [WORDS[word] for word in clips.words[row].tolist()]
        assert [word for word in said if word in KEYWORDS] == [KEYWORDS[label]]
        assert len(set(said) & set(DISTRACTORS)) == SAID - 1


def test_words_do_not_overlap_and_the_interval_is_the_keywords(clips):
    assert clips.samples.shape == (200, CLIP) and clips.samples.dtype == torch.float32
    for row in range(200):
        ends = 0
        for (start, end), word in zip(clips.places[row].tolist(), clips.words[row].tolist()):
            assert ends <= start < end <= CLIP
            ends = end
            if word < len(KEYWORDS):
                assert clips.intervals[row].tolist() == [start, end]


def test_each_word_sounds_where_its_place_says(recordings):
    """With the noise turned far down, the recording itself stands there, and silence elsewhere."""
    clips = draw_clips(20, generator(4), snr_db=90.0)
    for row in range(20):
        rest = clips.samples[row].clone()
        for word, voice, (start, end) in zip(
            *(part[row].tolist() for part in (clips.words, clips.voices, clips.places))
        ):
            takes = [t for t in recordings[WORDS[word], VOICES[voice]] if len(t) == end - start]
            assert any(torch.allclose(take, rest[start:end], atol=1e-5) for take in takes)
            rest[start:end] = 0
        assert rest.abs().max() < 1e-4


def test_the_ratio_is_that_of_the_speech_while_it_speaks():
    """The same draw with two noise levels: their difference is the noise alone."""
    for snr_db in (-10.0, 10.0):
        loud, faint = (draw_clips(5, generator(1), snr_db=level).samples.double() for level in (snr_db, 200.0))
        places = draw_clips(5, generator(1)).places
        for row in range(5):
            speaking = torch.cat([torch.arange(start, end) for start, end in places[row].tolist()])
            ratio = faint[row, speaking].square().mean() / (loud - faint)[row].square().mean()
            assert 10 * math.log10(ratio) == pytest.approx(snr_db, abs=1e-3)


def test_the_noise_level_changes_nothing_else_and_may_differ_from_clip_to_clip():
    one = draw_clips(3, generator(5), snr_db=torch.tensor([-5.0, 10.0, 30.0]))
    same = draw_clips(3, generator(5), snr_db=10.0)
    for name in ("labels", "intervals", "words", "voices", "places"):
        assert torch.equal(getattr(one, name), getattr(same, name))
    assert torch.equal(one.samples[1], same.samples[1])
    assert one.samples[0].square().mean() > same.samples[0].square().mean() > 0
    assert draw_clips(64, generator(0), snr_db=-10.0).samples.abs().max() < 1.0


def test_only_the_given_voices_speak_and_all_of_them():
    learned, unseen = split_voices(3)
    for voices in (learned, unseen, ["en-us+m1"]):
        heard = draw_clips(100, generator(2), voices).voices
        assert {VOICES[voice] for voice in heard.flatten().tolist()} == set(voices)


def test_every_take_is_used(recordings):
    clips = draw_clips(300, generator(6), ["en-us+m1"])
    lengths = (clips.places[:, :, 1] - clips.places[:, :, 0]).flatten().tolist()
    heard = set(zip(clips.words.flatten().tolist(), lengths))
    for number, word in enumerate(WORDS):
        assert {(number, len(take)) for take in recordings[word, "en-us+m1"]} <= heard


def test_draws_are_balanced_and_the_same_for_the_same_generator():
    first, again = (draw_clips(400, generator(9)) for _ in range(2))
    assert all(torch.equal(one, other) for one, other in zip(first, again))
    assert not torch.equal(first.samples, draw_clips(400, generator(10)).samples)
    counts = Counter(first.labels.tolist())
    assert set(counts) == set(range(len(KEYWORDS))) and min(counts.values()) > 400 / len(KEYWORDS) / 2
    order = [row.index(start) for row, start in zip(first.places[:, :, 0].tolist(), first.intervals[:, 0].tolist())]
    assert min(Counter(order)[place] for place in range(SAID)) > 70
    lone = first.intervals.float().mean(-1) / CLIP  # the keyword's middle: early as often as late
    assert lone.mean().item() == pytest.approx(0.5, abs=0.05)


def test_a_clip_can_be_told_in_words():
    clips = draw_clips(1, generator(0))
    told = clips.told(0)
    start, end = (clips.intervals[0] / RATE).tolist()
    assert f'"{KEYWORDS[clips.labels[0]].upper()}" {start:.2f}-{end:.2f} s' in told
    assert told.count(" s") >= SAID and told.count('"') == 2 * SAID


@pytest.mark.parametrize(
    "changed, error, says",
    [
        ({"count": 0}, ValueError, "count is 0"),
        ({"count": 2.0}, TypeError, "count must be a whole number, got float"),
        ({"generator": 7}, TypeError, "generator must be a torch.Generator, got int"),
        ({"voices": ()}, ValueError, "at least one of en-us"),
        ({"voices": "en-us+m1"}, ValueError, "expected a list"),
        ({"voices": ["en-us+m9"]}, ValueError, "no voice 'en-us.m9'; the voices are en-us"),
        ({"snr_db": math.nan}, ValueError, "snr_db is nan"),
        ({"snr_db": torch.zeros(3)}, ValueError, "expected one number or"),
    ],
)
def test_bad_input_is_named(changed, error, says):
    arguments = {"count": 2, "generator": generator(0), "voices": VOICES, "snr_db": 10.0, **changed}
    with pytest.raises(error, match=says):
        draw_clips(**arguments)
