"""The attention explorer in a real browser, on pages of its own: no JupyterLab, no kernel, no network."""

import itertools
import json
import random
import re

import numpy as np
import pytest
import torch

from course_utils.attention import causal_mask, scaled_dot_product_attention, softmax
from course_utils.widgets.attention_explorer import AttentionExplorer
from course_utils.widgets.attention_explorer.module import MODULE
from course_utils.widgets.attention_explorer.page import page_script

WORDS = ["the", "bank", "of", "the", "muddy", "river"]
HOSTILE = [
    "<script>window.broken = 1</script>",
    "</script><img src=x onerror='window.broken = 1'>",
    "<!--<script>",
    '"&quot;',
    "שלום",
    "👩‍👩‍👧‍👦",
    "a\nb",
    " ",
    "",
    "\u202egnp.exe",
]
LOAD = """async (source) => {
  window.ours = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  window.values = (saved) => Object.fromEntries(Object.entries(saved).map(([name, value]) => [
    name,
    name.endsWith("_data") && typeof value === "string"
      ? new DataView(Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0)).buffer)
      : value,
  ]));
  window.asked = (saved) => {
    const all = values(saved);
    return [ours.readProblem((name) => all[name]), all];
  };
}"""


def random_heads(H, *lengths, d_k=8, seed=0):
    """Queries, keys and values of the given lengths, from fixed random numbers."""
    generator = torch.Generator().manual_seed(seed)
    return [1.5 * torch.randn(H, length, d_k, generator=generator) for length in lengths]


def self_attention(**options):
    padding = torch.tensor([True] * 4 + [False] * 2)
    return AttentionExplorer(WORDS, *random_heads(3, 6, 6, 6), masks={"padding": padding}, **options)


def sixty_four():
    heads = random_heads(12, 64, 64, 64, d_k=32)
    return AttentionExplorer([f"word{i}" for i in range(64)], *heads, name="64 tokens, 12 heads")


def saved(explorer):
    """What the explorer's page has in it, as a page without a kernel reads it."""
    return json.loads(re.search(r"<script[^>]*>(.*?)</script>", explorer.page(), re.DOTALL)[1])


def document(*explorers):
    body = "<p>before</p>".join(explorer.page() for explorer in explorers)
    return f"<!doctype html><html lang=en><title>Test</title><body>{body}{page_script()}</body></html>"


def show(page, *explorers):
    """A page with these explorers; the first one's root element."""
    page.set_content(document(*explorers))
    return page.locator(".attention-explorer").first


def settle(page):
    """Wait until what was asked for has been drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def words(root):
    settle(root.page)
    return root.locator(".ae-words").inner_text()


def numbers(root):
    return root.locator(".ae-number").all_inner_texts()


def chosen(root, name):
    """Which option of a list is marked as chosen, counted from 1."""
    options = root.locator(f".ae-{name}-list li").all()
    return [at + 1 for at, option in enumerate(options) if option.get_attribute("aria-selected") == "true"]


@pytest.fixture
def module(page):
    """A page with the module's functions: ``ours``, and ``asked(saved) -> [problem, state]``."""
    page.set_content("<!doctype html><title>Test</title>")
    page.evaluate(LOAD, MODULE)
    yield page
    assert page.faults == []


def in_the_browser(module, explorers):
    """The weights (T_q, T_k) of the chosen head of each explorer, as the page computes them."""
    maps = module.evaluate(
        """(all) => all.map((saved) => {
          const [problem, state] = asked(saved);
          return Array.from(ours.weightMap(problem, state, state.head));
        })""",
        [saved(explorer) for explorer in explorers],
    )
    return [np.array(weights).reshape(saved(explorer)["shape"][1:3]) for weights, explorer in zip(maps, explorers)]


def assert_equal_weights(module, explorer, moves, expected):
    explorer.set(**moves)
    np.testing.assert_allclose(in_the_browser(module, [explorer])[0], expected.numpy(), atol=1e-12)


def weights_by_torch(state):
    """All weights (T_q, T_k) of the chosen head of ``self_attention()`` in double precision."""
    query, key, value = (tensor[state["head"] - 1].double() for tensor in random_heads(3, 6, 6, 6))
    query = query / state["temperature"] * (1 if state["scaled"] else 8**0.5)
    allowed = {"none": None, "causal": causal_mask(6), "padding": torch.arange(6) < 4}[state["mask"]]
    return scaled_dot_product_attention(query, key, value, allowed)[1]


def test_weights_are_those_of_torch_under_every_mask_scale_and_temperature(module):
    explorer = self_attention()
    for mask, scaled, temperature in itertools.product(["none", "causal", "padding"], [True, False], [1.0, 0.1, 5.0]):
        explorer.set(mask=mask, scaled=scaled, temperature=temperature, head=2)
        assert_equal_weights(module, explorer, {}, weights_by_torch(explorer.state))


def test_weights_with_a_bias_are_those_of_torch(module):
    query, key, value = random_heads(2, 3, 5, 5)
    bias = torch.linspace(-2, 2, 2 * 3 * 5).reshape(2, 3, 5)
    explorer = AttentionExplorer(list("abc"), query, key, value, key_tokens=list("vwxyz"), score_bias=bias)
    exact = [tensor.double() for tensor in (query / 0.5, key, value)]
    _, weights = scaled_dot_product_attention(*exact, score_bias=bias.double() / 0.5)
    assert_equal_weights(module, explorer, {"head": 2, "temperature": 0.5}, weights[1])


def test_ready_weights_stay_or_are_sharpened_by_the_temperature(module):
    ready = torch.softmax(torch.arange(25.0).reshape(5, 5) % 7, dim=-1)
    ready[3] = 0  # may attend nowhere
    ready[4] = torch.tensor([0.0, 0.5, 0.5, 0, 0])
    explorer = AttentionExplorer(list("abcde"), weights=ready)
    exact = ready.double()
    assert_equal_weights(module, explorer, {}, exact / exact.sum(-1, keepdim=True).clamp(min=1e-9))
    powers = exact**4
    assert_equal_weights(module, explorer, {"temperature": 0.25}, powers / powers.sum(-1, keepdim=True).clamp(min=1e-9))


def test_a_row_that_may_attend_nowhere_is_all_zeros(module):
    nowhere = torch.ones(6, 6, dtype=torch.bool)
    nowhere[2] = False
    query, key, value = random_heads(1, 6, 6, 6)
    explorer = AttentionExplorer(WORDS, query, key, value, masks={"odd": nowhere})
    _, weights = scaled_dot_product_attention(query[0].double(), key[0].double(), value[0].double(), nowhere)
    assert not weights[2].any()
    assert_equal_weights(module, explorer, {"mask": "odd"}, weights)
    root = show(module, explorer)
    explorer.set(query=3)
    root.locator(".ae-query-list").press("ArrowDown")
    root.locator(".ae-query-list").press("ArrowDown")
    assert words(root) == explorer.words == "of (token 3) may attend nowhere: all its weights are 0. Mask: odd."
    assert numbers(root) == ["masked"] * 6
    assert root.locator(".ae-curves path[d]").count() == 0


def random_explorers(draw):
    """Explorers of every kind, with names and marks, in which ties and rounding have their chances."""
    marked = torch.rand(6, 6, generator=torch.Generator().manual_seed(1)) < 0.4
    sharing = torch.full((5, 8), 0.125)
    names = ["first", "second", "<third>"]
    query, key, value = random_heads(3, 6, 6, 6)
    yield self_attention()
    yield self_attention(marked=marked, marked_as=["bricks", "", "שלום", "words", "the rest", "x"], head_names=names)
    yield AttentionExplorer(list("abcde"), weights=sharing, key_tokens=list("stuvwxyz"), unit="note", temperature=0.3)
    yield AttentionExplorer(WORDS, query.round(), key.round(), unit="word", temperature=2.5, scaled=False)
    yield AttentionExplorer(HOSTILE, *random_heads(2, len(HOSTILE), len(HOSTILE)))
    yield AttentionExplorer(["alone"], torch.ones(1, 2), torch.ones(1, 2), marked=[[True]], marked_as=["itself"])


def random_moves(explorer, draw):
    here = saved(explorer)
    H, T_q, T_k, d_k, _ = here["shape"]
    start = here["start_temperature"]
    steps = [start * 10 ** (step / 10) for step in range(-10, 11)]
    moves = {"query": draw.randint(1, T_q), "key": draw.randint(1, T_k), "head": draw.randint(1, H)}
    moves["temperature"] = draw.choice([start, *steps, 1.125 * start, 0.3125 * start])
    moves["mask"] = draw.choice(here["mask_names"])
    return moves | ({"scaled": draw.random() < 0.5} if d_k else {})


def test_the_words_are_those_of_python_in_many_states(module):
    draw = random.Random(6)
    states, expected = [], []
    for explorer in random_explorers(draw):
        for _ in range(50):
            explorer.set(**random_moves(explorer, draw))
            states.append(saved(explorer))
            expected.append(explorer.words)
    told = module.evaluate(
        """(all) => all.map((saved) => {
          const [problem, state] = asked(saved);
          return ours.rowInWords(problem, state, ours.weightRow(problem, state, state.head, state.query));
        })""",
        states,
    )
    assert told == expected
    assert len(set(expected)) >= 200
    assert any("bricks" in sentence for sentence in expected)


def steps(module, explorer):
    told = module.evaluate("(saved) => ours.arithmeticSteps(...asked(saved))", saved(explorer))
    return {step["name"]: step for step in told}


def test_the_arithmetic_is_that_of_torch(module):
    query, key, value = (tensor.double() for tensor in random_heads(2, 4, 5, 5, d_k=6))
    bias = torch.linspace(-1, 1, 40).reshape(2, 4, 5).float()
    late = torch.tensor([True, True, True, True, False])
    explorer = AttentionExplorer(
        list("abcd"),
        query,
        key,
        value,
        key_tokens=list("vwxyz"),
        score_bias=bias,
        masks={"padding": late},
    )
    explorer.set(query=2, key=3, head=2, temperature=0.5, mask="padding")
    told = steps(module, explorer)
    q, k, v, b = query[1, 1], key[1], value[1], bias[1, 1].double()
    scores = (k @ q / 6**0.5 + b) / 0.5
    weights = softmax(scores, late)
    exps = (scores - scores[late].max()).exp() * late
    expected = {
        "query · key": q @ k[2],
        "÷ √d_k": q @ k[2] / 6**0.5,
        "+ bias": q @ k[2] / 6**0.5 + b[2],
        "÷ temperature": scores[2],
        "exp": exps[2],
        "sum of the row": exps.sum(),
        "weight": weights[2],
        "weight × value": weights[2] * v[2],
        "context": weights @ v,
    }
    assert [name for name in told if name != "mask"] == list(expected)
    for name, number in expected.items():
        np.testing.assert_allclose(told[name]["value"], number.numpy(), rtol=1e-6, err_msg=name)
    assert told["query · key"]["formula"].count("×") == 3
    assert "(3 more)" in told["query · key"]["formula"]
    assert told["mask"]["result"] == "allowed"
    assert told["weight"]["result"] == f"{weights[2]:.3g}"

    four = AttentionExplorer(list("abcd"), *random_heads(1, 4, 4, 4, d_k=4))  # so few are all written
    told = steps(module, four)
    assert told["query · key"]["formula"].count("×") == 4
    assert told["sum of the row"]["formula"].count("+") == 3
    assert told["context"]["result"].count(",") == 3
    assert "more" not in "".join(step["formula"] + str(step["result"]) for step in told.values())

    explorer.set(key=5, scaled=False)
    told = steps(module, explorer)
    assert told["mask"]["result"] == "not allowed: −∞"
    assert "÷ √d_k" not in told
    assert told["not scaled"]["value"] == pytest.approx(float(q @ k[4]))
    assert told["exp"]["value"] == told["weight"]["value"] == 0


def test_the_arithmetic_of_ready_weights_begins_with_the_weight(module):
    explorer = AttentionExplorer(list("ab"), weights=[[0.25, 0.75], [0, 1]], value=torch.tensor([[1.0, 2], [3, 4]]))
    told = steps(module, explorer)
    assert list(told)[:3] == ["ready weight", "score", "÷ temperature"]
    assert told["ready weight"]["result"] == "0.250"
    assert told["score"]["value"] == pytest.approx(np.log(0.25))
    assert told["weight"]["value"] == pytest.approx(0.25)
    assert told["context"]["value"] == pytest.approx([2.5, 3.5])
    explorer.set(query=2)
    assert steps(module, explorer)["score"]["result"] == "−∞"


def test_every_control_by_keyboard_and_the_picture_follows(page):
    explorer = self_attention()
    root = show(page, explorer)
    assert words(root) == explorer.words
    assert root.get_by_role("listbox").count() == 2

    def press(control, *keys, **state):
        for key in keys:
            control.press(key)
        assert words(root) == explorer.set(**state), state
        assert chosen(root, "query") == [explorer.state["query"]]
        assert chosen(root, "key") == [explorer.state["key"]]
        weights = weights_by_torch(explorer.state)[explorer.state["query"] - 1].numpy()
        shown = [float("nan") if number == "masked" else float(number) for number in numbers(root)]
        np.testing.assert_allclose(np.nan_to_num(shown), weights, atol=0.005001)
        assert_curves(root, weights)

    queries, keys = root.locator(".ae-query-list"), root.locator(".ae-key-list")
    press(queries, "ArrowDown", query=2)
    press(queries, "End", query=6)
    press(queries, "ArrowDown", query=6)  # nothing beyond the end
    press(queries, "ArrowRight", "ArrowRight", key=3)
    press(queries, "Home", "ArrowDown", "ArrowUp", query=1)
    press(queries, "ArrowLeft", key=2)
    press(keys, "ArrowDown", "ArrowRight", query=2, key=3)
    press(keys, "End", key=6)
    slider = root.get_by_role("slider", name="temperature")
    press(slider, "ArrowLeft", "ArrowLeft", "ArrowLeft", temperature=0.501)  # 10 ** -0.3, to the digits that are shown
    assert slider.get_attribute("aria-valuetext") == "0.501"
    press(slider, "End", temperature=10.0)
    press(slider, "Home", temperature=0.1)
    press(root.get_by_role("checkbox", name="divide by"), "Space", scaled=False)
    press(root.get_by_role("combobox", name="mask"), "c", mask="causal")
    assert numbers(root)[2:] == ["masked"] * 4
    press(root.get_by_role("combobox", name="mask"), "ArrowDown", mask="padding")
    heads = root.get_by_role("radio")
    press(heads.nth(0), "ArrowRight", head=2)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Head 2"
    press(heads.nth(1), "ArrowLeft", head=1)
    press(heads.nth(0), "ArrowLeft", head=3)  # around the end, as in a radio group
    assert [head.get_attribute("aria-checked") for head in heads.all()] == ["false", "false", "true"]
    assert [head.get_attribute("tabindex") for head in heads.all()] == ["-1", "-1", "0"]
    press(heads.nth(2), "Home", head=1)
    press(heads.nth(0), "End", head=3)
    summary = root.locator("summary")
    assert root.locator("table").is_visible()
    summary.press("Enter")
    assert not root.locator("table").is_visible()
    assert page.faults == []


def assert_curves(root, weights):
    """A curve to each key that has weight, in the order of the weights' sizes as wide."""
    curves = root.locator(".ae-curves path").evaluate_all(
        "all => all.map(path => path.hasAttribute('d') ? Number(path.getAttribute('stroke-width')) : 0)"
    )
    assert [width > 0 for width in curves] == [weight >= 0.005 for weight in weights]
    for width, weight in zip(curves, weights):
        if weight >= 0.04:
            assert width == pytest.approx(20 * weight)


def map_pixels(root, selector=".ae-map-figure canvas"):
    return root.locator(selector).evaluate(
        "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
    )


def test_the_map_shows_every_weight_and_frames_the_pair(page):
    explorer = self_attention()
    explorer.set(mask="causal", query=4, key=3, head=2)
    root = show(page, explorer)
    query, key, value = random_heads(3, 6, 6, 6)
    _, weights = scaled_dot_product_attention(query, key, value, causal_mask(6))
    pixels = np.array(map_pixels(root)).reshape(6, 6, 4)
    assert ((pixels[..., 3] == 255) == causal_mask(6).numpy()).all()  # masked cells let the hatching through
    allowed = causal_mask(6).numpy()
    brightness = pixels[..., 1][allowed]  # green grows with the weight, as in cividis
    order = np.argsort(weights[1].numpy()[allowed])
    assert (np.diff(brightness[order]) >= 0).all() and brightness.min() < 60 < 180 < brightness.max()
    box = root.locator(".ae-map-figure canvas").bounding_box()
    cell = root.locator(".ae-map-figure .ae-cell-frame").bounding_box()
    assert cell["x"] - box["x"] == pytest.approx(2 * box["width"] / 6, abs=1)
    assert cell["y"] - box["y"] == pytest.approx(3 * box["height"] / 6, abs=1)
    small = [map_pixels(root, f".ae-head:nth-child({head}) canvas") for head in (1, 2, 3)]
    assert small[1] == pixels.flatten().tolist()
    assert small[0] != small[1] != small[2]
    root.get_by_role("slider").press("Home")
    settle(page)
    assert map_pixels(root) != small[1] and map_pixels(root, ".ae-head:nth-child(1) canvas") != small[0]


def test_hover_shows_and_a_click_keeps(page):
    explorer = self_attention()
    root = show(page, explorer)
    start = words(root)
    option = root.locator(".ae-query-list li").nth(4)
    option.hover()
    assert words(root) == explorer.set(query=5) != start
    page.mouse.move(1200, 5)
    assert words(root) == start
    option.click()
    page.mouse.move(1200, 5)
    assert words(root) == explorer.words
    root.locator(".ae-key-list li").nth(2).hover()
    settle(page)
    assert chosen(root, "key") == [3]
    assert "of (token 3)" in root.locator("summary").inner_text()
    box = root.locator(".ae-map-figure canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 5.5 / 6, box["y"] + box["height"] * 1.5 / 6)
    page.mouse.move(1200, 5)
    assert words(root) == explorer.set(query=2, key=6)
    assert (chosen(root, "query"), chosen(root, "key")) == ([2], [6])
    root.get_by_role("radio").nth(2).click()
    assert words(root) == explorer.set(head=3)
    assert page.faults == []


def test_a_key_pressed_while_the_pointer_rests_counts_from_what_was_kept(page):
    explorer = self_attention()
    root = show(page, explorer)
    root.locator(".ae-query-list").focus()
    root.locator(".ae-query-list li").nth(4).hover()
    page.keyboard.press("ArrowDown")
    assert words(root) == explorer.set(query=2)


def test_two_hundred_rapid_presses_end_on_the_right_picture(page):
    explorer = sixty_four()
    root = show(page, explorer)
    draw = random.Random(0)
    keys = [
        draw.choice(["ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowLeft"]) for _ in range(200)
    ]
    query = key = 1
    for name in keys:
        query = min(64, max(1, query + {"ArrowDown": 1, "ArrowUp": -1}.get(name, 0)))
        key = min(64, max(1, key + {"ArrowRight": 1, "ArrowLeft": -1}.get(name, 0)))
    root.locator(".ae-query-list").focus()
    page.evaluate(
        """() => {
          window.said = [];
          const status = document.querySelector("[role=status]");
          new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
        }"""
    )
    for name in keys:
        page.keyboard.press(name)
    assert words(root) == explorer.set(query=query, key=key)
    assert (chosen(root, "query"), chosen(root, "key")) == ([query], [key])
    page.wait_for_function("(words) => said.at(-1) === words", arg=explorer.words)
    assert page.evaluate("said.length") <= 5  # a screen reader is told when the hand rests
    assert page.faults == []


def test_hostile_tokens_are_shown_as_text(page):
    tokens = HOSTILE
    name = "A <b>name</b></script>"
    masks = {"<i>odd</i>": torch.ones(len(tokens), dtype=torch.bool)}
    explorer = AttentionExplorer(
        tokens, *random_heads(2, len(tokens), len(tokens)), masks=masks, name=name, head_names=["<u>", '"']
    )
    root = show(page, explorer)
    expected = saved(explorer)["query_tokens"]
    for which in ("query", "key"):
        assert root.locator(f".ae-{which}-list bdi").all_text_contents() == expected
    assert root.locator(".ae-title").text_content() == name
    assert root.locator("[role=status]").text_content() == explorer.words
    assert page.locator("body > :not(div, p, style, script)").count() == 0
    assert root.locator("script, img, b, u, i:not(.ae-bar i)").count() == 0
    assert page.evaluate("window.broken") is None
    shown = root.locator(".ae-query-list bdi").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert all(token.strip() for token in expected) and min(shown) > 0
    assert (
        root.locator(".ae-query-list bdi").evaluate_all("all => all.map(one => getComputedStyle(one).direction)")[4]
        == "rtl"
    )
    assert page.faults == []


def test_explorers_on_one_page_leave_each_other_alone(page):
    first, second = self_attention(name="first"), sixty_four()
    show(page, first, second)
    one, other = page.locator(".attention-explorer").all()
    before = words(other)
    one.locator(".ae-query-list").press("ArrowDown")
    one.get_by_role("slider").press("Home")
    assert words(one) == first.set(query=2, temperature=0.1)
    assert words(other) == before == second.words
    names = page.evaluate("Array.from(document.querySelectorAll('[id]'), (element) => element.id)")
    assert len(names) == len(set(names)) > 100
    page.evaluate(AGAIN)
    page.wait_for_function("window.again")
    assert page.locator(".attention-explorer").count() == 2  # a second copy of the program starts nothing anew
    assert page.faults == []


def test_what_cannot_be_drawn_is_a_sentence_and_its_neighbours_live(page):
    good = self_attention()
    cut = good.page().replace('"query_data":"', '"query_data":"AAAA', 1)
    nowhere = good.page().replace('"query":0', '"query":99', 1)
    unreadable = good.page().replace('"shape":[', '"shape":]', 1)
    assert len({good.page(), cut, nowhere, unreadable}) == 4
    page.set_content(f"<!doctype html><title>Test</title>{cut}{nowhere}{unreadable}{good.page()}{page_script()}")
    assert words(page.locator(".attention-explorer")) == good.words  # of the last one
    told = page.get_by_role("alert").all_inner_texts()
    assert len(told) == len(page.faults) == 3
    assert all(re.match(r"This explorer cannot be drawn \(.+\)\. Run its cell again; the still", text) for text in told)
    assert "query_data has 579 bytes, expected 576" in told[0]


AGAIN = """() => {
  const copy = document.createElement("script");
  copy.type = "module";
  copy.textContent = `${document.querySelector("script[type=module]").textContent}; window.again = true;`;
  document.body.append(copy);
}"""

LIVE = """(saved) => {
  const held = values(saved);
  window.heard = new Set();
  window.saves = 0;
  window.model = {
    get: (name) => held[name],
    set(name, value) {
      held[name] = value;
      for (const [event, listener] of [...heard].map((pair) => pair)) if (event === `change:${name}`) listener();
    },
    on(event, listener) { heard.add([event, listener]); },
    off(event, listener) {
      for (const pair of heard) if (pair[0] === event && pair[1] === listener) heard.delete(pair);
    },
    save_changes() { saves += 1; },
  };
  window.views = [1, 2].map(() => {
    const el = document.body.appendChild(document.createElement("div"));
    return { el, remove: ours.default.render({ model, el }) };
  });
}"""


def test_two_views_of_one_model_follow_it_until_they_are_closed(module):
    explorer = self_attention()
    module.evaluate(LIVE, saved(explorer))
    one, other = module.locator(".attention-explorer").all()
    one.locator(".ae-query-list").press("ArrowDown")
    assert words(one) == words(other) == explorer.set(query=2)
    assert module.evaluate("[model.get('query'), saves]") == [1, 1]
    module.evaluate("model.set('mask', 'causal')")  # as Python's set does
    assert words(one) == words(other) == explorer.set(mask="causal")
    assert one.get_by_role("combobox").input_value() == "causal"
    module.evaluate("views[0].remove()")
    assert module.locator(".attention-explorer").count() == 1
    left = module.evaluate("heard.size")
    module.evaluate("views[1].remove()")
    assert (left, module.evaluate("heard.size")) == (6, 0)
    module.evaluate("model.set('query', 3)")
    settle(module)


def test_keys_do_not_leak_but_those_that_lead_out_do(page):
    root = show(page, self_attention())
    page.evaluate("window.leaked = []; document.addEventListener('keydown', (event) => leaked.push(event.key))")
    for control in (".ae-query-list", ".ae-key-list", "input[type=range]", "input[type=checkbox]", "select", "summary"):
        for key in ("ArrowDown", "a", "b", "Enter", "Shift+M"):
            root.locator(control).press(key)
    assert page.evaluate("leaked") == []
    root.locator(".ae-query-list").press("Escape")
    root.locator(".ae-query-list").press("Control+s")
    root.locator(".ae-query-list").press("Tab")
    assert page.evaluate("leaked") == ["Escape", "Control", "s", "Tab"]
    assert page.evaluate("document.activeElement.className") == "ae-list ae-key-list"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_in_both_themes(page, axe, scheme):
    page.emulate_media(color_scheme=scheme)
    explorer, cross = (
        self_attention(),
        AttentionExplorer(list("ab"), weights=[[0.5, 0.5, 0], [1, 0, 0]], key_tokens=list("xyz")),
    )
    explorer.set(mask="padding")
    root = show(page, explorer, cross)
    page.evaluate(axe)
    found = page.evaluate("axe.run('.attention-explorer', { resultTypes: ['violations', 'incomplete'] })")
    faults = {rule["id"]: [node["html"] for node in rule["nodes"]][:2] for rule in found["violations"]}
    assert faults == {}
    paper, mark, edge = (
        root.locator(selector).first.evaluate(f"one => getComputedStyle(one).{style}")
        for selector, style in (
            (":scope", "backgroundColor"),
            (".ae-bar i", "backgroundColor"),
            (".ae-map", "borderTopColor"),
        )
    )
    assert (luminance(paper) > 0.8) == (scheme == "light")
    assert min(contrast(paper, mark), contrast(paper, edge)) >= 3
    curve = root.locator(".ae-curves path").first.evaluate("one => getComputedStyle(one).stroke")
    assert contrast(paper, curve) >= 3


def luminance(colour):
    """Relative luminance of rgb(r, g, b) as WCAG 2.2 defines it."""
    channels = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return sum(share * channel for share, channel in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(one, other):
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_theme_of_jupyterlab_goes_before_the_preference(page):
    root = show(page, self_attention())
    paper = "one => getComputedStyle(one).backgroundColor"
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    assert luminance(root.evaluate(paper)) > 0.8
    page.emulate_media(color_scheme="light")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert luminance(root.evaluate(paper)) < 0.1


def test_forced_colours_leave_bars_frames_and_curves(page):
    page.emulate_media(forced_colors="active")
    root = show(page, self_attention())
    style = "(one, name) => getComputedStyle(one)[name]"
    paper = root.evaluate(style, "backgroundColor")
    assert contrast(paper, root.locator(".ae-bar i").first.evaluate(style, "backgroundColor")) >= 3
    assert contrast(paper, root.locator(".ae-curves path").first.evaluate(style, "stroke")) >= 3
    assert contrast(paper, root.locator("li[aria-selected=true]").first.evaluate(style, "outlineColor")) >= 3


@pytest.mark.parametrize("width", [360, 640])
def test_nothing_is_lost_on_a_narrow_page_or_at_200_percent(page, width):
    """640 pixels are what 1,280 leave at 200 %."""
    page.set_viewport_size({"width": width, "height": 800})
    long = AttentionExplorer(HOSTILE, *random_heads(4, len(HOSTILE), len(HOSTILE)))
    show(page, sixty_four(), long)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = page.evaluate(
        """(width) => {
          const parts = "li, bdi, .ae-number, .ae-bar, canvas, input, select, button, td, th";
          const isOutside = ({ left, right, width: wide }) => left < 0 || right > width || !wide;
          return Array.from(document.querySelectorAll(`.attention-explorer :is(${parts})`))
            .filter((one) => one.getClientRects().length && isOutside(one.getBoundingClientRect()))
            .map((one) => one.outerHTML.slice(0, 80));
        }""",
        width,
    )
    assert outside == []
    heights = (
        page.locator(".attention-explorer")
        .first.locator(".ae-key-list li")
        .evaluate_all("all => all.map(one => one.clientHeight)")
    )
    assert min(heights) == max(heights) == 11
    assert (
        page.locator(".ae-tokens").first.evaluate("one => one.scrollHeight - one.clientHeight") == 0
    )  # all 64 in sight


@pytest.mark.parametrize(("width", "columns", "tallest"), [(900, 12, 560), (360, 6, 1000)])
def test_many_heads_have_a_row_of_their_own_and_the_large_map_stays_near(page, width, columns, tallest):
    names = [f"L{layer} H{head}" for layer in range(1, 7) for head in range(1, 13)]
    weights = torch.softmax(random_heads(72, 9, d_k=9)[0], -1)
    page.set_viewport_size({"width": width, "height": 800})
    root = show(page, AttentionExplorer(WORDS + ["bank", "was", "."], weights=weights, head_names=names))
    boxes = [head.bounding_box() for head in root.get_by_role("radio").all()]
    in_rows = [[box["x"] for box in boxes if box["y"] == top] for top in sorted({box["y"] for box in boxes})]
    assert [len(row) for row in in_rows] == [columns] * (72 // columns)
    stage = root.locator(".ae-main").bounding_box()
    assert stage["y"] + stage["height"] <= boxes[0]["y"]
    assert boxes[-1]["y"] + boxes[-1]["height"] - boxes[0]["y"] < tallest
    page.set_viewport_size({"width": 900, "height": 800})
    eight = show(page, AttentionExplorer(WORDS, *random_heads(8, 6, 6)))
    assert eight.locator(".ae-side .ae-head").count() == 8


def test_a_token_of_two_or_three_words_is_not_cut_on_a_wide_page(page):
    tokens = ["what was asks", "asks for muddy", "the riverbank's", "and"]
    explorer = AttentionExplorer(tokens, *random_heads(1, 4, 4))
    explorer.set(query=2, key=2)  # which makes them bold
    page.set_viewport_size({"width": 900, "height": 800})
    root = show(page, explorer)
    cut = root.locator("bdi").evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length")
    assert cut == 0


def test_on_paper_it_is_dark_on_white_and_nothing_is_cut(page):
    page.emulate_media(media="print", color_scheme="dark")
    root = show(page, AttentionExplorer([f"t{i}" for i in range(256)], *random_heads(2, 256, 256)))
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    tokens = root.locator(".ae-tokens")
    assert tokens.evaluate("one => one.scrollHeight - one.clientHeight") == 0
    assert luminance(root.evaluate("one => getComputedStyle(one).backgroundColor")) > 0.8
    assert root.locator(".ae-bar i").first.evaluate("one => getComputedStyle(one).printColorAdjust") == "exact"


EXTREMES = {
    "one of everything": lambda: AttentionExplorer(["alone"], *torch.ones(3, 72, 1, 1)),
    "huge scores": lambda: AttentionExplorer(
        list("abc"), [[1e30], [-1e30], [1e-45]], [[1e30], [1e-45], [-1e30]], torch.ones(3, 1)
    ),
    "denormals": lambda: AttentionExplorer(list("ab"), torch.full((2, 2), 1e-45), torch.full((2, 2), 1e-45)),
    "a denormal weight": lambda: AttentionExplorer(list("ab"), weights=[[1e-45, 1.0], [0, 0]], temperature=0.01),
    "halves": lambda: AttentionExplorer(
        [f"t{i}" for i in range(64)], weights=torch.softmax(3 * random_heads(2, 64, d_k=64)[0], -1).half()
    ),
    "sums of 0.999": lambda: AttentionExplorer(list("ab"), weights=[[0.4995, 0.4996], [0.9991, 0]]),
    "all masked": lambda: AttentionExplorer(list("ab"), *torch.ones(3, 2, 1), masks={"all": torch.zeros(2) > 0}),
}


@pytest.mark.parametrize("extreme", EXTREMES)
def test_extreme_numbers_are_drawn_and_told_as_in_python(page, extreme):
    explorer = EXTREMES[extreme]()
    if extreme == "all masked":
        explorer.set(mask="all")
    root = show(page, explorer)
    slider = root.get_by_role("slider")
    for key, factor in (("ArrowUp", None), ("Home", 0.1), ("End", 10)):
        if factor:
            explorer.set(temperature=saved(explorer)["start_temperature"] * factor)
            slider.press(key)
        assert words(root) == explorer.words
        assert not re.search("NaN|undefined|null", root.inner_text())
    assert page.faults == []


def test_the_chosen_row_of_a_long_list_stays_in_sight_and_the_page_where_it_is(page):
    explorer = AttentionExplorer([f"t{i}" for i in range(256)], *random_heads(1, 256, 256))
    root = show(page, explorer)
    for key, at in (("End", 255), ("Home", 0)):
        root.locator(".ae-query-list").press(key)
        settle(page)
        stage, row = root.locator(".ae-tokens").bounding_box(), root.locator(".ae-query-list li").nth(at).bounding_box()
        assert stage["y"] <= row["y"] and row["y"] + row["height"] <= stage["y"] + stage["height"]
    assert page.evaluate("scrollY") == 0


def test_without_network_and_under_a_megabyte(chromium):
    html = document(sixty_four())
    assert len(html.encode()) < 1_000_000
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_content(html)
    assert words(page.locator(".attention-explorer")).startswith("word0 (token 1) attends")
    context.close()
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == []
    assert faults == []


def test_without_javascript_a_sentence_stands_there(chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(document(self_attention(name="<Bank> explorer")))
    assert page.locator("noscript").inner_text().startswith("<Bank> explorer: it moves by JavaScript, which is off")
    context.close()
