"""Exercise 1.3: the factor of one step, read off a logarithmic axis."""

from __future__ import annotations

import numpy as np

from course_utils.exercises.answers_alike import alike
from course_utils.exercises.exercise import Exercise, Misconception

FACTOR = Exercise(
    id="1.3",
    answer="factor_per_step",
    title="Read the factor per step off a line that falls from 1 to 1e-10 in 50 steps.",
    objective="read a decay off a logarithmic axis",
    kind="read",
    minutes=4,
    difficulty=2,
    tolerance=0.006,
    right=lambda: 10 ** (-10 / 50),
    misconceptions=(
        Misconception(
            "read as a linear axis",
            lambda: 1 - 10 / 50,
            "{got} takes the powers of ten as if they were evenly spaced numbers. On this axis a straight line is a "
            "constant factor: which number to the 50th is 1e-10? (section 4)",
            seen=(
                "https://m.moam.info/download/"
                "student-accuracy-in-reading-logarithmic-plots-osu-physics-the-_5b98f035097c470f548b46f6.html"
            ),
        ),
        Misconception(
            "the exponent instead of the factor",
            lambda: 10 / 50,
            "{got} is the powers of ten lost per step. The factor is 10 to the minus that (section 4).",
        ),
        Misconception(
            "a negative exponent as the factor",
            lambda: -10 / 50,
            "{got} is the logarithm of the factor. Raise 10 to it (section 4).",
        ),
        Misconception(
            "one power of ten per step",
            lambda: 0.1,
            "{got} would be a power of ten at each step, 1e-50 after fifty. The line falls by ten powers of ten in "
            "all (section 4).",
        ),
        *alike(
            "the height at the end as the factor",
            (1e-10, 1e-10 / 50),
            "{got}: what all fifty steps did together is 1e-10. Equal factors are multiplied, not added, so one step "
            "is not a fiftieth of that but its fiftieth *root* (section 4).",
        ),
        Misconception(
            "growing instead of falling",
            lambda: 10 ** (10 / 50),
            "{got} is above 1, so the line would rise. It falls: the factor is one over that (section 4).",
        ),
        *(
            Misconception(
                "a logarithm of the factor",
                lambda logarithm=logarithm: logarithm,
                f"{{got}} is {what}. The factor itself is {factor}, or 10 to the -10/50 (section 4).",
            )
            for logarithm, what, factor in (
                (-np.log(10) / 5, "the natural logarithm of the factor", "e to that"),
                (-np.log2(10) / 5, "the logarithm of the factor to the base 2", "2 to that"),
                (np.log(10) / 5, "the natural logarithm of the factor, without its minus", "e to minus that"),
                (np.log2(10) / 5, "the logarithm of the factor to the base 2, without its minus", "2 to minus that"),
                (-np.log(10) * 10, "the natural logarithm of all fifty factors together", "e to a fiftieth of that"),
                (
                    np.log(10) * 10,
                    "the natural logarithm of all fifty factors together, without its minus",
                    "e to minus a fiftieth of that",
                ),
            )
        ),
        *alike(
            "what a step takes",
            (1 - 10**-0.2, 10**-0.2 - 1),
            "{got} is what a step takes away. The factor is what is left of 1 after it: 1 less that.",
        ),
        *alike(
            "shared among the steps",
            (1 / 50, 1 - 1 / 50, -1 / 50, 1 / 51, 1 - 1 / 51),
            "{got} divides by fifty, as if each step took an equal part. On this axis a straight line is a constant "
            "*factor*: which number to the 50th is 1e-10? (section 4)",
        ),
        Misconception(
            "steps for a power of ten",
            lambda: 50 / 10,
            "{got} steps make a power of ten, right. So the factor of one step is the fifth root of 0.1.",
        ),
        Misconception(
            "power of ten in all",
            lambda: -10,
            "{got} is the exponent at the end, after all fifty steps. One step has a fiftieth of it; then 10 to that.",
        ),
        Misconception(
            "powers of ten, without the minus",
            lambda: 10,
            "{got} is how many powers of ten are lost in all, or the base. How many in one step? Then 10 to minus "
            "that.",
        ),
        Misconception(
            "number of steps",
            lambda: 50,
            "{got} is the number of steps. Which factor, multiplied by itself so often, makes 1e-10?",
        ),
        *(
            Misconception(
                "read at another place",
                lambda powers=powers, steps=steps: 10 ** (-powers / steps),
                f"{{got}} would be a line that has fallen by {powers} powers of ten after {steps} steps. This one "
                "falls by 4 in 20, and by 10 in 50 (section 4).",
            )
            for powers, steps in ((4, 50), (4, 10), (6, 50), (8, 50), (10, 20), (10, 40), (10, 100))
        ),
        *(
            Misconception(
                "read at another place, to a power of ten",
                lambda steps=steps: 10 ** (-0.2 * steps),
                f"{{got}} is what {steps} steps do together: the height of the line after {steps} steps. Equal factors "
                f"are multiplied, so one step is its {steps}th root.",
            )
            for steps in (10, 20, 25)
        ),
        *alike(
            "another base than ten",
            (np.exp(-0.2), 2**-0.2, 10 ** (-np.log(10) / 5)),
            "{got} takes another base than ten. The axis shows powers of *ten*: 10 to the -10/50 (section 4).",
        ),
        *(
            Misconception(
                "two steps, or more",
                lambda steps=steps: 10 ** (-0.2 * steps),
                f"{{got}} is the factor of {steps} steps. Asked for is that of one.",
            )
            for steps in (3, 4)
        ),
        *alike(
            "a factor of the lesson",
            (0.9, 0.702, 0.54, 0.5),
            "{got} belongs to a network of the lesson. This line is another: it falls from 1 to 1e-10 in 50 steps. "
            "Read it anew.",
        ),
        *alike(
            "taken by eye",
            (0.6, 0.61, 0.62, 0.64, 0.65),
            "{got} is near, but two decimals are asked for. Do not take it by eye: which number to the 50th is 1e-10?",
        ),
        Misconception(
            "no change",
            lambda: 1,
            "{got} would be a level line. This one falls.",
        ),
        Misconception(
            "minus the factor",
            lambda: -(10**-0.2),
            "{got}: a negative factor would change the sign at every step. The line falls, so the factor lies "
            "between 0 and 1; the minus stands in the exponent.",
        ),
    ),
    hints=(
        "Ask for the number that, multiplied by itself 50 times, gives 1e-10.",
        "Take logarithms: 50 times log10(factor) is -10.",
    ),
    praise="0.63 to the 50th is 1e-10. A straight line on a logarithmic axis is a constant factor.",
)
