"""The grammar's exact numbers against counting, and its two halves against each other: they share nothing."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch

from course_utils.datasets import stories
from course_utils.datasets.stories import VOCABULARY, State, is_accepted, log_probability, read, split_text

GIFT = "Anna met Tom in the park. she found a hat there. she gave him the hat. he said thank you Anna. <end>"


@pytest.fixture(scope="module")
def drawn():
    return stories.draw(4000, seed=0)


# The generator


def test_the_ways_to_go_on_add_up_to_one():
    seen, waiting = set(), [State()]
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        steps = stories.steps(state)
        assert math.isclose(sum(step.probability for step in steps), 1, rel_tol=1e-12)
        assert len({step.words for step in steps}) == len(steps), "two ways say the same: the reading would be open"
        waiting += [step.after for step in steps if step.after is not None]
    assert len(seen) > 5000


def test_the_probability_of_one_story_by_hand():
    """Two people .8, one of 8 names, one of 4, one of 6 places; one of 2 people, of 6 things; no end .9, gift .4,
    pronoun .7; no end .7, thanks .8, pronoun .7; the end after four sentences is sure."""
    expected = 0.8 / 8 / 4 / 6 * (1 / 2 / 6) * (0.9 * 0.4 * 0.7) * (0.7 * 0.8 * 0.7)
    assert math.exp(log_probability(split_text(GIFT))) == pytest.approx(expected, rel=1e-12)


def test_a_story_that_is_never_told_has_probability_zero():
    for text in ("Anna met Tom", "", GIFT + " <end>", GIFT.replace("Anna.", "Clara."), GIFT.replace("<end>", "")):
        assert log_probability(split_text(text)) == -math.inf


def test_entropy_and_length_are_what_drawing_gives(drawn):
    """Monte Carlo with 4,000 stories: within four standard errors."""
    for exact, numbers in (
        (stories.entropy_of_a_story(), [-log_probability(story) for story in drawn]),
        (stories.mean_tokens(), [float(len(story)) for story in drawn]),
    ):
        sample = torch.tensor(numbers, dtype=torch.float64)
        assert abs(sample.mean() - exact) < 4 * sample.std() / math.sqrt(len(sample))
        assert sample.std() / math.sqrt(len(sample)) < 0.02 * exact  # else the test could not fail
    assert stories.entropy_per_token() == pytest.approx(stories.entropy_of_a_story() / stories.mean_tokens())


def test_next_token_probabilities_multiply_to_the_probability_of_the_story(drawn):
    for story in drawn[:30]:
        surprise = 0.0
        for position, token in enumerate(story):
            following = stories.next_token_probabilities(story[:position])
            assert sum(following.values()) == pytest.approx(1)
            surprise += math.log(following[token])
        assert surprise == pytest.approx(log_probability(story))
        assert stories.next_token_probabilities(story) == {}
    assert stories.next_token_probabilities(["Anna", "found"]) == {}


def test_next_token_probabilities_are_what_drawing_gives(drawn):
    pairs = [story for story in drawn if story[1] == "met"]  # position 13 follows their second full stop
    after_he = Counter(story[14] for story in pairs if (story[7], story[13]) == ("she", "he"))
    assert set(after_he) == {"wanted"}, "he does not have it, so he can only want it"
    ends = Counter(story[13] for story in pairs)["<end>"]
    expected = {stories.next_token_probabilities(story[:13])["<end>"] for story in pairs[:100]}
    assert max(expected) - min(expected) < 1e-12
    (share, *_) = expected
    assert abs(ends / len(pairs) - share) < 4 * math.sqrt(share * (1 - share) / len(pairs))


def test_the_number_of_stories_counted_another_way():
    """With one person by hand: 8 names, 6 places, 6 things; none, one or two later sentences of 2 subjects each."""
    took, left, liked = 2 * 5, 2, 2
    one = 8 * 6 * 6 * (1 + left + (took + liked) * (1 + took + left + liked))
    alone = sum(stories.count_stories(step.after) for step in stories.steps(State()) if len(step.after.people) == 1)
    assert alone == one
    assert stories.count_stories() > 100_000


def test_drawing_repeats_and_is_long_enough(drawn):
    assert stories.draw(4000, seed=0) == drawn != stories.draw(4000, seed=1)
    assert stories.draw(10, seed=0) == drawn[:10]
    assert max(map(len, drawn)) + 1 <= stories.MAX_TOKENS
    longest = max(
        len(one.words) + len(two.words) + len(three.words) + len(four.words) + 2
        for one in stories.steps(State())[:1] + stories.steps(State())[-1:]
        for two in stories.steps(one.after)[:1]
        for three in stories.steps(two.after)
        if three.after
        for four in stories.steps(three.after)
        if four.after
    )
    assert longest == stories.MAX_TOKENS
    with pytest.raises(ValueError, match="count is 0"):
        stories.draw(0, seed=0)


# The reader


def test_reader_and_generator_agree(drawn):
    assert all(is_accepted(story) for story in drawn)


def test_the_reader_refuses_whatever_the_generator_never_says(drawn):
    """Exchange one word of a story for another: the reader accepts it exactly if the grammar can tell it."""
    dice = torch.Generator().manual_seed(0)
    accepted = 0
    for story in drawn[:1500]:
        place = int(torch.randint(len(story), (1,), generator=dice))
        word = VOCABULARY.tokens[int(torch.randint(2, len(VOCABULARY), (1,), generator=dice))]
        changed = (*story[:place], word, *story[place + 1 :])
        assert is_accepted(changed) == (log_probability(changed) > -math.inf), changed
        accepted += is_accepted(changed)
    assert 10 < accepted < 750, "the test must see both"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Anna met Tom in the park.", "no end"),
        ("Anna met Tom in the park. <end> .", "something follows the end"),
        ("Anna met Tom in the park. <end>", "1 sentences, and 2 is the least"),
        ("Anna met Tom in the park. she found a hat there <end>", "sentence 2 has no full stop"),
        ("Anna met Clara in the park. she found a hat there. <end>", "could be either"),
        ("Anna met Tom in the park. he hat. <end>", "sentence 2: 'he hat' is not a sentence"),
        ("she found a hat there. Anna met Tom in the park. <end>", "sentence 1: 'she found a hat there' cannot stand"),
        ("Anna went to the park. he found a hat there. <end>", "'he' stands for nobody"),
        ("Anna went to the park. she found a hat there. Clara liked the hat. <end>", "Clara is not in the story"),
        ("Anna went to the park. she found a hat there. she liked the key. <end>", "key was never found; the hat was"),
        ("Anna went to the park. she found a hat there. she took the hat to the park. <end>", "where it is already"),
        ("Anna went to the park. she found a hat there. she left the hat in the shop. <end>", "they are in the park"),
        ("Anna went to the park. she found a hat there. she wanted the hat too. <end>", "has the hat already"),
        ("Anna met Tom in the park. she found a hat there. she liked the hat. <end>", "stories with one person"),
        ("Anna met Tom in the park. she found a hat there. he gave her the hat. <end>", "Anna has it"),
        ("Anna met Tom in the park. she found a hat there. she gave her the hat. <end>", "gives the hat to Anna"),
        (GIFT.replace("thank you Anna", "thank you Tom"), "thanks Tom, but Anna gave"),
        (GIFT.replace("he said", "she said"), "was the giver"),
        (GIFT.replace("she gave him", "he wanted"), "is not a sentence"),
        ("Anna met Tom in the park. she found a hat there. he said thank you Anna. <end>", "was no gift"),
        (
            "Anna went to the park. she found a hat there. she left the hat in the park. she liked the hat. <end>",
            "goes on, though the hat was left",
        ),
        (GIFT.replace("<end>", "he left the hat in the park. <end>"), "more than 4 sentences"),
        ("<end>", "0 sentences"),
    ],
)
def test_faults_are_named(text, fault):
    assert fault in (read(split_text(text)).fault or "")
    assert log_probability(split_text(text)) == -math.inf


def test_references_go_back_to_the_right_words():
    story = ("<start>", *split_text(GIFT))
    found = {}
    for reference in read(story[1:]).references:
        found.setdefault(reference.kind, []).append(
            (story[reference.query], reference.query, [(story[key], key) for key in reference.keys])
        )
    assert [(word, names) for word, _, names in found["pronoun"]] == [
        ("she", [("Anna", 1)]), ("she", [("Anna", 1)]), ("him", [("Tom", 3)]), ("he", [("Tom", 3)])
    ]  # fmt: skip
    assert [(word, keys) for word, _, keys in found["object"]] == [("the", [("hat", 11)])]
    assert [(word, keys) for word, _, keys in found["thanked"]] == [("you", [("Anna", 1)])]
    assert "place" not in found


def test_the_latest_place_counts():
    text = (
        "Max went to the shop. he found a cup there. he took the cup to the park. Max left the cup in the park. <end>"
    )
    story = ("<start>", *split_text(text))
    (place,) = [reference for reference in read(story[1:]).references if reference.kind == "place"]
    assert (story[place.query], story[place.query + 1], place.keys) == ("the", "park", (19,))
    names = [reference.keys for reference in read(story[1:]).references if reference.kind == "pronoun"]
    assert names == [(1,), (1,)]


def test_every_reference_predicts_what_it_refers_to(drawn):
    for story in drawn[:300]:
        tokens = ("<start>", *story)
        for kind, query, keys in read(story).references:
            assert all(key < query for key in keys) and keys
            if kind != "pronoun":
                assert {tokens[key] for key in keys} == {tokens[query + 1]}
            else:
                assert tokens[query] in ("she", "he", "her", "him")


# Text and numbers


def test_text_and_back(drawn):
    for story in drawn[:50]:
        assert split_text(stories.join_text(story)) + ("<end>",) == story
    assert split_text("anna MET tom.") == ("Anna", "met", "Tom", ".")
    with pytest.raises(ValueError, match=r"Not in the vocabulary: 'Ana' \(near it: Anna"):
        split_text("Ana met Tom")
    with pytest.raises(TypeError, match="got int"):
        split_text(3)


def test_rows_begin_with_start_and_end_with_padding(drawn):
    rows = stories.encode(drawn[:20])
    assert rows.shape == (20, max(map(len, drawn[:20])) + 1) and rows.dtype == torch.long
    assert (rows[:, 0] == VOCABULARY.START).all()
    for row, story in zip(rows, drawn):
        assert VOCABULARY.decode(row) == story[:-1]
        assert int((row != VOCABULARY.PAD).sum()) == len(story) + 1
    with pytest.raises(ValueError, match="at least one story"):
        stories.encode([])
