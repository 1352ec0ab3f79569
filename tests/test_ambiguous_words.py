"""The ambiguous words: remade bit for bit, the rule holds in every sentence, the splits share no frame."""

from __future__ import annotations

import re
import shutil
from collections import Counter

import pytest

from course_utils.datasets import ambiguous_words as corpus
from course_utils.datasets.ambiguous_words import (
    CUE_BESIDE,
    CUES,
    FILE,
    MUDDY_RIVER,
    OPPOSITE,
    SENSES,
    SPLITS,
    VOCABULARY,
    Sentence,
    cue_sense,
    encode_examples,
    encode_sentences,
    load_sentences,
    nearest_cue,
    split_text,
)
from course_utils.datasets.files import CHECKSUMS, DATA, DataError, read_verified


@pytest.fixture(scope="module")
def splits():
    return load_sentences()


@pytest.fixture(scope="module")
def all_of_them(splits):
    return [sentence for split in splits.values() for sentence in split]


def cues_in(sentence):
    """Distance and sense of every cue of the ambiguous word, found without the module's own functions."""
    return [
        (abs(i - sentence.place), sense)
        for i, word in enumerate(sentence.words)
        for sense, cues in CUES[sentence.words[sentence.place]].items()
        if word in cues
    ]


def test_made_again_it_is_the_same_bytes():
    assert corpus.corpus_file() == read_verified(FILE)


def test_the_nearest_cue_decides_in_every_sentence(all_of_them):
    for sentence in all_of_them:
        distance, sense = min(cues_in(sentence))
        assert (sense, distance) == (sentence.sense, abs(sentence.cue - sentence.place))
        assert nearest_cue(sentence.words, sentence.place) == (sentence.cue, sentence.sense)
        assert 1 <= distance <= 10


def test_hard_sentences_have_a_stray_cue_further_away_and_easy_ones_none(splits):
    for name, share in (("easy", 0), ("hard", 1), ("train", 0.5)):
        strays = [[d for d, sense in cues_in(s) if sense != s.sense] for s in splits[name]]
        assert sum(map(bool, strays)) == share * len(strays)
        assert all(min(far) > abs(s.cue - s.place) for far, s in zip(strays, splits[name]) if far)


def test_every_sense_is_as_frequent_as_the_others(splits):
    for name, size in SPLITS.items():
        counts = Counter(sentence.label for sentence in splits[name])
        assert set(counts.values()) == {size // len(SENSES)} and len(counts) == len(SENSES) == 12


def test_there_is_one_ambiguous_word_in_each_sentence_and_no_sentence_twice(all_of_them):
    assert all(sum(word in CUES for word in sentence.words) == 1 for sentence in all_of_them)
    assert len({sentence.text for sentence in all_of_them}) == len(all_of_them)
    assert max(len(sentence.words) for sentence in all_of_them) <= corpus.LONGEST


def frame(sentence):
    """The sentence with all nouns, ambiguous words and adjectives blotted out."""
    nouns = {c for senses in CUES.values() for cues in senses.values() for c in cues} | set(corpus.NEUTRAL_NOUNS)
    blots = dict.fromkeys(nouns, "N") | dict.fromkeys(CUES, "W") | dict.fromkeys(corpus.ADJECTIVES, "A")
    return re.sub(r"\ban\b", "a", " ".join(blots.get(word, word) for word in sentence.words))


def test_no_frame_of_the_tests_was_seen_in_training(splits):
    learned = {frame(sentence) for sentence in splits["train"]}
    tested = {frame(sentence) for name in ("easy", "hard") for sentence in splits[name]}
    assert len(learned) > 500 and len(tested) > 100
    assert not learned & tested


def test_no_word_is_a_cue_of_two_senses_or_of_none():
    cues = [cue for senses in CUES.values() for cues in senses.values() for cue in cues]
    assert len(cues) == len(set(cues)) == 48
    assert not set(cues) & {*corpus.NEUTRAL_NOUNS, *corpus.ADJECTIVES, *CUES}


def test_the_two_sentences_of_the_lesson_can_be_said_and_were_not_learned(all_of_them):
    told = {sentence.text for sentence in all_of_them}
    assert not {MUDDY_RIVER, OPPOSITE} & told
    learned = {frame(sentence) for sentence in load_sentences()["train"]}
    assert {frame(Sentence(tuple(t.split()), 1, "", 0)) for t in (MUDDY_RIVER, OPPOSITE)}.isdisjoint(learned)
    assert nearest_cue(split_text("The bank of the river was muddy."), 1) == (4, "river")
    assert nearest_cue(split_text(OPPOSITE), 1) == (5, "money")


def test_no_cue_stands_in_the_two_places_after_its_word(all_of_them):
    assert all(cue_sense(s.word, word) is None for s in all_of_them for word in s.words[s.place + 1 : s.place + 3])
    words = split_text(CUE_BESIDE)
    assert nearest_cue(words, words.index("bank")) == (words.index("river"), "river")


def test_the_rule_is_silent_when_two_cues_are_equally_near():
    with pytest.raises(ValueError, match="3 words away"):
        nearest_cue(split_text("loan by the bank by the river"), 3)
    assert nearest_cue(split_text("the bank was muddy"), 1) is None
    assert nearest_cue(split_text("the bank of the cave"), 1) is None  # a cue of another word
    with pytest.raises(ValueError, match="position 0"):
        nearest_cue(split_text("the bank was muddy"), 0)


def test_every_word_can_be_learned(splits):
    counts = Counter(word for sentence in splits["train"] for word in sentence.words)
    assert set(counts) == set(VOCABULARY.tokens[1:])
    assert min(counts.values()) >= 40


def test_adjectives_decide_nothing(splits):
    """Each stands as often beside one sense of a word as beside the other: *muddy* is no hint at rivers."""
    for adjective in corpus.ADJECTIVES:
        first = sum(adjective in s.words for s in splits["train"] if s.label % 2 == 0)
        second = sum(adjective in s.words for s in splits["train"] if s.label % 2 == 1)
        assert first / (first + second) == pytest.approx(0.5, abs=0.08)


def test_articles_fit_what_follows(all_of_them):
    for sentence in all_of_them:
        for article, word in zip(sentence.words, sentence.words[1:]):
            if article in ("a", "an"):
                assert (article == "an") == (word[0] in "aeiou"), sentence.text


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_a_file_that_is_not_the_published_one_is_refused_with_the_remedy(tmp_path, harm):
    for name in (FILE, CHECKSUMS):
        shutil.copy(DATA / name, tmp_path / name)
    assert len(load_sentences(tmp_path)["train"]) == SPLITS["train"]
    if harm == "missing":
        (tmp_path / FILE).unlink()
    else:
        (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes().replace(b"river", b"loan", 1))
    with pytest.raises(DataError, match=r"git checkout -- data"):
        load_sentences(tmp_path)


def test_typed_sentences_are_split_and_unknown_words_named_with_the_nearest():
    assert split_text(' The BANK, of the "river"! ') == ("the", "bank", "of", "the", "river")
    with pytest.raises(ValueError, match=r"'bnak' \(near it: bank.*'rivver' \(near it: river"):
        split_text("the bnak of the rivver")
    with pytest.raises(ValueError, match="<pad>"):
        split_text("the <pad>")
    with pytest.raises(ValueError, match="no word"):
        split_text(" ... ")
    with pytest.raises(TypeError, match="int"):
        split_text(7)


def test_batches_are_padded_and_come_back(splits):
    examples = sorted(splits["hard"], key=lambda sentence: len(sentence.words))[:: len(splits["hard"]) - 1]
    ids, lengths, places, labels = encode_examples(examples)
    assert ids.shape == (2, len(examples[1].words)) and lengths.tolist() == [len(e.words) for e in examples]
    assert (ids[0, lengths[0] :] == VOCABULARY.PAD).all()
    for row, example in enumerate(examples):
        assert tuple(VOCABULARY.tokens[i] for i in ids[row, : lengths[row]]) == example.words
        assert VOCABULARY.tokens[ids[row, places[row]]] == example.word == SENSES[labels[row]][0]
        assert SENSES[labels[row]][1] == example.sense
    with pytest.raises(ValueError, match="split it first"):
        encode_sentences(["the bank"])
    with pytest.raises(ValueError, match="at least one"):
        encode_sentences([[]])
    with pytest.raises(ValueError, match="'bankk'"):
        encode_sentences([["bankk"]])
