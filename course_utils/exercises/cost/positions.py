"""Exercise 9.6: where new tokens stand after cached ones."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.exercises.exercise import Exercise, Misconception

_STEPS = ((5, 3), (3, 1), (0, 4))  # in the first, every mistake gives another list


def _from_to(first: int, last: int) -> Misconception:
    """A range that begins or ends beside the right place."""
    where = {-1: "one too early", 0: "rightly", 1: "one too late"}
    return Misconception(
        f"begins {where[first]}, ends {where[last]}",
        lambda cached, new: list(range(cached + first, cached + new + last)),
        f"{{got}} begins {where[first]} and ends {where[last]}. The cached tokens stand at 0, 1 and so on up to cached "
        "- 1, so the new ones begin at cached; and there are new of them, range(cached, cached + new).",
    )


def _joined(join: Callable[[int, int], object], name: str) -> Misconception:
    return Misconception(
        f"a number added to a {name}",
        join,
        "A number cannot be added to a list or a range: + joins two lists. Add it to each position, "
        "[cached + i for i in range(new)], or let the range begin later, range(cached, cached + new).",
    )


_GO_ON = "Five cached tokens stand at 0 to 4, so the next one stands at 5, and the one after that at 6."

POSITIONS = Exercise(
    id="9.6",
    answer="positions_of",
    title="Mend positions_of(cached, new): where in the text do the new tokens stand, after cached ones?",
    objective="count positions on when a KV cache is used",
    kind="mend",
    minutes=3,
    difficulty=1,
    cases=_STEPS,
    right=lambda cached, new: list(range(cached, cached + new)),
    misconceptions=(
        Misconception(
            "restarts at 0",
            lambda cached, new: list(range(new)),
            "{got}, as in the code that came: the count restarts at 0, so every new token claims to be the first of "
            "the text. With {expected} it goes on where the cache ends.",
            seen="https://github.com/Blaizzy/mlx-vlm/issues/1983",
        ),
        Misconception(
            "one too far",
            lambda cached, new: list(range(cached + 1, cached + new + 1)),
            "{got} is one too far. Positions count from 0: five cached tokens stand at 0 to 4, so the next one is at "
            "5.",
            seen="https://github.com/fla-org/flash-linear-attention/issues/766",
        ),
        Misconception(
            "the last cached one again",
            lambda cached, new: list(range(cached - 1, cached + new - 1)),
            "{got} begins at the last cached token. Five cached tokens stand at 0 to 4; the next one is at 5.",
        ),
        Misconception(
            "cached ones as well",
            lambda cached, new: list(range(cached + new)),
            "{got}: these are the positions of all tokens. Only the new ones go through the network; asked for are "
            "theirs.",
        ),
        *(_from_to(first, last) for first, last in ((0, -1), (1, 0), (-1, 0), (-1, 1))),
        *(
            Misconception(name, positions, "{got}: " + what + " " + _GO_ON)
            for name, positions, what in (
                (
                    "restarts at 1",
                    lambda cached, new: list(range(1, new + 1)),
                    "the count restarts, at 1, so the new tokens claim to stand near the beginning of the text.",
                ),
                (
                    "cached and new exchanged",
                    lambda cached, new: list(range(new, new + cached)),
                    "cached and new have changed places: you begin at new and give as many positions as are cached.",
                ),
                (
                    "begins at new",
                    lambda cached, new: list(range(new, 2 * new)),
                    "you begin at new. But new is how many tokens come, cached how many stand before them.",
                ),
                (
                    "as many as are cached",
                    lambda cached, new: list(range(cached, 2 * cached)),
                    "you begin rightly, but give as many positions as are cached. As many are asked for as are new.",
                ),
                (
                    "from new to cached",
                    lambda cached, new: list(range(new, cached)),
                    "range(new, cached) begins at how many are new and ends at how many are cached.",
                ),
                (
                    "the last of the cached ones",
                    lambda cached, new: list(range(cached - new, cached)),
                    "these are places of cached tokens, the last of them. They are taken.",
                ),
                (
                    "cached added twice",
                    lambda cached, new: [2 * cached + i for i in range(new)],
                    "you added cached twice.",
                ),
                (
                    "restarts, backwards",
                    lambda cached, new: list(range(new - 1, -1, -1)),
                    "the count restarts at 0, and runs backwards.",
                ),
                (
                    "from the end down",
                    lambda cached, new: [cached + new - i for i in range(new)],
                    "you begin one beyond the end and count down.",
                ),
                (
                    "every cached-th position",
                    lambda cached, new: list(range(0, cached + new, cached or 1)),
                    "the third argument of range is its step. Positions grow by 1.",
                ),
                (
                    "after the new ones, one too far",
                    lambda cached, new: [cached + new + i + 1 for i in range(new)],
                    "you begin beyond where the new tokens end.",
                ),
                (
                    "places as shares of the length",
                    lambda cached, new: [(cached + i) / (cached + new) for i in range(new)],
                    "you divided by how many tokens there are. A position is a whole number.",
                ),
                (
                    "cached subtracted",
                    lambda cached, new: [i - cached for i in range(new)],
                    "you subtracted cached. The new tokens stand *after* the cached ones: add it.",
                ),
                (
                    "steps as long as new",
                    lambda cached, new: [new * i for i in range(new)],
                    "you multiplied by new. From one token to the next the position grows by 1.",
                ),
                (
                    "steps as long as new, from the cache on",
                    lambda cached, new: [cached + new * i for i in range(new)],
                    "you begin rightly, but go on in steps of new. From one token to the next the position grows by 1.",
                ),
                (
                    "all at 0",
                    lambda cached, new: [0] * new,
                    "all new tokens claim the first place of the text.",
                ),
                (
                    "a mask",
                    lambda cached, new: [0] * cached + [1] * new,
                    "that is a mask of all tokens, 1 where one is new. Asked for are the positions of the new ones.",
                ),
                (
                    "the number of new tokens",
                    lambda cached, new: new,
                    "that is how many come. Asked for is a list with the position of each.",
                ),
                (
                    "a number one further",
                    lambda cached, new: cached + 1,
                    "that is one number, and one too far for the first of them. Asked for is a list with the position "
                    "of each.",
                ),
                (
                    "the last position, a number",
                    lambda cached, new: cached + new - 1,
                    "that is the position of the last new token. Asked for is a list with the position of each.",
                ),
                (
                    "after the new ones",
                    lambda cached, new: list(range(cached + new, cached + 2 * new)),
                    "you begin where the new tokens *end*.",
                ),
                (
                    "steps as long as the cache",
                    lambda cached, new: [cached * i for i in range(new)],
                    "you multiplied by cached. It is what to *add*: from one token to the next the position grows by "
                    "1.",
                ),
                *(
                    (
                        name,
                        positions,
                        "negative places count from the end of a list. Positions in a text count from its beginning.",
                    )
                    for name, positions in (
                        ("negative", lambda cached, new: list(range(-new, 0))),
                        ("negative, backwards", lambda cached, new: [-i for i in range(1, new + 1)]),
                    )
                ),
                (
                    "backwards from the cache",
                    lambda cached, new: list(range(cached, cached - new, -1)),
                    "you count down from where the cache ends. Those places are taken.",
                ),
                (
                    "in steps that are too long",
                    lambda cached, new: [cached + new * i / max(new - 1, 1) for i in range(new)],
                    "np.linspace includes its end, so the steps are longer than 1. np.arange(cached, cached + new) and "
                    "range stop before theirs.",
                ),
                *(
                    (
                        f"the first after the cache, the others from {first}",
                        lambda cached, new, first=first: [cached, *range(first, first + new - 1)],
                        f"the first is right, but the others count anew from {first}. Each stands one after the one "
                        "before: cached + i.",
                    )
                    for first in (0, 1)
                ),
                (
                    "all the new ones at the end",
                    lambda cached, new: [cached + new] * new,
                    "all new tokens claim the same position, one beyond the end.",
                ),
                (
                    "all the new ones at the last place",
                    lambda cached, new: [cached + new - 1] * new,
                    "all new tokens claim the same position, the last.",
                ),
                (
                    "first and last",
                    lambda cached, new: [cached, cached + new - 1],
                    "you gave where the new ones begin and where they end. Asked for is a position for each.",
                ),
                (
                    "first and after the last",
                    lambda cached, new: [cached, cached + new],
                    "you gave the two ends of the range. Asked for is a position for each new token.",
                ),
                (
                    "cached and new",
                    lambda cached, new: [cached, new],
                    "these are the two numbers that came. Asked for is a position for each new token.",
                ),
                (
                    "only the last one",
                    lambda cached, new: [cached + new - 1],
                    "that is the last new token alone. Asked for is a position for each.",
                ),
                (
                    "all of them, the new ones from 0 again",
                    lambda cached, new: [*range(cached), *range(new)],
                    "these are the positions of all tokens, and the new ones begin at 0 again. Asked for are the new "
                    "ones' alone.",
                ),
                (
                    "all of them, counted from 1",
                    lambda cached, new: list(range(1, cached + new + 1)),
                    "these are the positions of all tokens, counted from 1. Asked for are the new ones', counted from "
                    "0.",
                ),
                (
                    "all of them, and one more",
                    lambda cached, new: list(range(cached + new + 1)),
                    "these are the positions of all tokens, and one more. Asked for are the new ones'.",
                ),
            )
        ),
        Misconception(
            "backwards",
            lambda cached, new: list(range(cached + new - 1, cached - 1, -1)),
            "{got}: the right positions, the last one first. Give them in the order of the text, the first one first.",
        ),
        _joined(lambda cached, new: cached + list(range(new)), "list"),
        _joined(lambda cached, new: list(range(new)) + cached, "list, behind it"),
        _joined(lambda cached, new: cached + range(new), "range"),
        _joined(lambda cached, new: range(new) + cached, "range, behind it"),
        Misconception(
            "only the cached ones",
            lambda cached, new: list(range(cached)),
            "{got}: these are the positions of the cached tokens. Asked for are those that follow.",
        ),
        Misconception(
            "new taken for the end",
            lambda cached, new: list(range(cached, new)),
            "{got}: range(cached, new) ends before it begins. new is how many, not where they end: cached + new.",
        ),
        Misconception(
            "one too many",
            lambda cached, new: list(range(cached, cached + new + 1)),
            "{got}: one too many. range stops before its end, so the end is cached + new.",
        ),
        Misconception(
            "a number instead of a list",
            lambda cached, new: cached,
            "{got} is where the new tokens begin. Asked for is a list with the position of each.",
        ),
        Misconception(
            "the number of tokens",
            lambda cached, new: cached + new,
            "{got} is how many tokens there are now. Asked for is a list with the position of each new one.",
        ),
        Misconception(
            "only the first new one",
            lambda cached, new: [cached],
            "{got}: right for the first new token. There may be several at once: a position for each. (Is return "
            "inside a loop? Then it ends in its first round.)",
        ),
        Misconception(
            "all at the same position",
            lambda cached, new: [cached] * new,
            "{got}: all new tokens claim the same position. The second one stands one further.",
        ),
    ),
    hints=(
        "Three tokens are cached, at 0, 1 and 2. Where does the next one stand?",
        "range(start, end) stops before its end. Where do the new ones begin, and where would the next after them be?",
    ),
    praise="The count goes on where the cache ends. Nothing stops when it does not: the text only gets worse.",
)
