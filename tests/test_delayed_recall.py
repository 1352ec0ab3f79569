import pytest
import torch

from course_utils.datasets.delayed_recall import NUM_SYMBOLS, delayed_recall
from course_utils.reproducibility import generator


def test_the_answer_is_the_first_token():
    tokens, answers = delayed_recall(50, 7, generator(0))
    assert tokens.shape == (50, 7) and tokens.dtype == torch.long
    assert answers.tolist() == [row[0] for row in tokens.tolist()]


def test_answers_do_not_change_when_the_tokens_are_edited():
    tokens, answers = delayed_recall(4, 3, generator(0))
    before = answers.clone()
    tokens.zero_()
    assert torch.equal(answers, before)


def test_the_generator_alone_decides():
    torch.manual_seed(1)
    first, _ = delayed_recall(20, 6, generator(3))
    torch.manual_seed(2)
    again, _ = delayed_recall(20, 6, generator(3))
    other, _ = delayed_recall(20, 6, generator(4))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_a_generator_moves_on():
    random = generator(0)
    assert not torch.equal(delayed_recall(20, 6, random)[0], delayed_recall(20, 6, random)[0])


def test_drawing_leaves_the_global_generator_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    delayed_recall(20, 6, generator(3))
    assert torch.equal(torch.rand(3), expected)


def test_every_place_has_every_symbol_equally_often():
    tokens, _ = delayed_recall(8_000, 5, generator(0))
    counts = torch.stack([(tokens == symbol).sum(dim=0) for symbol in range(NUM_SYMBOLS)])  # (symbols, places)
    assert counts.sum() == tokens.numel()
    assert (counts - 1_000).abs().max() < 5 * (8_000 * 1 / 8 * 7 / 8) ** 0.5  # five standard deviations


def test_distractors_say_nothing_about_the_answer():
    tokens, answers = delayed_recall(8_000, 5, generator(0))
    assert torch.all(((tokens[:, 1:] == answers[:, None]).float().mean(dim=0) - 1 / 8).abs() < 0.02)


@pytest.mark.parametrize(
    ("num_sequences", "length", "error", "word"),
    [
        (0, 5, ValueError, "num_sequences is 0"),
        (5, 0, ValueError, "length is 0"),
        (5, -3, ValueError, "length is -3"),
        (5, 2.0, TypeError, "length must be a whole number, got float"),
        (True, 2, TypeError, "num_sequences must be a whole number, got bool"),
    ],
)
def test_bad_sizes_are_named(num_sequences, length, error, word):
    with pytest.raises(error, match=word):
        delayed_recall(num_sequences, length, generator(0))


def test_a_bare_seed_is_no_generator():
    with pytest.raises(TypeError, match=r"torch\.Generator, got int"):
        delayed_recall(5, 5, 0)
