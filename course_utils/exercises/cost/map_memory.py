"""Exercise 9.1: the bytes of a map of weights."""

from __future__ import annotations

from course_utils.exercises.exercise import Exercise, Misconception

_TOKENS, _FLOAT32 = 8192, 4
_FEATURES = 64  # of a head in the lesson, for those who count with them
_ROUNDED = sorted(
    {round(_TOKENS**2 * _FLOAT32, -places) for places in range(1, 9)}
    | {round(_TOKENS**2, -places) * _FLOAT32 for places in range(1, 8)}
)


def _counted(name: str, number: float, explain: str) -> Misconception:
    """A number that another count, or another unit, gives."""
    return Misconception(name, lambda: number, explain)


WEIGHTS = Exercise(
    id="9.1",
    answer="weights_in_bytes",
    title="Predict how many bytes the weights of one head take for 8,192 tokens in float32.",
    objective="count the memory of a map of weights",
    kind="predict",
    minutes=2,
    difficulty=1,
    tolerance=0.4,
    right=lambda: _TOKENS**2 * _FLOAT32,
    misconceptions=(
        Misconception(
            "numbers instead of bytes",
            lambda: _TOKENS**2,
            "{got} is how many weights there are, 8,192 times 8,192. Each takes 4 bytes. (Or did you count them, for "
            "4,096 tokens? 8,192 is 2 to the 13.)",
        ),
        Misconception(
            "one row",
            lambda: _TOKENS * _FLOAT32,
            "{got} is one row, the weights of a single query. There are 8,192 queries.",
            seen="https://lists.cpunks.org/archives/list/cypherpunks@lists.cpunks.org/message/GNM7TNU67MJH4ODP7YW57OM5XCQJ4HNA",
        ),
        Misconception(
            "one row, counted in numbers",
            lambda: _TOKENS,
            "{got} is the number of tokens. Each is a query, and each query has a weight for every key.",
        ),
        Misconception(
            "bits",
            lambda: _TOKENS**2 * _FLOAT32 * 8,
            "{got} counts *bits*. 8 bits are a byte, so the 32 of each number are 4 bytes.",
        ),
        Misconception(
            "eight bytes a number, or two maps",
            lambda: _TOKENS**2 * 8,
            "{got}: twice. That would be float64, 8 bytes a number; float32 has 32 bits, 4 bytes. Or you counted two "
            "maps, the scores as well: asked for are the weights alone.",
        ),
        Misconception(
            "two bytes a number",
            lambda: _TOKENS**2 * 2,
            "{got}: half. That is a number of 2 bytes, or the half of the map that a causal mask leaves. Here every "
            "query sees every key, with 4 bytes a weight.",
        ),
        Misconception(
            "every pair counted once",
            lambda: _TOKENS * (_TOKENS + 1) // 2 * _FLOAT32,
            "{got} counts every pair once, as a causal mask would. Here A looks at B, and B looks at A: two weights.",
            seen="https://www.bytebell.ai/blog/quadratic-complexity-attention-problem",
        ),
        Misconception(
            "times two instead of squared",
            lambda: 2 * _TOKENS * _FLOAT32,
            "{got} bytes are 16,384 numbers, 8,192 *plus* 8,192: two sides of the map. Its area is 8,192 *times* "
            "8,192.",
        ),
        Misconception("mebibytes", lambda: 256, "Right, in MiB. Asked for are bytes: 256 · 1024 · 1024."),
        Misconception("kibibytes", lambda: 2**18, "Right, in KiB. Asked for are bytes: 262,144 · 1024."),
        Misconception(
            "8,192 rounded",
            lambda: 8000**2 * _FLOAT32,
            "{got} is the right count for 8,000 tokens. Here there are 8,192, and the whole number is asked for.",
        ),
        _counted(
            "8,192 rounded, counted in numbers",
            8000**2,
            "{got} is how many weights 8,000 tokens have. Here there are 8,192, and each weight takes 4 bytes.",
        ),
        *(
            _counted(
                f"{unit}, {how}",
                number,
                "{got} is right in a larger unit, " + unit + ". Asked for is the whole number of bytes.",
            )
            for unit, size in (("kB", 10**3), ("MB", 10**6))
            for how, number in (
                ("exactly", _TOKENS**2 * _FLOAT32 / size),
                ("rounded", round(_TOKENS**2 * _FLOAT32 / size)),
            )
        ),
        _counted(
            "gibibytes",
            0.25,
            "{got} is right in GiB, or in GB. Asked for is the whole number of bytes.",
        ),
        *(
            _counted(
                f"rounded to {number:,}",
                number,
                "{got}: the right count, rounded at the end or on the way. The whole number is asked for, to the last "
                "byte; Python may multiply for you.",
            )
            for number in _ROUNDED
        ),
        Misconception(
            "commas between thousands",
            lambda: (268, 435, 456),
            "Right, but Python reads commas as three numbers. Write it without commas, or with _ between thousands.",
        ),
        _counted(
            "a key never for its own query",
            _TOKENS * (_TOKENS - 1) * _FLOAT32,
            "{got} leaves the diagonal out. A token looks at itself, too: each of the 8,192 queries has 8,192 keys.",
        ),
        _counted(
            "every pair counted once, and the diagonal left out",
            _TOKENS * (_TOKENS - 1) // 2 * _FLOAT32,
            "{got} counts each pair of two tokens once. A looks at B, B looks at A, and each looks at itself.",
        ),
        _counted(
            "every pair counted once, in numbers",
            _TOKENS * (_TOKENS + 1) // 2,
            "{got} counts every pair once, and no bytes. There is a weight from A to B and one from B to A, and each "
            "takes 4 bytes.",
        ),
        _counted(
            "half a map, in numbers",
            _TOKENS**2 // 2,
            "{got}: an eighth. That is half of the map, as a causal mask leaves, and no bytes yet. Here every query "
            "sees every key, with 4 bytes a weight.",
        ),
        *(
            _counted(
                f"{how} token{'s' * (how == 'two fewer')}",
                tokens**2 * _FLOAT32,
                "{got} is the count for " + f"{tokens:,}" + " tokens. There are 8,192 queries and 8,192 keys, no more "
                "and no less.",
            )
            for how, tokens in (("one more", 8193), ("one fewer", 8191), ("rounded up, 8,200", 8200))
        ),
        *(
            _counted(
                f"the features counted: {what}",
                number,
                "{got}: you let the features count: " + what + ". A weight is one number, however many features the "
                "query and the key have. 8,192 times 8,192 weights, 4 bytes each.",
            )
            for what, number in (
                ("64 numbers for each pair, or the flops of the whole", _TOKENS**2 * _FEATURES * _FLOAT32),
                ("64 products for each pair", _TOKENS**2 * _FEATURES),
                ("the flops of the scores", _TOKENS**2 * _FEATURES * 2),
                ("the numbers of the keys", _TOKENS * _FEATURES),
                ("the bytes of the keys, or of the queries", _TOKENS * _FEATURES * _FLOAT32),
                ("the bytes of the keys and the values", _TOKENS * _FEATURES * _FLOAT32 * 2),
                ("the bytes of queries, keys and values", _TOKENS * _FEATURES * _FLOAT32 * 3),
            )
        ),
        *(
            _counted(
                f"{heads} heads",
                _TOKENS**2 * _FLOAT32 * heads,
                "{got}: the weights of " + f"{heads} heads, or that many maps. Asked for is one head.",
            )
            for heads in (3, 6, 12)
        ),
        _counted(
            "the 4 squared as well",
            (_TOKENS * _FLOAT32) ** 2,
            "{got}: you squared the 4 bytes too (that is also four maps). Square the tokens, 8,192 times 8,192, and "
            "take 4 bytes for each weight.",
        ),
        _counted(
            "to the third power",
            _TOKENS**3,
            "{got} is 8,192 to the third power. A map has two sides, the queries and the keys.",
        ),
        _counted(
            "to the third power, in bytes",
            _TOKENS**3 * _FLOAT32,
            "{got} has 8,192 three times. A map has two sides, the queries and the keys.",
        ),
        _counted(
            "divided by the 4 bytes",
            _TOKENS**2 // _FLOAT32,
            "{got}: you divided by 4. Each weight takes 4 bytes, so there are more bytes than weights.",
        ),
        _counted(
            "twice as many numbers",
            2 * _TOKENS,
            "{got} is twice 8,192. The map has 8,192 *times* 8,192 weights, and each takes 4 bytes.",
        ),
    ),
    hints=(
        "A map has a row for each query and a column for each key. How many weights are that?",
        "A weight for each pair of a query and a key. And how many bytes are the 32 bits of one number? Python may "
        "multiply for you.",
    ),
    praise="268,435,456 bytes, 256 MiB, for one head of one layer: for 8,192 tokens only.",
)
