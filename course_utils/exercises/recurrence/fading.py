"""Exercise 1.2: what is left of a token after twenty more."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception

_HELD_OF_ALL = sum(0.9**n for n in range(21))  # of the first token and the twenty after it, each as large as 1

FADING = Exercise(
    id="1.2",
    answer="share_left",
    title="Predict how much of a token is left after twenty more, when each step keeps 0.9.",
    objective="predict how fast a state forgets",
    kind="predict",
    minutes=3,
    difficulty=1,
    tolerance=0.004,
    right=lambda: 0.9**20,
    misconceptions=(
        Misconception(
            "a loss is subtracted",
            lambda: 1 - 20 * 0.1,
            "{got} is 1 minus twenty tenths. Each step loses a tenth of what is *left*, so factors multiply "
            "(section 1).",
            seen="https://www.revisiondojo.com/blog/why-does-exponential-decay-feel-so-counterintuitive-in-money-problems",
        ),
        Misconception(
            "the factor counts once",
            lambda: 0.9,
            "{got} is left after one step. There are twenty, and each keeps 0.9 of what the one before left "
            "(section 1).",
        ),
        Misconception(
            "factors added",
            lambda: 20 * 0.9,
            "{got} is twenty times 0.9, more than there was. Each step multiplies what is left: factors multiply, "
            "they do not add (section 1).",
        ),
        *alike(
            "one step too few",
            (0.9**19, 0.14),
            "{got} is 0.9 to the 19th. Twenty more tokens are twenty more steps (section 1).",
        ),
        Misconception(
            "taken by eye",
            lambda: 0.13,
            "{got} is near, but not to two decimals. Let Python multiply: 0.9 to the 20th.",
        ),
        Misconception(
            "what is lost instead of what is left",
            lambda: 1 - 0.9**20,
            "{got} is what has been lost. Asked for is what is left: one minus that (section 1).",
        ),
        Misconception(
            "one step too many",
            lambda: 0.9**21,
            "{got} is 0.9 to the 21st. The token's own step adds it whole; the twenty after it shrink it (section 1).",
        ),
        *alike(
            "shared among the tokens",
            (1 / 20, 1 / 21, 0.9 / 20, 0.9 / 21),
            "{got} divides among the tokens. Nothing is handed round: what is left shrinks by a factor at each step "
            "(section 1).",
        ),
        *(
            Misconception(
                "another number of steps",
                lambda steps=steps: 0.9**steps,
                f"{{got}} is 0.9 to the {steps}th power. Twenty more tokens are twenty more steps (section 1).",
            )
            for steps in (4, 5, 8, 10, 15, 18, 22, 30, 40)
        ),
        Misconception(
            "two steps",
            lambda: 0.9**2,
            "{got} is 0.9 times 0.9, what is left after two steps. There are twenty (section 1).",
        ),
        Misconception(
            "one half at each step",
            lambda: 0.5**20,
            "{got} is what is left where each step keeps a half, as in section 1. Here each keeps nine tenths.",
        ),
        *alike(
            "nothing left",
            (0, 0.1**20),
            "{got}: little is left, but not that little. Each step takes a tenth of what is *left*, not of the whole, "
            "and keeps nine tenths of it.",
        ),
        Misconception(
            "the gates of section 4",
            lambda: 0.95**20,
            "{got} is 0.95 to the 20th: the open gates of section 4 keep 95%. Here each step keeps nine tenths.",
        ),
        Misconception(
            "all is left",
            lambda: 1,
            "{got}: then nothing would be forgotten. Each of the twenty steps keeps nine tenths (section 1).",
        ),
        *(
            Misconception(
                "share of the whole state",
                lambda held=held: 0.9**20 / held,
                "{got} is the token's share of all that the state then holds. Asked for is what is left of the token "
                "*itself*, of the 1 that came in.",
            )
            for held in (_HELD_OF_ALL, _HELD_OF_ALL - 1, 10)
        ),
        Misconception(
            "all that the state holds",
            lambda: _HELD_OF_ALL,
            "{got} is what the state holds of all tokens together. Asked for is what is left of the first.",
        ),
        *alike(
            "all that the state holds, less one token",
            (_HELD_OF_ALL - 1, _HELD_OF_ALL - 0.9**20),
            "{got} adds up what is left after each step. Asked for is what is left after the last of them.",
        ),
        Misconception(
            "the loss of one step",
            lambda: 0.1,
            "{got} is what one step takes, a tenth. (Or the answer with one decimal: two are asked for.)",
        ),
        Misconception(
            "losses added",
            lambda: 20 * 0.1,
            "{got} is twenty tenths, more than there was. Each step takes a tenth of what is *left* (section 1).",
        ),
        Misconception(
            "factors added, with the first",
            lambda: 21 * 0.9,
            "{got} adds factors. They multiply: 0.9 of 0.9 of 0.9 … (section 1).",
        ),
        *alike(
            "a loss is subtracted, elsewhere",
            (0.9 - 2, 1 - 21 * 0.1, 1 - 20 * 0.9),
            "{got} takes the same off at each step. Each step takes a tenth of what is *left*, so factors multiply "
            "(section 1).",
        ),
        Misconception(
            "a hundredth a step",
            lambda: 1 - 0.2,
            "{got} would be a loss of a hundredth at each of twenty steps. It is a tenth, and of what is *left*.",
        ),
        Misconception(
            "a hundredth of what is left a step",
            lambda: 0.99**20,
            "{got} is 0.99 to the 20th. Nine tenths are 0.9.",
        ),
        Misconception(
            "another number of steps, what is lost",
            lambda: 1 - 0.9**21,
            "{got} is what has been lost, and after 21 steps. Asked for is what is left after twenty.",
        ),
        Misconception(
            "base and exponent exchanged",
            lambda: 20**0.9,
            "{got} is 20 to the power 0.9. It is 0.9 that is multiplied by itself, twenty times: 0.9 ** 20.",
        ),
        Misconception(
            "root instead of power",
            lambda: 0.9 ** (1 / 20),
            "{got} to the 20th is 0.9. Each step keeps 0.9, so it is 0.9 to the 20th.",
        ),
        *alike(
            "the logarithm",
            (20 * np.log(0.9), 20 * np.log10(0.9), 20 * np.log2(0.9)),
            "{got} is a logarithm of the share. Raise its base to it, or take 0.9 ** 20 at once.",
        ),
        Misconception(
            "fading without steps",
            lambda: np.exp(-2),
            "{got} is e to the -2, for a loss that never pauses. Here there are twenty steps of 0.9 each.",
        ),
        Misconception(
            "a product with the number of tokens",
            lambda: 20 * 0.9**20,
            "{got} is twenty times what is left. The twenty is the exponent, and no more.",
        ),
        Misconception(
            "a fifth of nine tenths",
            lambda: 0.9 * 0.2,
            "{got} is 0.9 times twenty hundredths. Twenty is the number of steps: 0.9 is multiplied by itself.",
        ),
        Misconception(
            "a half",
            lambda: 0.5,
            "{got}: half is left after about seven steps already. Here there are twenty.",
        ),
    ),
    hints=(
        "After one more token 0.9 is left, after two 0.9 times 0.9.",
        "Each of the twenty tokens brings one more factor of 0.9. In Python, ** multiplies a number by itself.",
    ),
    praise="0.9 to the 20th is 0.12: a tenth a step, and after twenty steps nearly nine tenths are gone.",
)
