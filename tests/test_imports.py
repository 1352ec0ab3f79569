"""Imports point downwards only: the maths knows nothing of anything, a lesson's tools may know it all.

The first name after ``course_utils`` is a *part*. A module may import from its own part and from parts of a
strictly lower level. Two rules go further:

- ``exercises`` imports nothing whose name contains "solution": a check knows nothing of the solutions;
- ``plotting`` imports no other part of the course at all: a plot knows nothing of a model.

Imports inside functions, under ``TYPE_CHECKING`` and through ``importlib.import_module`` count.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "course_utils"
LEVELS = [
    ("reproducibility", "attention", "datasets", "features", "plotting"),
    ("layers", "training", "efficient", "cost", "environment"),
    ("models", "interpretability", "generation"),
    ("pretrained",),
    ("widgets", "exercises", "experiments"),
    ("authoring",),
    ("__main__",),
]
LEVEL = {part: level for level, parts in enumerate(LEVELS) for part in parts}
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common"}
SELF_CONTAINED = {"plotting"}
NO_SOLUTIONS = {"exercises"}


def modules(package: Path) -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def part_of(module: str) -> str:
    """The first name after the package, or "" for the package itself."""
    return (module.split(".") + [""])[1]


def imported(name: str, path: Path) -> list[tuple[int, str, str]]:
    """Line, full dotted name (relative ones resolved, "*" for a star) and source module of every import."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            found += [(node.lineno, f"{source}.{alias.name}", source) for alias in node.names]
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            names = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
            found += [(node.lineno, str(value), str(value)) for value in names]
    return found


def is_module(name: str, known: dict[str, Path]) -> bool:
    """A module of the package or a folder of modules, not something inside a module."""
    return any(f"{module}.".startswith(f"{name}.") for module in known)


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def violations(package: Path) -> list[str]:
    """What is wrong, a sentence each, with file and line."""
    known, wrong = modules(package), []
    for name, path in known.items():
        part, here = part_of(name), path.relative_to(package.parent)
        if part and part not in LEVEL:
            wrong.append(f"{here}: '{part}' is a new part; give it a level in LEVELS, tests/test_imports.py.")
            continue
        if VAGUE & set(name.split(".")[1:]):
            wrong.append(f"{here}: the name does not say what the module is.")
        for line, target, source in imported(name, path):
            where = f"{here}:{line}"
            if target.endswith(".*"):
                wrong.append(f"{where}: star import of {target[:-2]}.")
            module = target if is_module(target, known) else source
            if part in NO_SOLUTIONS and "solution" in module.lower():
                wrong.append(f"{where}: {part} imports {target}; a check knows nothing of the solutions.")
            if target.split(".")[0] != PACKAGE:
                continue
            other = part_of(target)
            if not is_module(f"{PACKAGE}.{other}", known):
                continue  # a name the package itself defines, such as __version__
            if other == part:
                continue
            if part in SELF_CONTAINED:
                wrong.append(f"{where}: {part} imports {target}; a plot knows nothing of the rest of the course.")
            elif not part:
                wrong.append(f"{where}: the package itself imports {target}; it must stay light.")
            elif other in LEVEL and LEVEL[other] >= LEVEL[part]:
                wrong.append(
                    f"{where}: {part} (level {LEVEL[part]}) imports {target} (level {LEVEL[other]}); "
                    "imports point to lower levels only."
                )
    return wrong


def test_imports_point_downwards():
    wrong = violations(ROOT / PACKAGE)
    assert not wrong, "\n" + "\n".join(wrong)


def test_there_is_something_to_look_at():
    found = modules(ROOT / PACKAGE)
    assert {PACKAGE, f"{PACKAGE}.attention", f"{PACKAGE}.datasets.files"} <= set(found)
    name = f"{PACKAGE}.layers.multi_head"
    targets = [target for _, target, _ in imported(name, found[name])]
    assert f"{PACKAGE}.attention.causal_mask" in targets and "torch.nn.functional" in targets


@pytest.mark.parametrize("modules_to_load", [PACKAGE, f"{PACKAGE}.datasets.files"])
def test_looking_at_the_package_does_not_load_torch(modules_to_load):
    """In a fresh interpreter: this one has torch already."""
    code = f"import sys, {modules_to_load}; print(sorted(sys.modules.keys() & {{'torch', 'numpy', 'matplotlib'}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


# The rules can fail: each on a package made for it


@pytest.mark.parametrize(
    ("file", "source", "says"),
    [
        ("attention.py", "from course_utils.layers import MultiHeadAttention", "imports point to lower levels"),
        ("attention.py", "import course_utils.layers", "attention (level 0) imports course_utils.layers (level 1)"),
        ("attention.py", "from course_utils import layers", "level 1"),
        ("attention.py", "from . import layers", "level 1"),
        ("attention.py", "from .layers import anything", "level 1"),
        ("attention.py", "def later():\n    from course_utils import layers", "attention.py:2"),
        ("attention.py", "import importlib\nimportlib.import_module('course_utils.layers')", "attention.py:2"),
        ("attention.py", "from course_utils import reproducibility", "level 0"),  # equal is not lower
        ("datasets/words.py", "from ..models.tiny import Model", "datasets (level 0) imports course_utils.models"),
        ("models/__init__.py", "from ..widgets import anything", "models (level 2)"),
        ("models/tiny.py", "from torch import *", "star import of torch"),
        ("models/tiny.py", "from .other import *", "star import"),
        ("exercises/checks.py", "from course_utils.exercises.solutions import answer", "nothing of the solutions"),
        ("exercises/checks.py", "from . import solutions", "nothing of the solutions"),
        ("exercises/checks.py", "def check():\n    import solutions_03", "checks.py:2"),
        ("exercises/checks.py", "import elsewhere.solution", "nothing of the solutions"),
        ("exercises/checks.py", "from .answers import solutions", "nothing of the solutions"),
        ("exercises/checks.py", "from ..authoring import solution_maker", "exercises (level 4)"),
        ("pretrained/minilm.py", "from ..experiments import anything", "pretrained (level 3) imports"),
        ("plotting/charts.py", "from course_utils.attention import softmax", "a plot knows nothing"),
        ("plotting/charts.py", "from course_utils.models.tiny import Model", "a plot knows nothing"),
        ("__init__.py", "from course_utils import attention", "must stay light"),
        ("gadgets.py", "", "'gadgets' is a new part; give it a level"),
        ("gadgets/__init__.py", "", "give it a level"),
        ("utils.py", "", "give it a level"),
        ("models/helpers.py", "", "does not say what"),
        ("datasets/misc.py", "", "does not say what"),
    ],
)
def test_a_violation_is_found(tmp_path, file, source, says):
    wrong = violations(small_package(tmp_path, {file: source}))
    assert len(wrong) == 1 and says in wrong[0], wrong


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("layers.py", "from course_utils.attention import softmax"),
        ("layers.py", "from .attention import softmax\nfrom . import reproducibility, __version__"),
        ("models/tiny.py", "from .other import Model\nfrom ..layers import anything\nfrom course_utils import models"),
        ("exercises/checks.py", "import torch\nfrom course_utils.attention import softmax\nfrom . import report"),
        ("exercises/__init__.py", "from course_utils.exercises.report import solution"),  # a function, not a module
        ("plotting/charts.py", "import matplotlib\nfrom course_utils.plotting.figures import show"),
        ("__init__.py", "import sys\n__version__ = '1'"),
        ("__main__.py", "from course_utils import experiments, models"),
        ("attention.py", "import course_utils_of_others\nfrom layers import something"),
    ],
)
def test_what_is_allowed_passes(tmp_path, file, source):
    assert violations(small_package(tmp_path, {file: source})) == []


def small_package(folder: Path, changed: dict[str, str]) -> Path:
    files = ["__init__", "attention", "layers", "reproducibility", "widgets", "exercises/__init__", "datasets/__init__"]
    files += ["exercises/report", "exercises/solutions", "models/__init__", "models/tiny", "models/other"]
    files += ["exercises/answers/solutions/1", "authoring"]
    files += ["plotting/__init__", "plotting/charts", "plotting/figures", "experiments/__init__"]
    package = folder / PACKAGE
    for name, source in {**{f"{file}.py": "" for file in files}, **changed}.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(source)
    return package
