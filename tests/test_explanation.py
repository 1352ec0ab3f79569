"""Deleting frames: which ones each way chooses, what stands there afterwards, and what that costs, by hand."""

import pytest
import torch

from course_utils.datasets.mixing import pink_noise
from course_utils.datasets.spoken_words import CLIP, KEYWORDS, LEVEL, RATE
from course_utils.experiments import explanation
from course_utils.experiments.keyword import Heard
from course_utils.features.spectrogram import MELS, log_mel
from course_utils.models.keyword import moment_times
from course_utils.reproducibility import generator

FRAMES, MOMENTS = 248, 62  # of a clip of 2.5 seconds
WAYS = {"top", "random", "scattered", "loudest", "keyword", "other"}


def clips(count=6):
    """Noise; every keyword is said from 1.0 to 1.4 s, and frames 200 to 209 are 30 dB louder than all others."""
    frames = torch.randn(count, FRAMES, MELS, generator=generator(0)) - 40
    frames[:, 200:210] += 30
    intervals = (torch.tensor([[1.0, 1.4]]) * RATE).long().expand(count, 2)
    return Heard(frames, torch.arange(count) % len(KEYWORDS), intervals)


def peaked(count=6, width=3):
    """Weights with their largest at moments 10, 11, 12 in the first clip, 15, 16, 17 in the second, and so on."""
    weights = torch.full((count, MOMENTS), 1e-3)
    for row in range(count):
        weights[row, 10 + 5 * row : 10 + 5 * row + width] = 1.0
    return weights


def chosen(number=12, seed=0):
    return explanation.frames_chosen(peaked(), clips(), number, seed)


@pytest.mark.parametrize("number", [1, 4, 12, 48])
def test_every_way_deletes_as_many_frames(number):
    ways = chosen(number)
    assert set(ways) == WAYS
    for frames in ways.values():
        assert frames.dtype == torch.bool and frames.sum(-1).tolist() == 6 * [number]


def test_a_frame_has_the_weight_of_the_nearest_moment():
    """Moments stand for themselves, so a frame's weight tells whose it is; their times are the model's."""
    of_frames = explanation.frame_weights(torch.arange(float(MOMENTS))[None], FRAMES)[0]
    distance = (torch.arange(FRAMES)[:, None] * 0.01 + 0.0125 - moment_times(FRAMES)).abs()  # (frames, moments)
    taken = distance.gather(1, of_frames.long()[:, None])[:, 0]
    assert torch.allclose(taken, distance.amin(-1), atol=1e-6)


def test_the_top_frames_surround_the_heaviest_moments():
    for row, frames in enumerate(chosen()["top"]):
        first = 4 * (10 + 5 * row)
        assert frames.nonzero()[:, 0].tolist() == list(range(first - 2, first + 10))


def test_top_takes_the_greatest_and_refuses_more_than_there_are():
    scores = torch.tensor([[1.0, 3.0, 3.0, 2.0], [0.0, 0.0, 0.0, 0.0]])
    assert explanation.top(scores, 2).tolist() == [[False, True, True, False], [True, True, False, False]]
    assert not explanation.top(scores, 0).any()
    for number in (5, -1):
        with pytest.raises(ValueError, match=f"number is {number}, expected 0 to the 4 frames"):
            explanation.top(scores, number)


def test_random_is_the_same_pattern_elsewhere_and_falls_everywhere_alike():
    pattern = torch.zeros(20_000, 40, dtype=torch.bool)
    pattern[:, [3, 4, 9]] = True
    moved = explanation.moved(pattern, generator(0))
    for row in moved[:100]:
        assert any(torch.equal(row.roll(back), pattern[0]) for back in range(40))
    assert torch.allclose(moved.double().mean(0), torch.full((40,), 3 / 40).double(), atol=0.01)


def test_the_loudest_and_those_of_the_keyword():
    ways = chosen(10)
    assert all(frames.nonzero()[:, 0].tolist() == list(range(200, 210)) for frames in ways["loudest"])
    middles = ways["keyword"][0].nonzero()[:, 0] * 0.01 + 0.0125
    assert middles.mean().item() == pytest.approx(1.2, abs=0.006) and middles.max() - middles.min() < 0.0901


def test_another_clips_map_is_that_of_the_clip_before():
    ways = chosen()
    assert torch.equal(ways["other"], ways["top"].roll(1, 0)) and not torch.equal(ways["other"], ways["top"])


def test_the_seed_decides_the_random_frames_alone():
    same, others = chosen(seed=0), chosen(seed=1)
    again = chosen(seed=0)
    for way in WAYS:
        assert torch.equal(same[way], again[way])
        assert torch.equal(same[way], others[way]) is (way not in ("random", "scattered"))


def test_rain_is_as_strong_as_in_a_clip_at_ten_decibels():
    """Compared, band by band, with other pink noise of a tenth of the power that speech has in a clip."""
    test = clips(40)
    rain = explanation.rain(test, 0)
    assert rain.shape == test.frames.shape
    other = pink_noise(40, CLIP, RATE, generator(1))
    other *= (LEVEL**2 / 10 / other.square().mean()) ** 0.5
    assert (rain - log_mel(other, RATE)).mean((0, 1)).abs().max() < 0.5  # decibels
    assert explanation.rain(test._replace(frames=test.frames[:, :100]), 0).shape == (40, 100, MELS)


def test_the_quiet_level_is_each_bands_own():
    test = clips(2)
    level = explanation.quiet(test)
    assert level.shape == test.frames.shape and torch.equal(level, level[:, :1].expand_as(level))
    below = (test.frames < level).double().mean(1)
    assert torch.allclose(below, torch.full_like(below, explanation.QUIET), atol=0.01)


class LoudestFrame(torch.nn.Module):
    """Names the keyword by the number of frames above -20 dB: a clip with none of them is the keyword 0."""

    def forward(self, frames):
        many = (frames.mean(-1) > -20).sum(-1) % len(KEYWORDS)
        return torch.nn.functional.one_hot(many, len(KEYWORDS)).float(), torch.zeros(len(frames), MOMENTS)


def test_costs_by_hand():
    """Ten loud frames say keyword 10, which is right in the first half; without four of them the answer is 6."""
    test = clips(4)._replace(labels=torch.tensor([10, 10, 6, 3]))
    none = torch.zeros(4, FRAMES, dtype=torch.bool)
    four, elsewhere = none.clone(), none.clone()
    four[:, 200:204] = True
    elsewhere[:, :50] = True
    first = four & (torch.arange(4) == 0)[:, None]
    lost = explanation.costs(
        LoudestFrame(), test, {"none": none, "four": four, "first": first, "elsewhere": elsewhere}, test.frames - 30
    )
    assert lost == {"none": 0, "four": 0.25, "first": 0.25, "elsewhere": 0}


def test_what_a_run_reports(monkeypatch):
    monkeypatch.setattr(explanation.keyword, "train", lambda kind, seed: (LoudestFrame(), []))
    monkeypatch.setattr(explanation.keyword, "TEST", 5)
    metrics = explanation.run(3)
    for way in WAYS:
        for ending in ("", "_quiet"):
            assert metrics[f"loss_{way}{ending}"] == metrics[f"loss_{way}_{explanation.FRAMES}{ending}"]
        assert 0 <= metrics[f"on_keyword_{way}"] <= 1
    assert metrics["on_keyword_keyword"] > 0.9 and metrics["clip_frames"] == FRAMES
