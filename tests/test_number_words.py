"""The number words: remade bit for bit, verified when read, cut and joined without loss."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from course_utils.datasets import make
from course_utils.datasets.files import CHECKSUMS, DATA, DataError, read_verified
from course_utils.datasets.number_words import (
    ENGLISH,
    FILE,
    GERMAN,
    crossings,
    encode_german,
    encode_pairs,
    join_english,
    join_german,
    load_number_words,
    split_english,
    split_german,
    true_alignment,
)


@pytest.fixture(scope="module")
def splits():
    return load_number_words()


@pytest.fixture
def copied(tmp_path):
    """A folder like data/, to do harm to."""
    for name in (FILE, CHECKSUMS):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def test_made_again_it_is_the_same_bytes():
    pytest.importorskip("num2words", reason="num2words, which makes the number words, is not installed")
    assert make.number_words_file() == read_verified(FILE)


def test_joined_morphemes_are_the_words_of_num2words(splits):
    num2words = pytest.importorskip("num2words", reason="num2words is not installed").num2words
    for word in splits[0] + splits[1]:
        assert join_german(word.german) == num2words(word.number, lang="de").replace("einstausend", "eintausend")
        assert join_english(word.english) == num2words(word.number, lang="en")


def test_every_word_is_cut_as_it_is_stored(splits):
    for word in splits[0] + splits[1]:
        assert split_german(join_german(word.german)) == word.german
        assert split_english(join_english(word.english)) == word.english


def test_splits_do_not_overlap_and_are_balanced_by_digits(splits):
    train, test = ({word.number for word in split} for split in splits)
    assert (len(splits[0]), len(splits[1]), len(train | test)) == (4000, 1000, 5000)
    drawn, held_out = (Counter(len(str(number)) for number in numbers) for numbers in (train | test, test))
    assert [drawn[digits] for digits in range(1, 7)] == [10, 90, 900, 1334, 1333, 1333]  # all there are, or a share
    for digits in range(2, 7):
        assert held_out[digits] == pytest.approx(drawn[digits] / 5, abs=2)


def test_every_morpheme_can_be_learned(splits):
    assert {german for word in splits[0] for german in word.german} == set(GERMAN.tokens[3:])
    assert {english for word in splits[0] for english in word.english} == set(ENGLISH.tokens[3:])


@pytest.mark.parametrize("harm", ["damaged", "cut short", "missing", "no checksum"])
def test_a_file_that_is_not_the_published_one_is_refused_with_the_remedy(copied, harm):
    load_number_words(copied)  # unharmed it reads
    path = copied / FILE
    if harm == "damaged":
        path.write_bytes(path.read_bytes().replace(b"sieben|und", b"und|sieben", 1))
    elif harm == "cut short":
        path.write_bytes(path.read_bytes()[:-10])
    elif harm == "missing":
        path.unlink()
    else:
        (copied / CHECKSUMS).write_text("")
    with pytest.raises(DataError, match=r"git checkout -- data"):
        load_number_words(copied)


def test_writing_a_file_renews_its_checksum_and_keeps_the_others(tmp_path):
    (tmp_path / CHECKSUMS).write_text("aa  another.csv\nbb  words.tsv\n")
    make.write_data("words.tsv", b"new\n", tmp_path)
    assert read_verified("words.tsv", tmp_path) == b"new\n"
    assert "aa  another.csv" in (tmp_path / CHECKSUMS).read_text().splitlines()
    assert sorted(path.name for path in tmp_path.iterdir()) == [CHECKSUMS, "words.tsv"]


@pytest.mark.parametrize(
    "word, morphemes",
    [
        ("siebenundneunzig", "sieben und neunzig"),
        ("Siebenundneunzig ", "sieben und neunzig"),
        ("sieben und neunzig", "sieben und neunzig"),
        ("einhunderteins", "ein hundert eins"),
        ("siebzehn", "siebzehn"),
        ("zwo\u0308lf", "zwölf"),  # o and a separate diaeresis, as some systems type it
        ("dreihundertzwölftausendsechzig", "drei hundert zwölf tausend sechzig"),
    ],
)
def test_any_number_word_can_be_cut(word, morphemes):
    assert split_german(word) == tuple(morphemes.split())


@pytest.mark.parametrize(
    "word, part, near",
    [
        ("siebenundneunzik", "'zik'", "neunzig"),
        ("dreissig", "'ssig'", "dreißig"),
        ("zwoelf", "'zwoelf'", "zwölf"),
        ("achtundvirzig", "'virzig'", "vierzig"),
    ],
)
def test_an_unknown_part_is_named_with_the_nearest_morphemes(word, part, near):
    with pytest.raises(ValueError, match=rf"{part}.*{near}"):
        split_german(word)


def test_words_that_are_no_words_are_refused():
    with pytest.raises(ValueError, match="empty"):
        split_german("  ")
    with pytest.raises(TypeError, match="int"):
        split_german(97)
    with pytest.raises(ValueError, match="'seventh'"):
        split_english("ninety seventh")
    with pytest.raises(ValueError, match="Not in the vocabulary"):
        GERMAN.encode(["sieben", "and"])
    with pytest.raises(ValueError, match="split it first"):
        GERMAN.encode("sieben")
    with pytest.raises(ValueError, match="at least one"):
        encode_german([])
    with pytest.raises(ValueError, match="at least one"):
        encode_german([["sieben"], []])


def test_the_true_alignment_of_numbers_done_by_hand():
    assert true_alignment(["sieben", "und", "neunzig"], ["ninety", "seven"]) == (2, 0)
    german = split_german("neunhundertneunundneunzigtausendneunhundertneunundneunzig")
    english = split_english("nine hundred and ninety-nine thousand, nine hundred and ninety-nine")
    assert true_alignment(german, english) == (0, 1, None, 4, 2, 5, 6, 7, None, 10, 8)
    assert crossings(german, english) == [(3, 4), (9, 10)]
    assert crossings(["sieben", "hundert", "zehn"], ["seven", "hundred", "and", "ten"]) == []
    with pytest.raises(ValueError, match="'eight'"):
        true_alignment(["sieben"], ["eight"])


def test_the_alignment_uses_every_morpheme_but_und_once(splits):
    for word in splits[1]:
        positions = [position for position in true_alignment(word.german, word.english) if position is not None]
        assert sorted(positions) == [i for i, morpheme in enumerate(word.german) if morpheme != "und"]
        assert len(crossings(word.german, word.english)) == word.german.count("und")


def test_batches_are_padded_and_come_back(splits):
    words = [splits[1][0], splits[1][-1]]
    source, lengths, given, wanted = encode_pairs(words)
    assert lengths.tolist() == [len(word.german) for word in words]
    assert source.shape == (2, max(lengths)) and given.shape == wanted.shape
    assert (source[0, lengths[0] :] == ENGLISH.PAD).all()
    assert given[:, 0].tolist() == [ENGLISH.START] * 2
    for row, word in enumerate(words):
        assert GERMAN.decode(source[row]) == word.german
        assert ENGLISH.decode(wanted[row]) == ENGLISH.decode(given[row]) == word.english
        assert wanted[row, len(word.english)] == ENGLISH.END
