"""The explorer's picture and time axis on a page without a kernel, moved by hand and compared with Python."""

import random

import pytest
import torch

from course_utils.datasets.pictures import load_photograph
from course_utils.features.patches import patch_features
from course_utils.widgets import PictureAttentionExplorer, TimeAttentionExplorer
from course_utils.widgets.attention_explorer.page import page_script

expect = pytest.importorskip("playwright.sync_api").expect

ROWS, COLUMNS = 20, 32
HOSTILE = '<img src=x onerror="document.title=1">'


def looking_around():
    """The largest picture of the lessons: 640 patches, which look for patches like them."""
    image = load_photograph("temple")
    features = patch_features(image, 10)
    masks = {"without itself": ~torch.eye(len(features), dtype=torch.bool)}
    explorer = PictureAttentionExplorer(image, 10, features, features, masks=masks, temperature=1 / 30, scaled=False)
    explorer.set(query=(12, 7), key=(12, 8), mask="without itself")
    return explorer


def listening(heads=2, moments=62, name="Sound"):
    source = torch.Generator().manual_seed(0)
    query, key, value = torch.randn(3, heads, moments, 8, generator=source).unbind()
    seconds = (torch.arange(moments) + 0.5) * 2.5 / moments
    marked = torch.zeros(moments, moments, dtype=torch.bool)
    marked[:, 10:20] = True
    explorer = TimeAttentionExplorer(
        torch.rand(248, 32, generator=source), seconds, 2.5, 2 * query, key, value, name=name, marked=marked,
        marked_as=["DOWN"] * moments, spans=[(0.4, 0.8, HOSTILE), (1.2, 1.9, "שלום")],
    )  # fmt: skip
    explorer.set(query=1.0, key=1.5)
    return explorer


def shown(page, explorer):
    """The explorer on a page of its own, and the canvas that has its keys."""
    page.set_content(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>explorer</title></head>'
        f"<body><main><h1>Explorer</h1>{explorer.page()}</main>{page_script()}</body></html>"
    )
    board = page.locator("canvas.ae-board")
    expect(page.locator(".ae-words")).to_have_text(explorer.words)
    return board


def expect_pair(page, query, key):
    """The arithmetic is about this query and this key."""
    expect(page.locator(".ae-arithmetic summary bdi")).to_have_text([query, key])


def colour_at(board, across, down):
    """Red, green, blue of the canvas at a place given as shares of its size, once it has been drawn."""
    return board.evaluate(
        """async (canvas, [across, down]) => {
          const twoFrames = () => new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(ready)));
          const context = canvas.getContext("2d");
          await twoFrames();
          while (!context.getImageData(1, 1, 1, 1).data[3]) await twoFrames(); // until the picture has loaded
          const [x, y] = [Math.floor(across * canvas.width), Math.floor(down * canvas.height)];
          return Array.from(context.getImageData(x, y, 1, 1).data.slice(0, 3));
        }""",
        [across, down],
    )


def test_arrow_keys_move_the_query_in_two_dimensions_and_with_shift_the_key(page):
    explorer = looking_around()
    board = shown(page, explorer)
    board.focus()
    place = {"query": [12, 7], "key": [12, 8]}
    source = random.Random(0)
    steps = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}
    for turn in range(60):
        press = source.choice([*steps, "Home", "End"] if turn % 10 == 9 else list(steps))
        moved = source.choice(["query", "key"])
        row, column = place[moved]
        if press in steps:
            row, column = row + steps[press][0], column + steps[press][1]
        else:
            column = 1 if press == "Home" else COLUMNS
        place[moved] = [min(max(row, 1), ROWS), min(max(column, 1), COLUMNS)]
        page.keyboard.press(press if moved == "query" else f"Shift+{press}")
        said = explorer.set(query=tuple(place["query"]), key=tuple(place["key"]))
        expect(page.locator(".ae-words")).to_have_text(said)
        expect_pair(page, *("the patch at row {}, column {}".format(*place[name]) for name in ("query", "key")))
    expect(board).to_be_focused()
    assert page.faults == []


def test_the_edge_of_the_picture_stops_the_query_and_holding_a_key_ends_on_the_right_patch(page):
    explorer = looking_around()
    board = shown(page, explorer)
    board.focus()
    for press in ["ArrowRight", "ArrowDown"] * 50:  # 32 columns, 20 rows
        page.keyboard.press(press)
    expect(page.locator(".ae-words")).to_have_text(explorer.set(query=(ROWS, COLUMNS)))
    for press in ["ArrowLeft"] * 100 + ["ArrowUp"] * 100:
        page.keyboard.press(press)
    expect(page.locator(".ae-words")).to_have_text(explorer.set(query=(1, 1)))
    assert page.faults == []


def test_the_pointer_shows_a_key_and_a_click_keeps_the_query(page):
    explorer = looking_around()
    board = shown(page, explorer)
    box = board.bounding_box()

    def middle(row, column):
        return box["x"] + (column - 0.5) * box["width"] / COLUMNS, box["y"] + (row - 0.5) * box["height"] / ROWS

    page.mouse.move(*middle(3, 25))
    expect(page.locator(".ae-arithmetic summary bdi").nth(1)).to_have_text("the patch at row 3, column 25")
    expect(page.locator(".ae-words")).to_have_text(explorer.words)
    page.mouse.move(2, 2)
    expect(page.locator(".ae-arithmetic summary bdi").nth(1)).to_have_text("the patch at row 12, column 8")
    page.mouse.click(*middle(20, 32))
    expect(page.locator(".ae-words")).to_have_text(explorer.set(query=(20, 32)))
    page.keyboard.down("Shift")
    page.mouse.click(*middle(1, 1))
    page.keyboard.up("Shift")
    page.mouse.move(2, 2)
    expect(page.locator(".ae-arithmetic summary bdi").nth(1)).to_have_text("the patch at row 1, column 1")
    assert page.faults == []


def test_the_largest_weight_is_orange_and_what_has_none_stays_grey(page):
    board = shown(page, looking_around())  # the query at row 12, column 7 gives 0.44 to the patch right of it
    red, _, blue = colour_at(board, 7.5 / COLUMNS, 11.3 / ROWS)
    assert red > blue + 60
    for row, column in ((1, 16), (18, 4)):
        red, green, blue = colour_at(board, (column - 0.7) / COLUMNS, (row - 0.7) / ROWS)
        assert max(red, green, blue) - min(red, green, blue) <= 4
    page.keyboard.press("Tab")
    board.focus()
    page.keyboard.press("End")  # row 12, column 32: another query, and the roof is as it was
    red, _, blue = colour_at(board, 7.5 / COLUMNS, 11.3 / ROWS)
    assert red <= blue + 4
    assert page.faults == []


def test_the_time_axis_moves_and_its_bars_show_the_weights(page):
    explorer = listening()
    board = shown(page, explorer)
    board.focus()
    seconds = [(moment + 0.5) * 2.5 / 62 for moment in range(62)]
    at = min(range(62), key=lambda moment: abs(seconds[moment] - 1.0))
    for press, to in [("ArrowRight", at + 1), ("ArrowLeft", at), ("End", 61), ("ArrowRight", 61), ("Home", 0)]:
        page.keyboard.press(press)
        expect(page.locator(".ae-words")).to_have_text(explorer.set(query=seconds[to]))
    page.keyboard.press("Shift+ArrowRight")
    key = min(range(62), key=lambda moment: abs(seconds[moment] - 1.5)) + 1
    explorer.set(key=seconds[key])
    expect_pair(page, f"the frame at {seconds[0]:.2f} s", f"the frame at {seconds[key]:.2f} s")
    page.keyboard.press("ArrowUp")  # means nothing here
    expect(page.locator(".ae-words")).to_have_text(explorer.words)
    # the two largest bars stand where the words say, the largest higher than the other
    heights = board.evaluate(
        """async (canvas) => {
          await new Promise((ready) => requestAnimationFrame(() => requestAnimationFrame(ready)));
          const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const found = {};
          for (let at = 0; at < data.length; at += 4) {
            const [red, green, blue] = data.slice(at, at + 3);
            const column = (at / 4) % width;
            if (red === 213 && green === 94 && blue === 0) found[column] = (found[column] ?? 0) + 1;
          }
          return found;
        }"""
    )
    box = board.bounding_box()
    highest = max(heights, key=lambda column: heights[column])
    second = (int(highest) + 0.5 - 44) / (box["width"] - 56) * 2.5
    best = page.locator(".ae-words").inner_text().split(" s")[1].split()[-1]
    assert abs(second - float(best)) < 2.5 / 62
    assert page.faults == []


def test_heads_of_a_sound_are_chosen_by_keyboard(page):
    explorer = listening()
    shown(page, explorer)
    head = page.get_by_role("radio").first
    head.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".ae-words")).to_have_text(explorer.set(head=2))
    expect(page.get_by_role("radio").nth(1)).to_be_focused()
    assert page.faults == []


def test_a_name_in_markup_or_from_right_to_left_is_text_and_stays_apart(page):
    explorer = listening(name=HOSTILE)
    shown(page, explorer)
    assert page.locator(".attention-explorer img").count() == 0
    assert page.title() == "explorer"
    expect(page.locator(".ae-span").first).to_have_text(HOSTILE)
    expect(page.locator(".ae-span").nth(1)).to_have_text("שלום")
    assert page.faults == []


@pytest.mark.parametrize("make", [looking_around, listening], ids=["picture", "time"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_and_nothing_is_lost_at_360_pixels(page, axe, make, scheme):
    page.emulate_media(color_scheme=scheme)
    board = shown(page, make())
    page.evaluate(axe)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 1200})
        found = page.evaluate("async () => (await axe.run(document.querySelector('main'))).violations")
        serious = [
            (fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in ("serious", "critical")
        ]
        assert serious == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.wait_for_function(
            "(canvas) => canvas.width === canvas.clientWidth * devicePixelRatio", arg=board.element_handle()
        )
    assert page.faults == []


def test_a_picture_that_is_shown_later_is_drawn_then(page):
    """A notebook lays a cell out after its widget was made, a closed box even later."""
    explorer = looking_around()
    page.set_content(f'<details id="box"><summary>open</summary>{explorer.page()}</details>{page_script()}')
    page.wait_for_timeout(200)
    page.evaluate("box.open = true")
    red, _, blue = colour_at(page.locator("canvas.ae-board"), 7.5 / COLUMNS, 11.3 / ROWS)
    assert red > blue + 60
    assert page.faults == []
