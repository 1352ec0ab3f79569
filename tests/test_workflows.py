"""What runs at the public address, as far as it can be checked here: its form, its rights, and what its steps do."""

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from course_utils.authoring.lessons import NOTEBOOKS

ROOT = Path(__file__).resolve().parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, "github-workflows"),
    **dict.fromkeys(FORMS, "github-issue-forms"),
    GITHUB / "ISSUE_TEMPLATE" / "config.yml": "github-issue-config",
    GITHUB / "dependabot.yml": "dependabot",
    ROOT / "CITATION.cff": "citation-file-format",
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
needs_bash = pytest.mark.skipif(os.name == "nt", reason="here a step is run with stand-ins that only Unix can start")


def read(path):
    """A YAML file as it stands: `on` is a word and 3.10 is no number."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def jobs():
    return {f"{path.stem}.{name}": job for path in WORKFLOWS for name, job in read(path)["jobs"].items()}


def steps():
    return [step for job in jobs().values() for step in job.get("steps", [])]


def step(name):
    (found,) = [each for each in steps() if each.get("name", "").startswith(name)]
    return found


def environment(folder, **more):
    """An environment whose first programs are the stand-ins in ``folder``."""
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", **more}


def stand_in(folder, name, script):
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


# form


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_the_form_is_what_github_reads(path):
    pytest.importorskip("check_jsonschema", reason="check-jsonschema, which brings the schemas, is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{SCHEMAS[path]}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_githubs_own_and_pinned_by_one_hash_each():
    used = {}
    for path in WORKFLOWS:
        for line in re.findall(r"uses: (.*)", path.read_text(encoding="utf-8")):
            if line.startswith("./"):
                assert (ROOT / line).is_file()
                continue
            action, pin, tag = re.fullmatch(r"(actions/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", line).groups()
            used.setdefault(action, set()).add((pin, tag))
    assert set(used) == {"actions/checkout", "actions/setup-python"}
    assert all(len(pins) == 1 for pins in used.values()), used


def test_only_the_report_may_write_and_only_issues():
    for path in WORKFLOWS:
        assert read(path)["permissions"] == {"contents": "read"}, path.name
        assert "secrets." not in path.read_text(encoding="utf-8")
    rights = {name: job["permissions"] for name, job in jobs().items() if "permissions" in job}
    assert rights == {"weekly.report": {"actions": "read", "issues": "write"}}
    checkouts = [each for each in steps() if "checkout" in each.get("uses", "")]
    assert all(each["with"]["persist-credentials"] == "false" for each in checkouts)


def test_nothing_from_outside_is_pasted_into_a_script():
    """`${{ }}` in a script is code for whoever can name a branch; values go through the environment."""
    assert [each["run"] for each in steps() if "${{" in each.get("run", "")] == []


def test_every_job_ends_and_a_newer_push_replaces_an_older_run():
    for name, job in jobs().items():
        assert "uses" in job or 0 < int(job["timeout-minutes"]) <= 60, name
    assert all(read(path)["concurrency"]["cancel-in-progress"] == "true" for path in WORKFLOWS)


def test_every_script_that_is_named_is_there_and_may_be_run():
    named = {script for path in WORKFLOWS for script in re.findall(r"tests/[\w/]+\.sh", path.read_text("utf-8"))}
    assert {"tests/environments.sh", "tests/two_generations.sh"} <= named
    for script in named:
        listed = subprocess.run(["git", "ls-files", "-s", script], cwd=ROOT, capture_output=True, text=True).stdout
        assert (ROOT / script).is_file() and (not listed or listed.startswith("100755")), script


# versions


def test_python_versions_agree():
    lowest, newest = jobs()["tests.readme"]["strategy"]["matrix"]["python"]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert lowest == re.search(r'requires-python = ">=([\d.]+)"', project).group(1)
    assert f'target-version = "py{lowest.replace(".", "")}"' in project
    said = re.search(r"with Python (3\.\d+)(?: to (3\.\d+)| or newer)", README)
    assert said.group(1) == lowest and said.group(2) in (None, newest)
    (older,) = [each["with"] for each in jobs()["weekly.scripts"]["steps"] if "setup-python" in each.get("uses", "")]
    assert older["python-version"].split()[-1] == lowest


# the test command


def test_the_readmes_command_is_read_and_not_copied():
    (pattern,) = re.findall(r"grep -m 1 -E ('[^']+') README.md", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert pattern in step("The README's test command")["run"]
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert "requirements-dev.txt" not in text and not re.search(r"^\s*(- run: )?pytest", text, re.M), path.name


def installed_and_run(tmp_path, system, newer, readme=README):
    """The command that the step hands to bash, and the step's exit code."""
    (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text((ROOT / "requirements.txt").read_text("utf-8"), encoding="utf-8")
    stand_in(tmp_path, "bash", f'shift 3; printf "%s" "$1" > "{tmp_path / "asked"}"')
    script = step("The README's test command")["run"]
    done = subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment(tmp_path, RUNNER_OS=system, NEWER=newer),
        capture_output=True,
        text=True,
    )
    asked = tmp_path / "asked"
    return (asked.read_text(encoding="utf-8") if asked.exists() else None), done.returncode


@pytest.fixture
def command():
    (found,) = re.findall(r"^python3 -m venv .*&& pytest$", README, re.M)
    return found


@needs_bash
@pytest.mark.parametrize("system", ["Linux", "macOS"])
def test_the_command_is_run_as_it_stands(tmp_path, system, command):
    assert installed_and_run(tmp_path, system, "") == (command, 0)


@needs_bash
def test_on_windows_it_is_changed_as_the_readme_says(tmp_path, command):
    asked, _ = installed_and_run(tmp_path, "Windows", "")
    assert asked == "python" + command.removeprefix("python3").replace(".venv/bin/activate", ".venv/Scripts/activate")
    assert "Git Bash" in README and "`.venv/Scripts/activate`" in README, "what a contributor on Windows has to change"


@needs_bash
@pytest.mark.parametrize("newer", ["torch", "all"])
def test_newer_packages_come_between_the_installation_and_pytest(tmp_path, newer, command):
    asked, _ = installed_and_run(tmp_path, "Linux", newer)
    start, renewed, end = asked.partition("pip install --upgrade")
    assert start == command.removesuffix("pytest") and end.endswith(" && pytest")
    names = end.removesuffix(" && pytest").split()
    expected = re.findall(r"^([\w-]+)[=<>]", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M)
    assert names == (["torch"] if newer == "torch" else ["--pre", *expected])


@needs_bash
def test_a_readme_without_the_command_is_an_error(tmp_path):
    asked, code = installed_and_run(tmp_path, "Linux", "", readme="# nothing\n")
    assert asked is None and code != 0


def test_what_weekly_asks_for_is_what_tests_knows():
    known = re.findall(r"^ *(\w+)\) command=", step("The README's test command")["run"], re.M)
    asked = [job["with"]["newer"] for job in jobs().values() if "with" in job]
    assert sorted(asked) == sorted(known)
    may_fail = jobs()["tests.readme"]["continue-on-error"]
    assert may_fail == "${{ inputs.newer == 'all' }}"


# the report


@needs_bash
@pytest.mark.parametrize(
    ("results", "open_issue", "done"),
    [
        ("success success success", "", []),
        ("success failure success", "", ["issue list", "issue create"]),
        ("success success failure", "12", ["issue list", "issue comment 12"]),
        ("success cancelled success", "", ["issue list", "issue create"]),  # ran out of time
    ],
)
def test_rot_is_told_once(tmp_path, results, open_issue, done):
    stand_in(
        tmp_path,
        "gh",
        f'echo "$@" >> "{tmp_path / "asked"}"\n'
        'case "$1 $2" in "run view") echo "- [today / Windows](there)" ;; '
        f'"issue list") echo "{open_issue}" ;; esac',
    )
    summary = tmp_path / "summary"
    more = {"GITHUB_RUN_ID": "7", "MUST_PASS": results, "TITLE": "It rots", "GITHUB_STEP_SUMMARY": str(summary)}
    script = step("List the jobs that failed")["run"]
    subprocess.run(["/bin/bash", "-c", script], cwd=tmp_path, env=environment(tmp_path, **more), check=True)
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[0].startswith("run view 7 ") and len(asked) == 1 + len(done)
    assert all(line.startswith(start) for line, start in zip(asked[1:], done, strict=True))
    assert "today / Windows" in summary.read_text(encoding="utf-8")
    assert "today / Windows" in (tmp_path / "body.md").read_text(encoding="utf-8")


def test_the_report_hears_of_every_other_job():
    weekly = {name.removeprefix("weekly."): job for name, job in jobs().items() if name.startswith("weekly.")}
    report = weekly.pop("report")
    assert set(report["needs"]) == set(weekly)
    must = re.findall(r"needs\.(\w+)\.result", step("List the jobs that failed")["env"]["MUST_PASS"])
    assert set(must) == set(weekly) - {"next"}


# the forms


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_offers_the_lessons_as_the_readme_names_them(path):
    fields = {field["id"]: field for field in read(path)["body"] if "id" in field}
    named = re.findall(r"^\| \[(\d\d [^\]]+)\]\(notebooks/", README, re.M)
    assert len(named) == len(list(NOTEBOOKS.glob("*.ipynb")))
    assert fields["lesson"]["attributes"]["options"][:-1] == named


def test_what_the_forms_point_to_is_there():
    text = " ".join(json.dumps(read(path)) for path in FORMS)
    assert "python -m course_utils doctor" in text and "*When something does not work*" in text
    assert "\n## When something does not work\n" in README


# before a commit


def hooks():
    config = read(ROOT / ".pre-commit-config.yaml")
    assert [each["repo"] for each in config["repos"]] == ["local"], "a hook from elsewhere would be downloaded"
    return {hook["id"]: hook for hook in config["repos"][0]["hooks"]}


def test_the_hooks_are_commands_of_the_environment_and_accept_what_is_committed():
    lesson, module = NOTEBOOKS / "00_start_here.ipynb", Path(__file__)
    for name, hook in hooks().items():
        assert hook["language"] == "system"
        program, *entry = shlex.split(hook["entry"])
        path = lesson if "files" in hook else module
        done = subprocess.run([sys.executable, *entry, str(path)], cwd=ROOT, capture_output=True, text=True)
        assert program == "python" and done.returncode == 0, (name, done.stdout + done.stderr)


def test_the_lessons_hook_sees_every_lesson_and_nothing_else():
    files = re.compile(hooks()["stored-lessons"]["files"])
    assert all(files.search(path.relative_to(ROOT).as_posix()) for path in NOTEBOOKS.glob("*.ipynb"))
    for other in ("notebooks/TEACHING.md", "notebooks/pictures/a.ipynb.png", "handout/notebooks/00_start_here.ipynb"):
        assert not files.search(other)


# what the text for contributors names


def test_every_file_that_contributing_names_is_there():
    named = set(re.findall(r"(?<![\w/])(?:tests|notebooks|course_utils|data)/[\w./*]+\w", CONTRIBUTING))
    named -= {name for name in named if "NAME" in name or "ID" in name or "_NN" in name}
    assert len(named) > 10
    assert [name for name in sorted(named) if not list(ROOT.glob(name))] == []
