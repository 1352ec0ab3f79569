"""Exercise 9.5: the bytes of a KV cache."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from course_utils.exercises.exercise import Exercise, Misconception

_SHAPES = ((3, 5, 7, 19, 4), (32, 8, 128, 8192, 2))


def _cache_bytes(layers: int, kv_heads: int, d_k: int, length: int, bytes_per_number: int) -> int:
    return 2 * layers * kv_heads * d_k * length * bytes_per_number


def _times(name: str, factor: float, explain: str) -> Misconception:
    """A cache times a factor."""
    return Misconception(name, lambda *given: _cache_bytes(*given) * factor, explain)


def _left_out(name: str, place: int, explain: str, seen: str = "") -> Misconception:
    """One of the arguments has no effect."""
    return Misconception(name, lambda *given: _cache_bytes(*given) // given[place], explain, seen)


_FACTORS = (  # of the product, and what each is there for
    ("2", "2, for a key *and* a value"),
    ("layers", "layers, each with a cache of its own"),
    ("kv_heads", "kv_heads, each with keys and values of its own"),
    ("d_k", "d_k, the numbers of one key"),
    ("length", "length, the positions"),
    ("bytes", "bytes_per_number"),
)


def _several_left_out(places: tuple[int, ...]) -> Misconception:
    """Two or three of the factors have no effect."""
    missing = [_FACTORS[place] for place in places]
    return Misconception(
        f"left out: {', '.join(name for name, _ in missing)}",
        lambda *given: math.prod(factor for place, factor in enumerate((2, *given)) if place not in places),
        "{got}: there is more than one factor missing: " + "; ".join(why for _, why in missing) + ".",
    )


def _other_count(name: str, count: Callable[[int, int, int, int], float], explain: str) -> Misconception:
    """Another count of the numbers that are kept; it sees layers, kv_heads, d_k and length."""
    return Misconception(name, lambda *given: count(*given[:4]) * given[4], explain)


CACHE = Exercise(
    id="9.5",
    answer="kv_cache_bytes",
    title="Write kv_cache_bytes(layers, kv_heads, d_k, length, bytes_per_number): the memory of a KV cache.",
    objective="count the memory of a KV cache",
    kind="write",
    minutes=4,
    difficulty=1,
    cases=_SHAPES,
    right=_cache_bytes,
    misconceptions=(
        _times(
            "only keys or only values",
            0.5,
            "{got}: just half. For each position a key *and* a value are kept, and each number takes bytes_per_number, "
            "whatever that is.",
        ),
        _times(
            "queries kept as well",
            1.5,
            "{got}: half as much again. Keys and values are kept; a query is used once and never asked for again.",
        ),
        _times("bits", 8, "{got} are bits. bytes_per_number counts bytes already."),
        _times(
            "an eighth",
            0.125,
            "{got}: an eighth. If you divided by 8: bytes_per_number counts bytes already. If you counted how many "
            "numbers the keys have: there are values as well, and each number takes bytes_per_number.",
        ),
        _left_out("numbers instead of bytes", 4, "{got} is how many numbers are kept. Times bytes_per_number."),
        _left_out(
            "one layer",
            0,
            "{got} is the cache of one layer. Each layer has keys and values of its own.",
            seen="https://github.com/mudler/vllm.cpp/issues/357",
        ),
        _left_out(
            "one head",
            1,
            "{got} is the cache of one head. Each of the kv_heads has keys and values of its own.",
            seen="https://github.com/rohitg00/ai-engineering-from-scratch/pull/57",
        ),
        _left_out("one number a key", 2, "{got} has one number for each key and value. Each has d_k numbers."),
        _left_out("one position", 3, "{got} is what *one* position adds. There are length of them."),
        Misconception(
            "heads counted twice",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads**2, d_k, length, size),
            "{got} has kv_heads in it twice. d_k is how many numbers *one* head keeps for a key; all heads together "
            "keep kv_heads · d_k. So kv_heads stands in the product once.",
            seen="https://github.com/jranaraki/vllm-fit/issues/2",
        ),
        Misconception(
            "squared length",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads, d_k, length**2, size),
            "{got} grows with the square of the length. The map of weights does that, but it is not kept: each "
            "position adds one key and one value.",
        ),
        Misconception(
            "the map instead of the cache",
            lambda layers, kv_heads, d_k, length, size: layers * kv_heads * length**2 * size,
            "{got} is the map of weights, length · length in each head. The cache has no map: for each position a key "
            "and a value of d_k numbers.",
        ),
        Misconception(
            "the last token missing",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads, d_k, length - 1, size),
            "{got}: one position is missing. All length positions are kept, the last one too.",
        ),
        Misconception(
            "both squared",
            lambda layers, kv_heads, d_k, length, size: layers * kv_heads * d_k**2 * length * size,
            "{got} has d_k squared in it. A key has d_k numbers, a value has d_k numbers: 2 · d_k.",
        ),
        _other_count(
            "d_k squared, twice",
            lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * d_k**2 * length,
            "{got} has d_k squared in it. A key has d_k numbers and no more, and so has a value: 2 · d_k.",
        ),
        _other_count(
            "layers counted twice",
            lambda layers, kv_heads, d_k, length: 2 * layers**2 * kv_heads * d_k * length,
            "{got} has layers in it twice. Each layer has one cache: layers stands in the product once.",
        ),
        Misconception(
            "bytes counted twice",
            lambda *given: _cache_bytes(*given) * given[4],
            "{got}: four times as much. Is bytes_per_number in it twice? 2 · d_k numbers for each position, in each "
            "head of each layer, and once the bytes.",
        ),
        _times(
            "twice as much",
            2,
            "{got}: twice as much. For each position one key and one value are kept, 2 · d_k numbers, in each head of "
            "each layer. (And bytes_per_number is 4 only where it says 4.)",
        ),
        _times(
            "queries and outputs added",
            2.5,
            "{got}: two and a half times as much. Keys and values are kept, nothing else.",
        ),
        Misconception(
            "four bytes taken for granted",
            lambda layers, kv_heads, d_k, length, size: _cache_bytes(layers, kv_heads, d_k, length, 4),
            "{got}: right as long as a number takes 4 bytes. Here bytes_per_number is 2.",
        ),
        _other_count(
            "added up over the steps",
            lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k * length * (length + 1),
            "{got} adds up the caches of all steps: 1 position, 2 positions, and so on. There is one cache; each step "
            "adds a position to it, and at the end it has length of them.",
        ),
        _other_count(
            "added up over the steps, without the last",
            lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k * length * (length - 1),
            "{got} adds up the caches of the steps. There is one cache; each step adds a position to it, and at the "
            "end it has length of them.",
        ),
        _other_count(
            "a value is one number",
            lambda layers, kv_heads, d_k, length: layers * kv_heads * length * (d_k + 1),
            "{got} counts d_k numbers for a key and one for a value (or the other way round). Both have d_k.",
        ),
        Misconception(
            "bytes of one of the two",
            lambda layers, kv_heads, d_k, length, size: layers * kv_heads * d_k * length * (1 + size),
            "{got}: you multiplied only one of key and value by bytes_per_number. The numbers of both take bytes: 2 · "
            "d_k · bytes_per_number. (In Python * comes before +: put the sum in brackets.)",
        ),
        *(
            _other_count(
                f"one layer too {name}",
                lambda layers, kv_heads, d_k, length, more=more: 2 * (layers + more) * kv_heads * d_k * length,
                "{got} has one layer too " + name + ". Every layer with attention has a cache; the embedding has none.",
            )
            for name, more in (("many", 1), ("few", -1))
        ),
        *(
            _other_count(
                f"all features squared{name}",
                count,
                "{got} has kv_heads · d_k squared in it, as the matrices of a layer have. Those are parameters. The "
                "cache keeps 2 · kv_heads · d_k numbers for each position.",
            )
            for name, count in (
                ("", lambda layers, kv_heads, d_k, length: 2 * layers * (kv_heads * d_k) ** 2),
                (
                    ", for each position",
                    lambda layers, kv_heads, d_k, length: 2 * layers * (kv_heads * d_k) ** 2 * length,
                ),
                (", four of them", lambda layers, kv_heads, d_k, length: 4 * layers * (kv_heads * d_k) ** 2),
            )
        ),
        *(
            Misconception(
                f"{_FACTORS[one + 1][0]} + {_FACTORS[other + 1][0]}",
                lambda *given, one=one, other=other: (
                    _cache_bytes(*given) * (given[one] + given[other]) / (given[one] * given[other])
                ),
                f"{{got}}: you added {_FACTORS[one + 1][0]} and {_FACTORS[other + 1][0]}. For each of the one there "
                "are all of the other: multiply them.",
            )
            for one, other in itertools.combinations(range(5), 2)
        ),
        Misconception(
            "keys and values apart",
            lambda *given: (_cache_bytes(*given) // 2, _cache_bytes(*given) // 2),
            "{got}: the bytes of the keys and those of the values, both right. Asked for is their sum.",
        ),
        Misconception(
            "layer by layer",
            lambda layers, *given: [_cache_bytes(1, *given)] * layers,
            "{got}: the bytes of each layer, all right. Asked for is their sum.",
        ),
        _other_count(
            "one token too many",
            lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * d_k * (length + 1),
            "{got}: there is one position too many. Kept are length positions, no more.",
        ),
        *(
            _other_count(
                f"a state that does not grow, {name}",
                count,
                "{got} does not depend on the length: that is the state of linear attention. A KV cache keeps a key "
                "and a value for *each* of the length positions.",
            )
            for name, count in (
                ("a table", lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k**2),
                ("a table and a sum", lambda layers, kv_heads, d_k, length: layers * kv_heads * (d_k**2 + d_k)),
                ("two tables", lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * d_k**2),
            )
        ),
        *(
            _other_count(
                f"the map {name}",
                count,
                "{got} has a map of weights in it, length · length. No map is kept: for each position a key and a "
                "value of d_k numbers.",
            )
            for name, count in (
                ("twice", lambda layers, kv_heads, d_k, length: 2 * layers * kv_heads * length**2),
                ("of one layer", lambda layers, kv_heads, d_k, length: kv_heads * length**2),
                ("of one head", lambda layers, kv_heads, d_k, length: layers * length**2),
                ("times d_k", lambda layers, kv_heads, d_k, length: layers * kv_heads * d_k * length**2),
                (
                    "beside the cache",
                    lambda layers, kv_heads, d_k, length: layers * kv_heads * length * (2 * d_k + length),
                ),
            )
        ),
        *(
            Misconception(
                f"in {unit}",
                lambda *given, size=size: _cache_bytes(*given) / size,
                "{got} is right in " + unit + ". Asked for are bytes.",
            )
            for unit, size in (("KiB", 2**10), ("kB", 10**3), ("MiB", 2**20), ("MB", 10**6))
        ),
        Misconception(
            "a larger unit, rounded",
            lambda *given: f"{_cache_bytes(*given) / 2**20:.1f} MiB",
            "{got}: nothing is left. In MiB or GiB these few bytes round to 0; and // gives 0 where the first number "
            "is the smaller one, as in 4 // 8. Asked for is the number of bytes, without a unit: {expected}.",
        ),
        *(
            _several_left_out(places)
            for many in (2, 3)
            for places in itertools.combinations(range(6), many)
            if places != (0, 5)  # an eighth
        ),
    ),
    hints=(
        "How many numbers does one position leave in one head of one layer? Count the key and the value.",
        "2 · d_k numbers for each position, in each head, of each layer; then bytes.",
    ),
    praise="It grows with the length, not with its square; and fewer key/value heads make it smaller.",
)
