"""Exercise 6.4: how many query-key pairs are scored with a KV cache."""

from __future__ import annotations

import math

from course_utils.exercises.exercise import Exercise, Misconception

_EACH_STEP = "With the cache step t scores t pairs: 1, then 2, up to 100."
# Totals that a wrong idea gives, with the idea.
_OTHER_TOTALS = tuple(
    Misconception(name, lambda total=total: total, f"{told} {_EACH_STEP}")
    for name, told, totals in (
        ("the lesson's 26 tokens", "{got} belongs to the story of section 8, 26 tokens. Here there are 100.",
         (351, 325, 26, 676)),
        ("the lesson's 26 tokens, without a cache", "{got} belongs to the story of section 8, 26 tokens, read anew "
         "each time. Here there are 100, and a cache.", (6201, 5525, 3276)),
        ("a hundred times the full square", "{got} is 100 x 100 x 100: all ask all at each of the 100 steps. There are "
         "only as many tokens as have come, and with a cache only the new one asks.", (100**3,)),
        ("what the cache saves", "{got} is what the cache saves, 338,350 without it less what is asked for; or all ask "
         "again at each step, and each leaves its own key out.", (sum(t * (t - 1) for t in range(1, 101)),)),
        ("what the cache saves, with a mask", "{got} is what the cache saves, 171,700 without it less what is asked "
         "for; or all ask again at each step, and each leaves its own key out.",
         (sum(t * (t - 1) // 2 for t in range(1, 101)),)),
        ("without a cache, and the newest left out", "{got} is 1 + 4 + … + 99 · 99: all tokens ask again at each step, "
         "and the newest is left out.", (sum(t * t for t in range(100)),)),
        ("without a cache, and the newest left out", "{got} is 1 + 3 + 6 + … + 4,851: all tokens ask again at each "
         "step, the newest is left out, and each leaves its own key out.", (161_700,)),
        ("without a cache, start counted", "{got} has all tokens ask again at each step, and goes on to 101.",
         (sum(t * t for t in range(1, 102)), sum(t * (t + 1) // 2 for t in range(1, 102)))),
        ("one step too few without a cache", "{got} leaves a step out, and has all tokens ask again at each.",
         (sum(t * (t + 1) for t in range(1, 101)),)),
        ("pairs of the last step only", "{got} is about one step, the last. All steps are asked for.", (99, 101)),
        ("queries and keys added", "{got} counts queries and keys, not the pairs that they make.", (200, 300, 198)),
        ("a token alone scores nothing", "{got} begins with the second token. The first asks itself: 1 pair.", (5049,)),
        ("mean of the steps", "{got} is the mean of a step. All together are asked for.", (50, 51, 50.5)),
        ("how many times fewer", "{got} is how many times fewer the cache makes it. Asked for is how many pairs are "
         "scored.", (67, 66, 66.9)),
        ("steps left out", "{got} leaves the last step out, or the first.", (4851, 4753)),
        ("another square", "{got} is a product of one count with another, a whole square or a side of it more. A step "
         "scores as many pairs as there are tokens by then, and these are added up.", (10_201, 10_302, 10_099, 9801)),
        ("half of the hundred", "{got} comes from 50 tokens. All 100 are written.", (1275, 2500, 2550, 1225)),
        ("twice the tokens", "{got} comes from 200 tokens: were prompt and answer counted? The text has 100 in all.",
         (20_100, 19_900)),
        ("heads and layers counted", "{got} counts several heads or layers. Here there is one of each.",
         (4 * 5050, 8 * 5050, 3 * 5050, 2 * 10_000, 4 * 10_000, 8 * 10_000)),
        ("bytes of the cache", "{got} is what a cache holds. Asked for are the pairs that are scored.",
         (100 * 64, 200 * 64, 400 * 64, 800 * 64, 1600 * 64)),
        ("nothing scored again", "With a cache no pair is scored twice, right. But each is scored once.", (0, 1)),
        ("a power of ten", "The digits are right, the zeros are not: {got}.", (505, 50_500, 505_000)),
        ("a factor for each token", "{got} multiplies what is to be added up: steps come one after another.",
         (2**100 - 1, 2**100, math.factorial(100))),
    )
    for total in totals
)  # fmt: skip


CACHE = Exercise(
    id="6.4",
    answer="pairs_with_cache",
    title="Predict how many query-key pairs are scored for 100 tokens, one by one, with a KV cache.",
    objective="count what a KV cache saves and what it does not",
    kind="predict",
    minutes=4,
    difficulty=2,
    tolerance=0.4,
    right=lambda: sum(range(1, 101)),
    misconceptions=(
        Misconception(
            "the full square",
            lambda: 100**2,
            "{got} is 100 x 100, every token with every other. But a token has no later ones to ask yet: the first "
            "asks 1, the second 2, the last 100.",
        ),
        Misconception(
            "itself not counted",
            lambda: sum(range(100)),
            "{got} counts only the tokens before. Each new token asks itself as well: the first one scores 1 pair, not "
            "0.",
            seen="https://github.com/harvard-edge/cs249r_book/pull/1953",
        ),
        Misconception(
            "without a cache",
            lambda: sum(t**2 for t in range(1, 101)),
            "{got} is 1 + 4 + 9 + … + 10,000: at each step all tokens ask all again. With a cache only the new token "
            "asks; what the old ones found does not change.",
        ),
        Misconception(
            "without a cache, with a mask",
            lambda: sum(t * (t + 1) // 2 for t in range(1, 101)),
            "{got} lets all old tokens ask again at each step, each itself and those before it. With a cache only the "
            "new token asks: 1 pair, then 2, then 3.",
        ),
        Misconception(
            "one pair for each token",
            lambda: 100,
            "{got} is the number of queries. The cache spares making the old keys again, but each query is still "
            "scored against all of them: 1, then 2, then 3.",
            seen="https://github.com/rohitg00/ai-engineering-from-scratch/pull/356",
        ),
        Misconception(
            "a row and a column",
            lambda: 199,
            "{got} is 100 + 99, what the last token alone would add without a mask, a row and a column. Asked for are "
            "all 100 steps, each with one row: 1, then 2, up to 100.",
        ),
        Misconception(
            "half of the square",
            lambda: 5000,
            "Nearly: {got} is half of 100 x 100, which cuts the diagonal in two. Each token asks itself, so the whole "
            "diagonal counts.",
        ),
        Misconception(
            "all but the diagonal",
            lambda: 9900,
            "{got} is 100 x 99, every token with all others. Later ones are not there yet to be asked, and each token "
            "does ask itself.",
        ),
        Misconception(
            "keys and values counted apart",
            lambda: 2 * sum(range(1, 101)),
            "{got} counts each pair twice. The cache holds keys and values, but only a key is scored; the value is "
            "what the score fetches.",
        ),
        Misconception(
            "start counted",
            lambda: sum(range(1, 102)),
            "{got} goes on to 101: did you count a <start> as well? The text has 100 tokens in all, and they ask: 1, "
            "then 2, and 100 at the last.",
        ),
        Misconception(
            "a first token before the first",
            lambda: sum(range(2, 102)),
            "{got} begins with 2 pairs. The first token has only itself to ask.",
        ),
        *_OTHER_TOTALS,
    ),
    hints=(
        "Count the first three steps with a pencil. How many keys are in the cache when the third token asks?",
        "1 + 2 + 3 + … + 100. The first and the last together are 101, and so are the second and the last but one.",
    ),
    praise="1 + 2 + … + 100 = 5,050: each step grows by one pair. Asking all of it again each time makes 338,350.",
)
