"""The exercises on a real model: right answers found other ways, and the mistakes as learners write them."""

import copy

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.exercises import check
from course_utils.exercises import pretrained as exercises
from course_utils.exercises.pretrained.word_effects import encode


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def vector_with_zeros(states, mask):
    total = (states * mask[:, None]).sum(axis=0)
    return total / np.sqrt((total**2).sum())


def vector_in_torch(states, mask):
    states, mask = torch.as_tensor(states), torch.as_tensor(mask)
    mean = (states * mask.unsqueeze(-1)).sum(0) / mask.sum().clamp(min=1e-9)
    return F.normalize(mean, p=2, dim=0)


def vector_by_loops(states, mask):
    rows = [list(row) for row, real in zip(states, mask) if real]
    mean = [sum(column) / len(rows) for column in zip(*rows)]
    length = sum(x * x for x in mean) ** 0.5
    return [x / length for x in mean]


def vector_with_tensors_only(states, mask):
    mean = states[mask].mean(dim=0)
    return mean.div(mean.norm())


def neighbours_by_loops(states, labels):
    hits = 0
    for i in range(len(states)):
        best, place = -2, None
        for j in range(len(states)):
            cosine = states[i] @ states[j] / np.linalg.norm(states[i]) / np.linalg.norm(states[j])
            if j != i and cosine > best:
                best, place = cosine, j
        hits += bool(labels[place] == labels[i])
    return hits / len(states)


def neighbours_by_sorting(states, labels):
    order = np.argsort(unit(states) @ unit(states).T, axis=1)
    return np.mean(labels[order[:, -2]] == labels)


def neighbours_by_distance_of_units(states, labels):
    distances = np.linalg.norm(unit(states)[:, None] - unit(states)[None], axis=-1) + np.eye(len(states)) * 1e9
    return (labels[distances.argmin(0)] == labels).sum() / labels.size


def neighbours_in_torch(states, labels):
    states, labels = torch.as_tensor(states), torch.as_tensor(labels)
    cosines = F.cosine_similarity(states[:, None], states[None], dim=-1) - 3 * torch.eye(len(states))
    return (labels[cosines.argmax(1)] == labels).float().mean()


def neighbours_by_deletion(states, labels):
    cosines = unit(states) @ unit(states).T
    hits = [np.delete(labels, i)[np.delete(row, i).argmax()] == labels[i] for i, row in enumerate(cosines)]
    return sum(hits) / len(hits)


def chosen_by_loops(choosing, scoring):
    best = -1
    for place, heads in enumerate(choosing):
        for h, masses in enumerate(heads):
            if sum(masses) / len(masses) > best:
                best, layer, head = sum(masses) / len(masses), place, h
    return [layer, head, float(np.mean(scoring[layer][head]))]


def chosen_by_divmod(choosing, scoring):
    layer, head = divmod(choosing.mean(2).argmax(), choosing.shape[1])
    return layer, head, scoring[layer, head].mean()


def chosen_in_torch(choosing, scoring):
    means = torch.as_tensor(choosing).mean(-1)
    layer, head = divmod(int(means.argmax()), means.shape[1])
    return torch.tensor(layer), torch.tensor(head), torch.as_tensor(scoring)[layer, head].mean()


def chosen_by_sum(choosing, scoring):
    layer, head = np.argwhere(choosing.sum(-1) == choosing.sum(-1).max())[0]
    return layer, head, scoring.mean(-1)[layer, head]


def effects_with_a_copy(encode, words):
    effects = []
    for i in range(len(words)):
        rest = words.copy()
        del rest[i]
        one, other = encode(words), encode(rest)
        effects.append(1 - np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))
    return np.array(effects)


def effects_by_enumerate(encode, words):
    whole = torch.as_tensor(encode(words))
    rests = [[w for j, w in enumerate(words) if j != i] for i, _ in enumerate(words)]
    return torch.stack([1 - F.cosine_similarity(whole, torch.as_tensor(encode(rest)), dim=0) for rest in rests])


def effects_by_distance(encode, words):
    rests = np.array([encode(tuple(words[:i] + words[i + 1 :])) for i in range(len(words))])
    return ((rests - encode(words)) ** 2).sum(1) / 2


def effects_taken_out_and_put_back(encode, words):
    whole, effects = encode(words), []
    for i in range(len(words)):
        word = words.pop(i)
        effects.append(1 - whole @ encode(words))
        words.insert(i, word)
    return effects


RIGHT = [
    *(("10.1", answer) for answer in (vector_with_zeros, vector_in_torch, vector_by_loops, vector_with_tensors_only)),
    *(("10.2", answer) for answer in (neighbours_by_loops, neighbours_by_sorting, neighbours_by_distance_of_units)),
    *(("10.2", answer) for answer in (neighbours_in_torch, neighbours_by_deletion)),
    *(("10.3", answer) for answer in (chosen_by_loops, chosen_by_divmod, chosen_in_torch, chosen_by_sum)),
    *(("10.4", answer) for answer in (effects_with_a_copy, effects_by_enumerate, effects_by_distance)),
    ("10.4", effects_taken_out_and_put_back),
    *(("10.5", answer) for answer in ("D", "d", " (d) ", "D.")),
]


@pytest.mark.parametrize(("exercise_id", "answer"), RIGHT)
def test_a_right_answer_found_another_way_passes(exercise_id, answer):
    result = check(exercise_id, answer)
    assert result.status == "passed", result


def neighbours_with_itself(states, labels):
    return (labels[(unit(states) @ unit(states).T).argmax(1)] == labels).mean()


def neighbours_by(scores, own, pick=np.argmax):
    def answer(states, labels):
        table = scores(states)
        np.fill_diagonal(table, own)
        return (labels[pick(table, axis=1)] == labels).mean()

    return answer


def distances(states):
    return np.sqrt(((states[:, None] - states[None]) ** 2).sum(-1))


def place_not_moved(states, labels):
    hits = 0
    for i in range(len(states)):
        others = np.delete(unit(states), i, axis=0)
        hits += labels[(others @ unit(states)[i]).argmax()] == labels[i]
    return hits / len(states)


def cosines(states):
    return unit(states) @ unit(states).T


def chosen(table, report):
    def answer(choosing, scoring):
        means = table(choosing, scoring)
        layer, head = np.unravel_index(np.argmax(means), means.shape)
        return report(layer, head, choosing, scoring)

    return answer


def its_mean(layer, head, choosing, scoring):
    return layer, head, scoring[layer, head].mean()


def mean_of_choosing(choosing, scoring):
    return choosing.mean(-1)


def popped_out_of_the_list(encode, words):
    whole, effects = encode(words), []
    for i in range(len(words)):
        rest = words
        rest.pop(i)
        effects.append(1 - encode(rest) @ whole)
    return effects


def deleted_out_of_the_list(encode, words):
    whole, effects = encode(words), []
    for i in range(len(words)):
        del words[i]
        effects.append(1 - encode(words) @ whole)
    return effects


def removed_while_reading(encode, words):
    whole, effects = encode(words), []
    for word in words:
        words.remove(word)
        effects.append(1 - encode(words) @ whole)
    return effects


def removed_from_a_copy(encode, words):
    effects = []
    for word in words:
        rest = list(words)
        rest.remove(word)
        effects.append(1 - encode(rest) @ encode(words))
    return effects


def removed_from_one_copy(encode, words):
    rest, effects = list(words), []
    for _ in words:
        rest.pop(0)
        effects.append(1 - encode(rest) @ encode(words))
    return effects


def effects(rest_of, number=lambda cosine: 1 - cosine):
    return lambda encode, words: [number(encode(words) @ encode(rest_of(words, i))) for i in range(len(words))]


def without(words, i):
    return words[:i] + words[i + 1 :]


def in_a_dictionary(encode, words):
    found = {}
    for i, word in enumerate(words):
        found[word] = 1 - encode(words) @ encode(without(words, i))
    return list(found.values())


def neighbours_further_down(states, labels):
    units = unit(states)
    nearest = [i + 1 + (units[i + 1 :] @ units[i]).argmax() for i in range(len(units) - 1)]
    return np.mean(labels[nearest] == labels[:-1])


def neighbours_further_down_to_the_end(states, labels):
    units = unit(states)
    return np.mean([labels[i + 1 + (units[i + 1 :] @ units[i]).argmax()] == labels[i] for i in range(len(units))])


def mean_cosine_of_both_groups(states, labels):
    cosines, same = unit(states) @ unit(states).T, labels[:, None] == labels
    return np.mean([row[like].mean() > row[~like].mean() for row, like in zip(cosines, same)])


def surest_head(choosing, scoring):
    sure = choosing.mean(-1) / choosing.std(-1)
    layer, head = np.unravel_index(sure.argmax(), sure.shape)
    return layer, head, scoring[layer, head].mean()


def effects_none_comes_back(encode, words):
    rest, effects = words, []
    for i in range(len(words)):
        rest = rest[:i] + rest[i + 1 :]
        effects.append(1 - encode(words) @ encode(rest))
    return effects


WRONG = [
    (
        "10.1",
        lambda s, mask: s[mask].mean(0) / abs(s[mask].mean(0)).sum(),
        "divided by the sum of its absolute numbers",
    ),
    ("10.1", lambda s, mask: s[mask].mean() / abs(s[mask].mean()), "one number of length 1"),
    ("10.2", neighbours_further_down, "only later rows, over N - 1"),
    ("10.2", neighbours_further_down_to_the_end, "only later or only earlier rows"),
    ("10.2", lambda states, labels: np.mean(labels[1:] == labels[:-1]), "the row before in the table"),
    ("10.2", mean_cosine_of_both_groups, "larger mean cosine with the same label"),
    ("10.3", surest_head, "its worst sentence in choosing"),
    ("10.4", effects_none_comes_back, "deletes cumulatively, by place"),
    ("10.1", lambda states, mask: states[mask].mean(0), "not brought to length 1"),
    ("10.1", lambda states, mask: unit(states.mean(0)), "padding averaged in"),
    ("10.1", lambda states, mask: unit(states[0]), "[CLS] taken"),
    ("10.1", lambda states, mask: states[0], "[CLS] taken, not brought to length 1"),
    ("10.1", lambda states, mask: unit(unit(states)[mask].mean(0)), "each state brought to length 1 first"),
    ("10.1", lambda states, mask: F.normalize(states, dim=-1)[mask].mean(0), "only each state brought to length 1"),
    ("10.1", lambda states, mask: unit(states[~mask].mean(0)), "mask polarity"),
    ("10.1", lambda states, mask: unit((states * mask).mean(0)), "mask without its axis"),
    ("10.1", lambda states, mask: unit((mask * states).sum(0) / mask.sum()), "mask without its axis"),
    ("10.1", lambda states, mask: unit(states[: sum(mask)].mean(0)), "as many tokens from the front"),
    ("10.1", lambda states, mask: unit(states[mask].max(axis=0)), "maximum instead of the mean"),
    ("10.1", lambda states, mask: unit(states[mask].mean(-1)), "mean over the features"),
    ("10.2", neighbours_with_itself, "its own neighbour"),
    ("10.2", neighbours_by(lambda states: states @ states.T, -np.inf), "plain dot product"),
    ("10.2", neighbours_by(distances, np.inf, np.argmin), "Euclidean distance"),
    ("10.2", neighbours_by(distances, -np.inf), "the farthest distance"),
    ("10.2", neighbours_by(cosines, np.inf, np.argmin), "the farthest instead of the nearest"),
    ("10.2", neighbours_by(cosines, 0), "0 in place of itself"),
    ("10.2", place_not_moved, "places shifted by the one left out"),
    ("10.2", lambda states, labels: 1 - neighbours_by_sorting(states, labels), "misses counted"),
    ("10.2", lambda states, labels: 100 * neighbours_by_sorting(states, labels), "per cent"),
    ("10.3", chosen(mean_of_choosing, lambda i, h, c, s: (i, h, c[i, h].mean())), "scored on what it was chosen on"),
    ("10.3", chosen(lambda c, s: s.mean(-1), its_mean), "chosen on the scoring sentences"),
    ("10.3", chosen(lambda c, s: c.max(-1), its_mean), "best sentence instead of best mean"),
    ("10.3", chosen(lambda c, s: c.mean(-1) + s.mean(-1), its_mean), "chosen on both"),
    ("10.3", chosen(mean_of_choosing, lambda i, h, c, s: (h, i, s[i, h].mean())), "layer and head swapped"),
    ("10.3", chosen(mean_of_choosing, lambda i, h, c, s: (i, h, s.mean(-1).max())), "best mean in scoring"),
    ("10.3", chosen(mean_of_choosing, lambda i, h, c, s: (i, h)), "head alone"),
    ("10.3", chosen(mean_of_choosing, lambda i, h, c, s: s[i, h].mean()), "number alone"),
    ("10.4", effects(without, lambda cosine: cosine), "cosine itself"),
    ("10.4", effects(without, lambda cosine: (2 - 2 * cosine) ** 0.5), "distance instead of cosine"),
    ("10.4", effects(lambda words, i: words[i]), "a sentence instead of a list"),
    ("10.4", effects(lambda words, i: [words[i]]), "the word alone"),
    ("10.4", effects(lambda words, i: words[i + 1 :]), "deletes cumulatively"),
    ("10.4", removed_from_one_copy, "deletes cumulatively"),
    ("10.4", effects(lambda words, i: [w for w in words if w != words[i]]), "removes every equal word"),
    ("10.4", effects(lambda words, i: words[:i] + ["[MASK]"] + words[i + 1 :]), "replaced instead of deleted"),
    ("10.4", removed_from_a_copy, "removes the first equal word"),
    ("10.4", in_a_dictionary, "one number for each different word"),
    ("10.4", popped_out_of_the_list, "changes the list"),
    ("10.4", deleted_out_of_the_list, "changes the list, with del"),
    ("10.4", removed_while_reading, "changes the list while reading it"),
    ("10.5", "A", "a weight is an effect"),
    ("10.5", "b", "a weight is a reason"),
    ("10.5", "C", "a weight is understanding"),
    ("10.5", "E", "no such option"),
]


@pytest.mark.parametrize(("exercise_id", "answer", "misconception"), WRONG)
def test_a_learners_mistake_is_recognised(exercise_id, answer, misconception):
    result = check(exercise_id, answer)
    assert (result.status, result.misconception) == ("failed", misconception), result


@pytest.mark.parametrize("words", [case[1] for case in exercises.EFFECTS.cases], ids=len)
def test_what_encodes_depends_on_words_and_order_and_has_length_1(words):
    whole = encode(words)
    np.testing.assert_array_equal(encode(tuple(words)), whole)
    assert np.linalg.norm(whole) == pytest.approx(1)
    assert not np.allclose(encode(words[::-1]), whole)
    assert np.isfinite(encode([])).all()
    with pytest.raises(TypeError, match="list of words"):
        encode(" ".join(words))


def test_a_word_occurs_twice_in_one_sentence_only():
    assert [len(words) - len(set(words)) for _, words in exercises.EFFECTS.cases] == [0, 1]


def test_in_the_last_case_of_neighbours_every_cosine_is_below_0():
    states, labels = copy.deepcopy(exercises.NEIGHBOURS.cases[-1])
    table = cosines(states)
    assert (table[~np.eye(len(table), dtype=bool)] < 0).all()
    assert exercises.NEIGHBOURS.right(states, labels) < 1


def test_no_two_heads_share_the_largest_mean():
    for choosing, scoring in exercises.CHOICE.cases:
        first, second = np.sort(choosing.mean(-1), axis=None)[[-1, -2]]
        assert first - second > 0.005 and choosing.shape[:2] == scoring.shape[:2]
