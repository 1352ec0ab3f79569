"""The 120 natural sentences: what their description promises, and that a damaged line is named."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from course_utils.datasets import natural_senses
from course_utils.datasets.ambiguous_words import CUES
from course_utils.datasets.files import DATA, DataError
from course_utils.datasets.natural_senses import SHOWN, SenseSentence, load, parse

CONTENT = (DATA / natural_senses.FILE).read_bytes().decode()
FIRST = CONTENT.splitlines()[1]


def test_ten_sentences_of_each_sense():
    sentences = load()
    assert len(sentences) == 120
    counts = Counter((sentence.word, sentence.sense) for sentence in sentences)
    assert counts == {(word, sense): 10 for word, senses in CUES.items() for sense in senses}


def test_places_are_read_from_the_words():
    sentence = SenseSentence("a bat folds its wings", "bat", "animal", "wings")
    assert sentence.words == ("a", "bat", "folds", "its", "wings")
    assert (sentence.place, sentence.cue_place) == (1, 4)


def test_the_place_of_the_word_says_nothing_about_its_sense():
    """Each word twice at each of ten places; half of the pairs share their sense; equal mean places."""
    senses = defaultdict(list)
    for sentence in load():
        senses[sentence.word, sentence.place].append(sentence.sense)
    assert set(senses) == {(word, place) for word in CUES for place in range(1, 11)}
    assert {len(pair) for pair in senses.values()} == {2}
    assert sum(first == second for first, second in senses.values()) == 30
    for word, names in CUES.items():
        totals = {name: sum(s.place for s in load() if (s.word, s.sense) == (word, name)) for name in names}
        assert len(set(totals.values())) == 1, (word, totals)


def test_cues_stand_on_both_sides_near_and_far_and_never_twice():
    distances = [sentence.cue_place - sentence.place for sentence in load()]
    assert sum(distance > 0 for distance in distances) == 55
    assert set(map(abs, distances)) == set(range(1, 9))
    assert max(Counter(map(abs, distances)).values()) <= 30
    cues = Counter(sentence.cue for sentence in load())
    assert max(cues.values()) == 1
    for word, sense in {(s.word, s.sense) for s in load()}:
        after = sum(s.cue_place > s.place for s in load() if (s.word, s.sense) == (word, sense))
        assert 3 <= after <= 7, (word, sense, after)


def test_no_two_sentences_begin_alike_and_lengths_are_spread():
    beginnings = [sentence.words[:2] for sentence in load()]
    assert len(set(beginnings)) == 120
    lengths = Counter(len(sentence.words) for sentence in load())
    assert min(lengths) == 8 and max(lengths) == 14 and max(lengths.values()) < 60


def test_no_function_word_gives_a_sense_away():
    """Apart from the cue no word that stands in many sentences of a word stands in one sense only."""
    for word in CUES:
        own = [sentence for sentence in load() if sentence.word == word]
        for other in {w for s in own for w in s.words} - {word}:
            by_sense = Counter(s.sense for s in own if other in s.words)
            assert len(by_sense) == 2 or by_sense.total() <= 5, (word, other, by_sense)


def test_what_is_shown_is_short_and_begins_with_the_muddy_river():
    assert SHOWN[:2] == ("the bank of the river was muddy", "the bank approved the loan")
    assert len(SHOWN) == len(set(SHOWN)) == 8
    assert all(text.replace(" ", "").isalpha() and text == text.lower() for text in SHOWN)
    assert not set(SHOWN) & {sentence.text for sentence in load()}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a bat folds its wings", "line 2: 1 columns, expected 4"),
        (FIRST + "\tmore", "line 2: 5 columns"),
        (FIRST.replace("\triver", "\tharbour"), "'harbour' is no sense of 'bank'"),
        (FIRST.replace("\tbank", "\tshore"), "'river' is no sense of 'shore'"),
        (FIRST.replace("stand there", "stand there, ever"), "more than small letters and single blanks"),
        (FIRST.replace("the bank", "The bank"), "more than small letters"),
        (FIRST.replace("stand there", "stand  there"), "more than small letters"),
        ("the bank by the old river\tbank\triver\triver", "line 2: 6 words, expected 7 to 14"),
        (FIRST.replace("stand there", "stand there " + "again " * 4 + "now"), "17 words"),
        (FIRST.replace("nobody", "bank"), "the word 'bank' stands 2 times"),
        (FIRST.replace("the bank", "the shore"), "the word 'bank' stands 0 times"),
        (FIRST.replace("\treeds", "\tduck"), "the cue 'duck' stands 0 times"),
        (FIRST.replace("nobody", "reeds"), "the cue 'reeds' stands 2 times"),
        (FIRST.replace("\treeds", "\tbank"), "the cue is 0 words from its word"),
        (FIRST.replace("\treeds", "\tthere"), "the cue is 10 words from its word, expected 1 to 8"),
        (FIRST.replace("nobody", "seal"), "it holds 'seal' as well"),
        (CONTENT.splitlines()[3], "line 4: another sentence begins with 'along the'"),
    ],
)
def test_a_wrong_line_is_named(line, said):
    lines = CONTENT.splitlines()
    lines[1] = line
    with pytest.raises(DataError) as caught:
        parse("\n".join(lines).encode())
    assert said in str(caught.value) and "natural_senses.tsv" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty or no text"),
        (b"\xff\xfe", "no text in UTF-8"),
        (b"text\tword\tsense\n", "begins with the columns"),
        (CONTENT.rpartition("\nto stamp")[0].encode(), "9 sentences with 'seal' in the sense 'stamp', expected 10"),
        (CONTENT.splitlines()[0].encode(), "0 sentences with 'bank'"),
    ],
)
def test_a_wrong_file_is_refused(content, said):
    with pytest.raises(DataError, match=said):
        parse(content)


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / natural_senses.FILE).write_text(CONTENT.replace("reeds", "weeds"))
    (tmp_path / "SHA256SUMS").write_bytes((DATA / "SHA256SUMS").read_bytes())
    with pytest.raises(DataError, match="damaged"):
        load(tmp_path)
