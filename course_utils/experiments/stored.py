"""The stored many-seed results in ``data/results``: collected, saved whole or not at all, and read."""

from __future__ import annotations

import json
import os
import statistics
from dataclasses import dataclass
from pathlib import Path

from course_utils.datasets.files import DATA, DataError
from course_utils.reproducibility import versions

RESULTS = DATA / "results"


@dataclass(frozen=True)
class Stored:
    """One experiment's metrics over several seeds."""

    experiment: str
    seeds: tuple[int, ...]
    metrics: dict[str, list]

    def values(self, metric: str) -> list:
        """The metric's value for each seed. Raises KeyError, naming the metrics there are."""
        if metric not in self.metrics:
            raise KeyError(f"{self.experiment} has no metric {metric!r}; it has {sorted(self.metrics)}")
        return self.metrics[metric]

    def mean(self, metric: str) -> float:
        """Mean over the seeds."""
        return statistics.fmean(self.values(metric))

    def sd(self, metric: str) -> float:
        """Standard deviation over the seeds (n - 1 in the denominator)."""
        return statistics.stdev(self.values(metric))

    def summary(self, metric: str, digits: int = 3) -> str:
        """``mean ± standard deviation``, rounded."""
        return f"{self.mean(metric):.{digits}f} ± {self.sd(metric):.{digits}f}"


def collect(name: str, seeds: list[int], runs: list[dict]) -> dict:
    """Turn one dictionary a seed into one list a metric, with how it was made.

    Raises ValueError when the runs differ in their metrics.
    """
    if len({frozenset(run) for run in runs}) != 1:
        raise ValueError(f"collect: the runs of {name} differ in their metrics: {[sorted(run) for run in runs]}.")
    listed = " ".join(map(str, seeds))
    return {
        "experiment": name,
        "command": f"python -m course_utils.experiments run {name} --seeds {listed} --store",
        "made_with": versions(),
        "seeds": list(seeds),
        "metrics": {metric: [run[metric] for run in runs] for metric in runs[0]},
    }


def save(result: dict, folder: Path = RESULTS) -> str:
    """Write ``NAME.json`` beside the old file and then put it in its place, so that none is ever half written."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{result['experiment']}.json"
    beside = target.with_suffix(".json.part")
    try:
        beside.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return f"data/results/{target.name}"


def load(name: str, folder: Path = RESULTS) -> Stored:
    """Read the stored result of one experiment.

    Raises DataError, with the command that makes it anew, when it is missing or damaged.
    """
    command = f"python -m course_utils.experiments run {name} --seeds 0 1 2 3 4 --store"
    remedy = f"'git checkout -- data/results' restores it; '{command}' makes it anew."
    try:
        content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return Stored(content["experiment"], tuple(content["seeds"]), dict(content["metrics"]))
    except OSError as error:
        raise DataError(f"data/results/{name}.json cannot be read ({error.strerror}). {remedy}") from None
    except (ValueError, KeyError, TypeError):
        raise DataError(f"data/results/{name}.json is damaged. {remedy}") from None
