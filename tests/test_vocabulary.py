"""Tokens to numbers and back, and what an unknown token may have been meant to be."""

import pytest

from course_utils.datasets.vocabulary import MarkedVocabulary, Vocabulary, shortened


def test_marks_come_first_and_every_token_once():
    plain, marked = Vocabulary(["bank", "bat", "bank"]), MarkedVocabulary(["bank", "bat", "bank"])
    assert plain.tokens == ("<pad>", "bank", "bat")
    assert marked.tokens == ("<pad>", "<start>", "<end>", "bank", "bat")
    assert (len(plain), len(marked)) == (3, 5)
    assert tuple(map(marked.tokens.index, ("<pad>", "<start>", "<end>"))) == (marked.PAD, marked.START, marked.END)


def test_encoding_and_decoding():
    vocabulary = MarkedVocabulary("abc")
    assert vocabulary.encode(["c", "a", "c"]) == [5, 3, 5]
    assert vocabulary.decode([1, 5, 3, 0, 2, 4]) == ("c", "a")
    assert vocabulary.encode([]) == [] and vocabulary.decode([]) == ()


def test_an_unknown_token_is_named_with_those_near_it():
    vocabulary = Vocabulary(["bank", "bat", "river", "muddy"])
    with pytest.raises(ValueError, match=r"^Not in the vocabulary: 'bnak' \(near it: bank, bat\)\.$"):
        vocabulary.encode(["bat", "bnak"])
    with pytest.raises(ValueError, match="got the text 'bank'; split it first"):
        vocabulary.encode("bank")
    with pytest.raises(ValueError, match="'x{40}…'") as caught:
        vocabulary.encode(["x" * 100_000])
    assert len(str(caught.value)) < 100


def test_marks_are_never_suggested():
    assert MarkedVocabulary(["a", "b"]).unknown(["<pa>"]) == "Not in the vocabulary: '<pa>'."


def test_of_many_unknown_tokens_a_few_are_named():
    with pytest.raises(ValueError, match=r"'q0'; 'q1'; 'q2'; 'q3'; 'q4'; and 9,995 more\.$"):
        Vocabulary(["bank"]).encode([f"q{i}" for i in range(10_000)])


def test_shortened_leaves_short_text_alone():
    assert shortened("a" * 40) == "a" * 40
    assert shortened("a" * 41) == "a" * 40 + "…"
