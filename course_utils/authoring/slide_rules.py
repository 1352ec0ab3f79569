"""Which part of a lesson stands on which slide: rules over what a notebook has anyway. Nothing here runs or draws."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import nbformat

WORDS = 90  # of prose on one slide; a longer paragraph has a slide to itself
FULL = 120  # words of a list and what leads to it that do not fit on one slide; then the list is cut
LEAD_WORDS = 60  # what leads up to a question may stand above it
SHORT = 30  # words of a paragraph that stays with the list, table or formula below it
HOME = re.compile(r"\b(?:for|at) home\b", re.I)
HEADING = re.compile(r"(#{1,6}) (.+)")
QUESTION = re.compile(
    r"\*\*(?:For home, )?(?:(?:Take a )?pencil(?: again|, and guess first)?|(?:Your )?guess(?: first)?|argue first)\b"
    r"[:,.]?\*\*",
    re.I,
)
PENCIL = re.compile(r"\*\*(?:Take a )?pencil", re.I)
TO_FIND_OUT = re.compile(r"\*\*To find out")
EXERCISE = re.compile(r"\*\*(?:(?:For home|In class): )?\d+\.\d+\b")
EXERCISE_AT_HOME = re.compile(r"\*\*For home|[^()]*\([^()]*\b(?:at|for) home\)")
HOME_PARAGRAPH = re.compile(r"\(?\*{0,2}For home\b")
HOME_INSIDE = re.compile(r"(?<=\s)\*\*For home\b")
HOME_ITEM = re.compile(r"\s*(?:\d+\.|-) \(?\*{0,2}For home\b")
NEXT_CELL_AT_HOME = re.compile(r"next cell, \*\*for home\*\*")
GO_ON = re.compile(r"\(?In class, go on to (?:section \d+|exercise \d+\.\d+)\.\)?")  # which the slides do by themselves
FOR_THE_SPEAKER = re.compile(r"In class[^:.]*: sections? |\*\*Your exercises\.\*\*")  # the timetable; the progress
COLAB = re.compile(r"\[Open in Colab\]\([^)]*\)")  # the notebook, not the slides
SOURCES = "Sources"  # to be read, not to be shown
FOLDED = re.compile(r"<details[^>]*>\s*<summary>(.*?)</summary>(.*)</details>", re.S)
FOR_EACH_ALONE = re.compile(r"\b(?:QuizForm|questions|tally|progress)\(")  # the learner's own answers and progress
LIST = re.compile(r"(?:(-)|\d+\.) ")
ITEMS = re.compile(r"\A(?:-|\d+\.) .*\n(?:-|\d+\.) ", re.S)  # a list of two or more


@dataclass(frozen=True)
class Block:
    """One thing on a slide, by its kind.

    ``heading``, ``prose``, ``question``, ``task`` and ``carried`` (what a pencil needs, shown again) hold Markdown;
    ``code`` holds Python; ``output``, ``picture`` and ``widget`` hold one output of a cell.
    """

    kind: str
    source: str = ""
    output: nbformat.NotebookNode | None = None


@dataclass
class Slide:
    """Blocks from top to bottom, and what only the speaker sees; ``opens`` the section whose ``title`` it bears."""

    title: str
    opens: bool = False
    blocks: list[Block] = field(default_factory=list)
    notes: list[Block] = field(default_factory=list)

    @property
    def words(self) -> int:
        """How many words of prose it has."""
        return sum(_words(block.source) for block in self.blocks if block.output is None and block.kind != "code")


def slides(cells: Sequence[nbformat.NotebookNode], everything: bool = False) -> list[Slide]:
    """The slides of a lesson, in order; what is marked *for home* only when ``everything`` is asked for.

    - A heading of the second level opens a section, one of the third a slide.
    - **Guess first** and **Pencil** have a slide of their own with all that follows in their cell; the answer comes
      after it. A pencil's slide shows once more the tables and formulas that came since the last code, a guess's the
      table of its own cell.
    - Code comes before its output. Where the output is a picture or a widget alone, the code goes to the notes.
    - An exercise shows its task and its stub, never what its check says; a picture that it asks about stands beside it.
    - A list that is too long for one slide begins below the line that leads to it.
    - Left out: the cells before the first section, cells that only import, sources, and what is for each learner alone
      (the quiz and the progress).
    - Paragraphs in brackets and the timetable go to the notes; what is folded becomes a slide, after the question that
      it answers.
    """
    deck = _Deck(everything, set() if everything else _sections_at_home(cells))
    for cell in cells:
        if cell.cell_type == "markdown":
            deck.add_prose(cell.source)
        elif cell.cell_type == "code":
            deck.add_code(cell.source, cell.get("outputs", []))
    title, *others = deck.slides
    return [title] * bool(title.title or title.blocks) + [slide for slide in others if slide.blocks]


def blocks_of(markdown: str) -> list[str]:
    """Markdown cut at its blank lines; fences, set-off formulas, lists and what is folded stay whole."""
    found: list[list[str]] = [[]]
    closing = ""
    for line in markdown.splitlines():
        text = line.strip()
        if closing:
            found[-1].append(line)
            if text.endswith(closing):
                closing = ""
                found.append([])
        elif not text:
            found.append([])
        elif HEADING.match(line):
            found += [[line], []]
        else:
            found[-1].append(line)
            if text.startswith("```") or text.startswith("<details"):
                closing = "```" if text.startswith("```") else "</details>"
            elif text.startswith("$$") and (text == "$$" or not text.endswith("$$")):
                closing = "$$"
    whole: list[str] = []
    for block in ("\n".join(lines) for lines in found if lines):
        if whole and _goes_on(whole[-1], block):
            whole[-1] += f"\n\n{block}"
        else:
            whole.append(block)
    return whole


class _Deck:
    """The slides so far, and what is being left out."""

    def __init__(self, everything: bool, sections_at_home: set[int]) -> None:
        self.slides: list[Slide] = [Slide("", opens=True)]
        self._everything = everything
        self._sections_at_home = sections_at_home
        # What is left out now: a "section" to the next one, a "part" to the next heading, an "exercise" to its check,
        # an "aside" with its code and the paragraphs on what came out, "code" up to the next prose.
        self._left_out = ""
        self._begun = False  # the first section
        self._numbers: list[str] = []  # tables and formulas since the last code
        self._table = ""  # the last one of this cell
        self._task = ""  # what a widget is for, until it comes
        self._closed = False  # nothing more may come onto the last slide

    def add_prose(self, markdown: str) -> None:
        blocks = blocks_of(markdown)
        self._table = ""
        if self._left_out == "code" or (self._left_out == "aside" and HEADING.match(blocks[0] if blocks else "")):
            self._left_out = ""
        commenting = self._left_out == "aside"  # on what was left out
        asking = ""  # the kind of slide that goes on to the end of the cell
        for block in blocks:
            heading = HEADING.match(block)
            if heading:
                self._add_heading(len(heading[1]), heading[2])
                asking, commenting = "", False
                continue
            if commenting:
                if not _comments(block):
                    self._left_out, commenting = "", False
                else:
                    continue
            if EXERCISE.match(block):
                if self._left_out in ("exercise", "aside"):
                    self._left_out = ""
                if not self._everything and EXERCISE_AT_HOME.match(block):
                    self._left_out = self._left_out or "exercise"
                asking = "task"
                if not self._left_out:
                    self._begin()
            elif not self._everything and not self._left_out and HOME_PARAGRAPH.match(block):
                self._left_out = "part" if "to the end of this section" in block else "aside"
            if self._left_out:
                continue
            asking = self._add_block(block, asking)
        if asking:
            self._closed = asking == "question"

    def _add_heading(self, level: int, text: str) -> None:
        if level <= 2:
            self._left_out = ""
            number = re.match(r"(\d+)\.", text)
            at_home = HOME.search(text) or (number and int(number[1]) in self._sections_at_home)
            if level == 2:
                self._begun = True
            if at_home and not self._everything:
                self._left_out = "section"
        elif self._left_out != "section":
            at_home = HOME.search(text) or text == SOURCES
            self._left_out = "part" if at_home and not self._everything else ""
        if self._left_out:
            return
        if level <= 2:
            self._numbers, self._task = [], ""
            if level == 1 and not self.slides[-1].blocks:
                self.slides[-1].title = text
            else:
                self.slides.append(Slide(text, opens=True))
            self._closed = False
        else:
            self._begin()
            self.slides[-1].blocks.append(Block("heading", text))

    def _add_block(self, block: str, asking: str) -> str:
        """Returns the kind of slide that goes on to the end of the cell, if this is one."""
        if not self._everything:
            block = "\n".join(line for line in block.splitlines() if not HOME_ITEM.match(line))
            inside = HOME_INSIDE.search(block)
            if inside:
                block, self._left_out = block[: inside.start()].rstrip(), "aside"
            if NEXT_CELL_AT_HOME.search(block):
                self._left_out = "code"
        if not block or COLAB.fullmatch(block) or (GO_ON.fullmatch(block) and not self._everything):
            return asking
        folded = FOLDED.fullmatch(block.strip())
        mark = None if LIST.match(block) else QUESTION.search(block)
        if folded:
            self._begin()
            self.slides[-1].blocks.append(Block("heading", folded[1].replace("(click)", "").strip()))
            for inner in blocks_of(folded[2].strip()):
                self._add_plain(inner)
            self._closed = True
        elif mark:
            self._add_question(block, mark.start())
            return "question"
        elif asking:
            self.slides[-1].blocks.append(Block(asking, block))
        elif TO_FIND_OUT.match(block):
            self._begin()
            self._task = block
            self.slides[-1].blocks.append(Block("question", block))
            return "question"
        elif FOR_THE_SPEAKER.match(block) or (block.startswith("(") and block.endswith(")")):
            self.slides[-1].notes.append(Block("prose", block))
        else:
            self._add_plain(block)
        return asking

    def _add_plain(self, block: str) -> None:
        slide = self.slides[-1]
        led = slide.blocks[-1] if slide.blocks and not self._closed else None
        if led and not _leads(led, block):
            led = None
        if self._closed or (slide.words + _words(block) > WORDS and slide.blocks not in ([], [led])):
            slide = self._begin()
            if led:
                self.slides[-2].blocks.remove(led)
                slide.blocks.append(led)
        if led and ITEMS.search(block) and slide.words + _words(block) > FULL:
            first, block = _cut(block, WORDS - slide.words)
            slide.blocks.append(Block("prose", first))
            slide = self._begin()
        slide.blocks.append(Block("prose", block))
        if block.startswith(("|", "$$", "```")):
            self._numbers.append(block)
        if block.startswith("|"):
            self._table = block

    def _add_question(self, block: str, start: int) -> None:
        lead, question = block[:start].rstrip(), block[start:]
        if _words(lead) > LEAD_WORDS:
            self._add_plain(lead)
            lead = ""
        slide = self._begin()
        if PENCIL.search(block):
            slide.blocks += [Block("carried", each) for each in self._numbers[-2:]]
        elif self._table and not lead:
            slide.blocks.append(Block("carried", self._table))
        slide.blocks += [Block("prose", lead)] if lead else []
        slide.blocks.append(Block("question", question))
        self._task = question

    def add_code(self, code: str, outputs: Iterable[nbformat.NotebookNode]) -> None:
        is_check = re.search(r"^check\(", code, re.M) is not None
        if self._left_out:
            if self._left_out == "exercise" and is_check:
                self._left_out = ""
            return
        if not self._begun or _only_imports(code) or FOR_EACH_ALONE.search(code):
            return
        self._numbers = []
        kinds = [] if is_check else [Block(_kind(output), output=output) for output in outputs]
        texts = [block for block in kinds if block.kind == "output"]
        seen = [block for block in kinds if block.kind != "output"]
        if texts or not seen:
            announced = self.slides[-1].blocks[-1:] and (is_check or self.slides[-1].blocks[-1].source.endswith(":"))
            slide = self.slides[-1] if announced and not self._closed else self._begin()
            slide.blocks += [Block("code", code), *texts]
        for place, block in enumerate(seen):
            last = self.slides[-1]
            beside = not texts and not place and block.kind == "picture" and _asks(last)
            slide = last if beside else self._begin()
            slide.blocks.append(block)
            if not texts and not place:
                slide.notes.append(Block("code", code))
            if block.kind == "moving" and self._task:
                slide.notes.insert(0, Block("prose", self._task))
        self._task = ""
        self._closed = True

    def _begin(self) -> Slide:
        """An empty slide at the end: a new one, unless the last is empty. Its heading counts as nothing yet."""
        last = self.slides[-1]
        if [block.kind for block in last.blocks] not in ([], ["heading"]):
            self.slides.append(Slide(last.title))
        self._closed = False
        return self.slides[-1]


def _goes_on(before: str, block: str) -> bool:
    """Whether a list continues after a blank line: by an indented part, or by an item of the same kind."""
    first, next_one = LIST.match(before), LIST.match(block)
    if not first:
        return False
    return block.startswith((" ", "\t")) or (next_one is not None and first[1] == next_one[1])


def _comments(block: str) -> bool:
    """A plain paragraph or formula; anything with a mark or a form of its own speaks of something new."""
    marked = QUESTION.search(block) or EXERCISE.match(block) or TO_FIND_OUT.match(block) or HOME_PARAGRAPH.match(block)
    return not marked and not block.startswith(("|", "```", "<")) and not LIST.match(block)


def _sections_at_home(cells: Iterable[nbformat.NotebookNode]) -> set[int]:
    """The sections that a sentence of the introduction names, such as *At home: sections 6 to 9*."""
    found: set[int] = set()
    for cell in cells:
        if re.search(r"^## ", cell.source, re.M):
            break
        for said in re.findall(r"At home\b[^.]*?\bsections ([\d ,toand]+)", cell.source):
            for first, last in re.findall(r"(\d+)(?: to (\d+))?", said):
                found |= set(range(int(first), int(last or first) + 1))
    return found


def _leads(before: Block, block: str) -> bool:
    """Whether a block belongs below the one before it, as a list below its first line."""
    formed = block.startswith(("|", "$$", "```")) or LIST.match(block)
    return before.kind == "prose" and bool(formed) and (before.source.endswith(":") or _words(before.source) <= SHORT)


def _asks(slide: Slide) -> bool:
    """Whether a slide ends with an exercise's task."""
    return bool(slide.blocks) and slide.blocks[-1].kind == "task"


def _cut(markdown: str, words: int) -> tuple[str, str]:
    """A list as two: the items, at least one, that are not longer than so many words together, and the others."""
    items = re.split(r"\n(?=(?:-|\d+\.) )", markdown)
    kept = max([1, *(n for n in range(1, len(items)) if _words("\n".join(items[:n])) <= words)])
    return "\n".join(items[:kept]), "\n".join(items[kept:])


def _only_imports(code: str) -> bool:
    try:
        lines = ast.parse(code).body
    except SyntaxError:  # a magic
        return False
    return all(isinstance(line, ast.Import | ast.ImportFrom) for line in lines)


def _kind(output: nbformat.NotebookNode) -> str:
    shown = output.get("data", {}).get("text/html", "")
    if re.fullmatch(r"<div>widget \d+ of this lesson</div>", shown):
        return "moving"
    return "picture" if "<img " in shown or "<svg" in shown or "image/png" in output.get("data", {}) else "output"


def _words(markdown: str) -> int:
    return len(re.findall(r"\w+", re.sub(r"\$[^$]*\$|[*`]", " ", markdown)))
