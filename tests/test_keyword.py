"""The keyword models and what their experiment measures, against numbers worked out on paper."""

import numpy as np
import pytest
import torch

from course_utils.datasets.spoken_words import CLIP, KEYWORDS, RATE, Clips, draw_clips, split_voices
from course_utils.experiments import keyword as experiment
from course_utils.features.spectrogram import MELS, log_mel
from course_utils.models.keyword import D_MODEL, KeywordReader, moment_times, read
from course_utils.reproducibility import generator, set_seed
from course_utils.training import count_parameters

FRAMES, MOMENTS = 248, 62  # of a clip of 2.5 seconds


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def model_of(kind, seed=0):
    set_seed(seed)
    return KeywordReader(**experiment.KINDS[kind]).eval()


@pytest.fixture(params=experiment.KINDS)
def kind(request):
    return request.param


def test_all_kinds_have_about_as_many_parameters():
    counts = [count_parameters(model_of(kind)) for kind in experiment.KINDS]
    assert max(counts) <= 1.03 * min(counts)


def test_shapes_and_weights(kind):
    logits, weights = model_of(kind)(10 * noise(3, FRAMES, MELS))
    assert logits.shape == (3, len(KEYWORDS)) and weights.shape == (3, MOMENTS)
    assert torch.allclose(weights.sum(-1), torch.ones(3)) and bool((weights >= 0).all())


def test_what_is_read_out_is_the_weighted_mean_of_the_moments():
    """For mean and attention; the maximum is none."""
    frames = 10 * noise(2, FRAMES, MELS)
    for kind in ("mean", "attention", "self_attention"):
        model = model_of(kind)
        if kind.endswith("attention"):
            torch.nn.init.normal_(model.pool.query)
        logits, weights = model(frames)
        context = torch.einsum("bt,btd->bd", weights, model.moments(frames))
        assert torch.allclose(model.output(context), logits, atol=1e-5)


def test_a_moment_knows_its_neighbourhood_alone_unless_moments_look_at_each_other():
    """57 frames around its own: 9 of the first convolution, and three moments of 4 frames on either side, twice."""
    frames = 10 * noise(1, FRAMES, MELS)
    changed = frames.clone()
    changed[:, 100] += 20
    for kind, everywhere in (("attention", False), ("self_attention", True)):
        model = model_of(kind)
        moved = (model.moments(frames) - model.moments(changed)).abs().amax(-1)[0] > 1e-6
        near = (4 * torch.arange(MOMENTS) - 100).abs() <= 24 + 4
        assert moved.all() if everywhere else not (moved & ~near).any()
        assert moved[near].any()


def test_moments_are_centred_on_every_fourth_frame():
    times = moment_times(FRAMES)
    assert times.shape == (MOMENTS,)
    assert times[:2].tolist() == pytest.approx([0.0125, 0.0525])
    assert times[-1].item() == pytest.approx(0.0125 + 244 * 0.01)


def test_reading_a_clip():
    model, samples = model_of("attention"), 0.1 * noise(CLIP)
    hearing = read(model, samples)
    assert torch.equal(hearing.log_mel, log_mel(samples, RATE))
    logits, weights = model(hearing.log_mel[None])
    assert torch.allclose(hearing.probabilities, logits[0].softmax(-1)) and torch.equal(hearing.weights, weights[0])
    assert hearing.keyword == KEYWORDS[logits.argmax()]
    assert not hearing.weights.requires_grad


@pytest.mark.parametrize(
    ("samples", "error", "said"),
    [
        (np.zeros(CLIP, dtype=np.float32), TypeError, "must be a torch.Tensor"),
        (torch.zeros(CLIP, dtype=torch.int16), TypeError, "int16"),
        (torch.zeros(CLIP, dtype=torch.float64), TypeError, "torch.float32, got torch.float64"),
        (torch.zeros(2, CLIP), ValueError, r"shape \(2, 20000\), expected one clip"),
        (torch.zeros(0), ValueError, "nothing empty"),
        (torch.zeros(100), ValueError, "100 samples do not fill one frame"),
        (torch.full((CLIP,), float("nan")), ValueError, "NaN"),
    ],
)
def test_no_clip(samples, error, said):
    with pytest.raises(error, match=said):
        read(model_of("mean"), samples)


def test_a_model_in_training_does_not_listen():
    with pytest.raises(ValueError, match="read: model is in training mode"):
        read(model_of("mean").train(), noise(CLIP))


@pytest.mark.parametrize("shape", [(FRAMES, MELS), (1, FRAMES, MELS + 1), (0, FRAMES, MELS), (1, 0, MELS)])
def test_frames_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="KeywordReader: frames have shape"):
        model_of("mean")(torch.zeros(shape))


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match="'median'.*'mean', 'max', 'attention'"):
        KeywordReader("median")
    with pytest.raises(ValueError, match="'median'"):
        experiment.train("median", 0)


def test_the_training_set_is_of_the_learned_voices_and_made_in_parts(monkeypatch):
    asked = []

    def draw(count, source, voices, level):
        asked.append((count, tuple(voices), level))
        return original(count, source, voices, level)

    original = experiment.draw_clips
    monkeypatch.setattr(experiment, "draw_clips", draw)
    learned, unseen = split_voices(5)
    monkeypatch.setattr(experiment, "TRAINING", 150)
    heard = experiment.training_set.__wrapped__(5)
    assert heard.frames.shape == (150, FRAMES, MELS) and heard.labels.shape == (150,)
    assert [count for count, *_ in asked] == [100, 50]
    assert all(voices == learned for _, voices, _ in asked)
    levels = torch.cat([level for *_, level in asked])
    assert 0 <= levels.min() < 2 and 18 < levels.max() <= 20
    monkeypatch.setattr(experiment, "TEST", 3)
    for kept_out, voices in ((True, unseen), (False, learned)):
        asked.clear()
        experiment.test_clips(5, 10.0, unseen=kept_out)
        assert asked == [(3, voices, 10.0)]


def test_varied_moves_bands_and_stretches_time(monkeypatch):
    monkeypatch.setattr(experiment, "EQUALISER", 0.0)
    ramp = torch.arange(float(MELS)).expand(40, FRAMES, MELS)
    moved = experiment.varied(ramp, generator(0))
    shifts = moved[:, 0, 10] - 10
    assert sorted(set(shifts.tolist())) == [-2, -1, 0, 1, 2]
    source = generator(1)
    lengths = {experiment.varied(ramp, source).shape[1] for _ in range(60)}
    assert lengths == {int(FRAMES * factor) for factor in (0.8, 0.9, 1.0, 1.1, 1.2)}


def test_varied_gives_each_clip_its_own_equaliser():
    still = torch.zeros(40, FRAMES, MELS)
    varied = experiment.varied(still, generator(0))
    assert torch.allclose(varied, varied[:, :1].expand_as(varied), atol=1e-5)  # the same at all times
    assert 4 < varied.abs().max() <= 5 + 1e-5 and len(varied[:, 0].unique(dim=0)) == 40


def heard_by_hand():
    """Two clips: a keyword from 0.1 to 0.3 s and one from 1 to 1.5 s."""
    intervals = (torch.tensor([[0.1, 0.3], [1.0, 1.5]]) * RATE).long()
    return experiment.Heard(torch.zeros(2, FRAMES, MELS), torch.zeros(2, dtype=torch.long), intervals)


def test_the_moments_of_the_keyword_by_hand():
    inside = experiment.on_keyword(heard_by_hand())
    times = moment_times(FRAMES)
    for row, (start, end) in enumerate([(0.1, 0.3), (1.0, 1.5)]):
        assert inside[row].tolist() == [start <= time < end for time in times.tolist()]


def test_moments_needed_by_hand():
    weights = torch.tensor([[0.5, 0.1, 0.4], [0.95, 0.05, 0.0], [0.25, 0.25, 0.5]])
    assert experiment.moments_needed(weights, 0.85).tolist() == [2, 1, 3]


def clips_by_hand(samples):
    count = len(samples)
    nothing = torch.zeros(count, dtype=torch.long)
    return Clips(samples, nothing, torch.tensor([[2000, 4000]]).expand(count, 2), nothing, nothing, nothing)


def test_the_loudest_tenth_of_a_second_and_its_silence():
    samples = torch.full((2, CLIP), 0.01)
    samples[0, 5000:5800] = 0.5
    samples[1, 19_500:] = 0.5  # half a second before the end there is more of it than fits
    starts = experiment.loudest_places(samples)
    assert starts[0] == 5000 and 19_200 >= starts[1] >= 19_000


def test_rain_covers_a_tenth_of_a_second_and_nothing_else():
    samples = noise(3, CLIP)
    covered = experiment.rained_over(samples, torch.tensor([5000, 0, CLIP - 800]), snr_db=20.0, seed=0)
    for row, start in enumerate((5000, 0, CLIP - 800)):
        changed = (covered[row] != samples[row]).nonzero()[:, 0]
        assert (changed.min(), changed.max(), len(changed)) == (start, start + 799, 800)
    rain = experiment.rained_over(torch.zeros(400, 800), torch.zeros(400, dtype=torch.long), 20.0, 0)
    assert rain.square().mean().item() == pytest.approx(0.05**2 / 100, rel=0.03)  # 20 dB below the speech


def test_where_the_rain_is_put():
    weights = torch.zeros(3, MOMENTS)
    weights[0, 0] = weights[1, 30] = weights[2, 61] = 1
    clips = clips_by_hand(noise(3, CLIP))
    places = experiment.places_to_cover(weights, clips, seed=0)
    middle = 0.0125 + 30 * 0.04
    assert places["top"].tolist() == [0, round((middle - 0.05) * RATE), CLIP - 800]  # no further than the end
    assert places["keyword"].tolist() == [2600, 2600, 2600]
    assert torch.equal(places["loudest"], experiment.loudest_places(clips.samples))
    for starts in places.values():
        assert starts.min() >= 0 and starts.max() + 800 <= CLIP


def test_accuracy_by_hand():
    model, test = model_of("mean"), heard_by_hand()
    said, _ = experiment.answers(model, test.frames)
    half = experiment.Heard(test.frames, torch.stack([said[0], (said[1] + 1) % 8]), test.intervals)
    assert experiment.accuracy(model, half) == 0.5


def test_a_few_steps_lower_the_loss(monkeypatch):
    small = experiment.heard(draw_clips(64, generator(0), split_voices(0)[0], 20.0))
    monkeypatch.setattr(experiment, "training_set", {3: small}.__getitem__)  # of this seed's voices, no other's
    _, losses = experiment.train("attention", 3, steps=100)
    assert len(losses) == 100 and sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_the_width_of_the_query_is_that_of_the_moments():
    assert model_of("attention").pool.query.shape == (D_MODEL,)
