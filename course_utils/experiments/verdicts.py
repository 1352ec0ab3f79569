"""The verdicts on the twelve claims, each with the figure behind it, and attention beside its rivals (lesson 10).

Every number is read from ``data/results`` when the function is called; none is written here.
"""

from __future__ import annotations

import html
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.experiments import stored

HOLDS, CONDITIONS, NOT_SHOWN = "holds", "under conditions", "not shown"
LEADS, LEVEL, BEHIND = "leads", "level", "behind"
ALIKE = 2  # standard errors of a difference
SHARE, NATS = "share right", "nats above the floor"


@dataclass(frozen=True)
class Table:
    """Rows of text, as plain text and as HTML; the first cell of a row is its heading."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (self.columns, *self.rows)]
        return "\n".join(filter(None, (*lines, self.note)))

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        head = "".join(f"<th scope='col' {left}>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            f"<tr><th scope='row' {left}>{html.escape(first)}</th>"
            + "".join(f"<td {left}>{html.escape(cell)}</td>" for cell in rest)
            + "</tr>"
            for first, *rest in self.rows
        )
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


@dataclass(frozen=True)
class Comparison:
    """Attention beside the best of the rivals that had its budget, one number a seed, and a rival given ``more``."""

    task: str
    attention: tuple[float, ...]
    rival: str
    rival_values: tuple[float, ...]
    more: str | None = None
    more_values: tuple[float, ...] | None = None
    unit: str = SHARE

    @property
    def outcome(self) -> str:
        """``leads`` or ``behind`` where the means differ by more than two standard errors of their difference.

        Within them: ``level``. With five seeds that is lenient: a difference of that size comes up by chance in
        about one comparison of twelve. Where no seed differs from another, any difference counts.
        """
        gap = statistics.fmean(self.attention) - statistics.fmean(self.rival_values)
        if self.unit == NATS:  # less is better
            gap = -gap
        error = math.hypot(*(statistics.stdev(v) / len(v) ** 0.5 for v in (self.attention, self.rival_values)))
        return LEVEL if abs(gap) <= ALIKE * error else LEADS if gap > 0 else BEHIND


@dataclass(frozen=True)
class Verdict:
    """A claim of lesson 00 as a whole sentence, a word for each of its parts, and the figure behind them."""

    claim: str  # "C1"
    sentence: str
    parts: tuple[tuple[str, str], ...]  # part (empty: the whole claim) and word
    figure: str

    @property
    def words(self) -> str:
        """Such as ``holds``, or ``accuracy: holds; efficiency: not shown``."""
        return "; ".join(f"{part}: {word}" if part else word for part, word in self.parts)


@dataclass(frozen=True)
class Verdicts:
    """All twelve, shown as a table."""

    rows: tuple[Verdict, ...]

    def __repr__(self) -> str:
        return "\n\n".join(f"{v.claim}  {v.sentence}\n    {v.words}\n    {v.figure}" for v in self.rows)

    def _repr_html_(self) -> str:
        rows = tuple((f"{v.claim}: {v.sentence}", v.words, v.figure) for v in self.rows)
        return Table(("claim", "verdict", "the figure behind it"), rows)._repr_html_()


class _Results:
    """The stored results of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._read = folder, {}

    def values(self, name: str, metric: str) -> tuple[float, ...]:
        """One number a seed; of a list the last (the last layer, the end of a training)."""
        return tuple(one[-1] if isinstance(one, list) else one for one in self._of(name).values(metric))

    def mean(self, name: str, metric: str) -> float:
        """The mean of ``values``."""
        return statistics.fmean(self.values(name, metric))

    def curve(self, name: str, metric: str) -> list[float]:
        """The mean over the seeds at each place of a list."""
        return [statistics.fmean(at_place) for at_place in zip(*self._of(name).values(metric))]

    def text(self, name: str, metric: str, digits: int = 3) -> str:
        """The mean, and ± the standard deviation where the seeds differ in these digits."""
        values = self.values(name, metric)
        spread = f"{statistics.stdev(values):.{digits}f}"
        return f"{statistics.fmean(values):.{digits}f}" + (f" ± {spread}" if float(spread) else "")

    def _of(self, name: str) -> stored.Stored:
        if name not in self._read:
            self._read[name] = stored.load(name, self._folder)
        return self._read[name]


# task: attention's result and metric; the rival, its result and metric; the same of a rival given more
_TASKS = (
    (
        "01 first of 20",
        ("recall", "accuracy_attention_20_rate_0.003"),
        ("LSTM, gates open", "recall", "accuracy_lstm_open_20_rate_0.003"),
        ("GRU, 10 times the steps", "recall_longer", "accuracy_gru_20_steps_4000"),
    ),
    (
        "01 first of 80",
        ("recall_longer", "accuracy_attention_80"),
        ("RNN, its best rate", "recall_longer", "accuracy_rnn_80"),
        None,
    ),
    (
        "02 whose hat",
        ("retrieval", "accuracy_attention"),
        ("mean of encodings", "retrieval", "accuracy_deep_sets"),
        ("the same, 10 times size and steps", "retrieval", "accuracy_deep_sets_large"),
    ),
    (
        "03 long numbers",
        ("translation", "accuracy_attention_long"),
        ("one fixed vector, read both ways", "translation_variants", "accuracy_fixed_bidirectional_long"),
        ("one fixed vector, twice the width", "translation_variants", "accuracy_fixed_twice_the_width_long"),
    ),
    (
        "04 two cues",
        ("senses", "hard_accuracy_attention"),
        ("bag by distance", "senses", "hard_accuracy_bag_by_distance"),
        None,
    ),
    (
        "06 stories",
        ("stories", "gap_nats"),
        ("GRU", "stories", "gap_nats_gru"),
        ("GRU, 3 times the steps", "stories", "gap_nats_gru_longer"),
    ),
    (
        "07 find the digit",
        ("find_digit", "accuracy_attention"),
        ("maximum", "find_digit", "accuracy_max"),
        ("mean, 3 times the steps", "find_digit_variants", "accuracy_curve_mean"),
    ),
    ("07 name the digit", ("vit_digits", "accuracy_vit"), ("CNN", "vit_digits", "accuracy_cnn"), None),
    (
        "08 spoken word",
        ("keyword", "accuracy_attention_10db"),
        ("maximum", "keyword", "accuracy_max_10db"),
        ("mean, twice the steps", "keyword", "accuracy_mean_longer_10db"),
    ),
    (
        "09 48 entries",
        ("cost_recall", "accuracy_full_48"),
        ("linear attention, longer keys", "cost_recall_controls", "accuracy_linear_keys"),
        ("the same, 5 times the steps", "cost_recall_controls", "accuracy_linear_keys_longer"),
    ),
)


def comparisons(folder: Path = stored.RESULTS) -> tuple[Comparison, ...]:
    """Ten tasks in which attention and its rivals had the same budget, in the order of the lessons.

    More was given to rivals only. Left out: lesson 05, where attention stands beside attention, and the textures of
    lesson 07, where nothing is answered. Of a curve over training the last point counts.

    Raises DataError, with the remedy, when a result is missing or damaged.
    """
    results = _Results(folder)
    return tuple(
        Comparison(
            task,
            results.values(*attention),
            rival[0],
            results.values(*rival[1:]),
            more[0] if more else None,
            results.values(*more[1:]) if more else None,
            NATS if attention[1].startswith("gap_nats") else SHARE,
        )
        for task, attention, rival, more in _TASKS
    )


def shown(compared: Sequence[Comparison]) -> Table:
    """A table of comparisons, with how many there are of each outcome."""
    rows = tuple(
        (
            c.task,
            _mean(c.attention),
            c.outcome,
            f"{_mean(c.rival_values)}  {c.rival}",
            f"{_mean(c.more_values)}  {c.more}" if c.more else "-",
        )
        for c in compared
    )
    nats = ", ".join(c.task for c in compared if c.unit == NATS)
    note = f"{_counted(compared)}. More was given to rivals only." + (
        f" {nats}: {NATS}, less is better." if nats else ""
    )
    return Table(("task", "attention", "outcome", "best rival, same budget", "a rival given more"), rows, note)


def verdicts(folder: Path = stored.RESULTS) -> Verdicts:
    """The verdicts of lessons 01 to 10 on the twelve claims of lesson 00, each with its figure.

    Raises DataError, with the remedy, when a result is missing or damaged.
    """
    results = _Results(folder)
    return Verdicts(
        (
            *_on_sequences(results),
            *_on_representations(results),
            *_on_signals_and_cost(results),
            _on_maps(results),
            _on_gains(results, comparisons(folder)),
        )
    )


def _on_sequences(results: _Results) -> tuple[Verdict, ...]:
    """C1 to C4, lessons 01 to 04."""
    text = results.text
    rnn, lstm_open, attention = (
        math.exp(results.mean("gradients", f"slope_{kind}")) for kind in ("rnn", "lstm_open", "attention")
    )
    return (
        Verdict(
            "C1",
            "Attention weighs the importance of input elements by relevance scores, dynamically, for each input.",
            (("dynamically", HOLDS), ("by relevance", CONDITIONS), ("importance", NOT_SHOWN)),
            f"The largest weight is on the right person in {text('retrieval', 'hit_rate_attention')} of the "
            f"questions with a learned match, in {text('retrieval', 'hit_rate_plain')} with the raw dot product. "
            f"Without softmax {text('retrieval', 'accuracy_no_softmax')} of the answers are right, and the largest "
            f"weight in {text('retrieval', 'hit_rate_no_softmax')}.",
        ),
        Verdict(
            "C2",
            "Recurrent networks process in sequence and lose context as sequences grow longer.",
            (("in sequence", HOLDS), ("lose context", CONDITIONS)),
            "Numbers of ten or eleven morphemes translated right: through one fixed vector "
            f"{text('translation', 'accuracy_fixed_long')}, read both ways "
            f"{text('translation_variants', 'accuracy_fixed_bidirectional_long')}, twice as wide "
            f"{text('translation_variants', 'accuracy_fixed_twice_the_width_long')}; with attention "
            f"{text('translation', 'accuracy_attention_long')}.",
        ),
        Verdict(
            "C3",
            "Attention prevents the vanishing gradient: direct connections between distant words.",
            (("direct connections", HOLDS), ("prevents", CONDITIONS)),
            f"One token further back multiplies the gradient by {rnn:.3f} in an RNN, by {lstm_open:.3f} in an LSTM "
            f"with open gates, by {attention:.3f} in one layer of attention.",
        ),
        Verdict(
            "C4",
            "Self-attention relates the positions of one sequence, cross-attention those of two, as in translation.",
            (("", HOLDS),),
            f"Of the crossings between two languages {text('translation', 'crossing_rate')} are found. Which of two "
            f"cues is nearer is told in {text('positions', 'hard_accuracy_relative')} with relative positions, in "
            f"{text('positions', 'hard_accuracy_none')} without any: order is put in from outside.",
        ),
    )


def _on_representations(results: _Results) -> tuple[Verdict, ...]:
    """C5 to C7, lessons 04 to 06 and 10."""
    text = results.text
    muddy, barred, unseeing, opposite, river, money = (
        f"{results.mean('pretrained', f'lean_{name}_by_layer'):.3f}"
        for name in (
            "muddy_river",
            "barred_river",
            "barred_words",
            "opposite",
            "river_sentences",
            "money_sentences",
        )
    )
    return (
        Verdict(
            "C5",
            "In 'The bank of the river was muddy' attention ties 'bank' to 'river', not to finance.",
            (("not to finance, in this sentence", HOLDS), ("to 'river'", CONDITIONS)),
            f"In a real model 'bank' leans to the river by {muddy} (ten sentences at rivers {river}, ten with money "
            f"{money}); barred from 'river' by {barred}, from all words by {unseeing}. Where a loan is approved beside "
            f"a river it leans to the river, too, by {opposite}, and there that is wrong.",
        ),
        Verdict(
            "C6",
            "Attention maps the relations between all elements at once, into a rich, multidimensional representation.",
            (("all at once", HOLDS), ("rich", CONDITIONS)),
            f"Two jobs, both right: two heads {text('two_jobs', 'accuracy_2_heads')}, one head "
            f"{text('two_jobs', 'accuracy_1_head')}, one head with a read-out that bends "
            f"{text('two_jobs_variants', 'accuracy_mlp')}.",
        ),
        Verdict(
            "C7",
            "Attention is the backbone of the Transformer, which powers language models and generates text token by "
            "token.",
            (("backbone", HOLDS), ("powers, at our size", HOLDS), ("powers, beyond it", NOT_SHOWN)),
            f"Nats above the floor, in stories: {text('stories', 'gap_nats', 4)}; with attention cut off "
            f"{text('stories', 'gap_nats_itself', 4)}; a GRU of equal size {text('stories', 'gap_nats_gru', 4)}, and "
            "it writes token by token as well.",
        ),
    )


def _on_signals_and_cost(results: _Results) -> tuple[Verdict, ...]:
    """C8 to C10, lessons 07 to 09."""
    text = results.text
    flops, kept, in_blocks = (
        f"{results.mean('attention_cost', f'{metric}_2048') / results.mean('attention_cost', f'{metric}_1024'):.2f}"
        for metric in ("flops_naive", "extra_bytes_naive", "extra_bytes_blockwise")
    )
    return (
        Verdict(
            "C8",
            "In pictures, attention focuses on the regions that matter, such as edges or a texture, as people do.",
            (("the regions that matter", CONDITIONS), ("edges, a texture", CONDITIONS), ("as people do", NOT_SHOWN)),
            f"On the digit's box, {results.mean('find_digit', 'area'):.4f} of the area, lies "
            f"{text('find_digit', 'mass_attention')} of the weight.",
        ),
        Verdict(
            "C9",
            "Attention serves sound as well.",
            (("serves", HOLDS), ("better than its rivals", CONDITIONS)),
            f"Spoken words named right: attention {text('keyword', 'accuracy_attention_10db')}, mean "
            f"{text('keyword', 'accuracy_mean_10db')}, maximum {text('keyword', 'accuracy_max_10db')}.",
        ),
        Verdict(
            "C10",
            "The cost of attention is quadratic: twice the input, four times the memory and compute.",
            (("compute", HOLDS), ("memory", CONDITIONS)),
            f"Twice the input: arithmetic x{flops}; memory x{kept} if the weights are kept, x{in_blocks} in blocks.",
        ),
    )


def _on_maps(results: _Results) -> Verdict:
    """C11, all lessons."""
    largest, usual = (
        f"{results.mean('pretrained', f'muddy_river_best_head_{what}'):.2f}" for what in ("weight", "cue_mass")
    )
    whole, even, none = (
        f"{results.mean('pretrained', f'neighbour_accuracy_{kind}'):.3f}"
        for kind in ("six_words_by_layer", "uniform_all", "nothing_all")
    )
    return Verdict(
        "C11",
        "Maps of attention show which parts of the input the model prioritised.",
        (("what one head mixed", HOLDS), ("what the answer hangs on", CONDITIONS)),
        f"The one head of 72 that gives 'river' {largest} gives the cue {usual} over 120 sentences. Their sense is "
        f"told in {whole}; with every map made even in {even}; without attention in {none}.",
    )


def _on_gains(results: _Results, compared: Sequence[Comparison]) -> Verdict:
    """C12, all lessons: ``compared``, when attention has what the mean has after its longest training, and flops."""
    steps, attention, mean = (
        results.curve("find_digit_variants", metric)
        for metric in ("checkpoints", "accuracy_curve_attention", "accuracy_curve_mean")
    )
    there = next((place for place, share in enumerate(attention) if share >= mean[-1]), len(steps) - 1)
    vit, cnn = (results.mean("vit_digits", f"multiplications_{kind}") for kind in ("vit", "cnn"))
    return Verdict(
        "C12",
        "Attention improves accuracy and efficiency.",
        (("accuracy", CONDITIONS), ("steps to learn", CONDITIONS), ("compute", NOT_SHOWN)),
        f"{_counted(compared)}. Find the digit: the mean has {mean[-1]:.3f} after {steps[-1]:,.0f} steps, attention "
        f"{attention[there]:.3f} after {steps[there]:,.0f} and {attention[-1]:.3f} after as many. Compute was compared "
        f"in one pair of networks only: the ViT multiplies {vit / cnn:.2f} times as often as the CNN.",
    )


def _counted(compared: Sequence[Comparison]) -> str:
    """Such as ``Of 10 tasks attention leads in 6, is level in 3 and behind in 1``."""
    outcomes = [c.outcome for c in compared]
    return (
        f"Of {len(outcomes)} tasks attention leads in {outcomes.count(LEADS)}, is level in {outcomes.count(LEVEL)} "
        f"and behind in {outcomes.count(BEHIND)}"
    )


def _mean(values: Sequence[float]) -> str:
    return f"{statistics.fmean(values):.3f}"
