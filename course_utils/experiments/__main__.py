"""``python -m course_utils.experiments``: list the experiments, run one, store many seeds of it."""

from __future__ import annotations

import argparse
import importlib
import json
import sys

from course_utils.experiments import NAMES, stored


def main(arguments: list[str] | None = None) -> int:
    """List or run experiments as the arguments say; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.experiments", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name every experiment, with one line of intent")
    run = commands.add_parser("run", help="run one experiment and print its metrics as JSON")
    run.add_argument("name", choices=NAMES)
    seeds = run.add_mutually_exclusive_group(required=True)
    seeds.add_argument("--seed", type=int, help="one seed: prints one JSON object of metrics")
    seeds.add_argument(
        "--seeds", type=int, nargs="+", help="several seeds: prints one JSON object with a list per metric"
    )
    run.add_argument("--store", action="store_true", help="also write data/results/NAME.json (with --seeds)")
    options = parser.parse_args(arguments)

    if options.command == "list":
        for name in NAMES:
            print(f"{name:22} {_module(name).__doc__.splitlines()[0]}")
        return 0
    if options.store and options.seeds is None:
        parser.error("--store needs --seeds: one seed is no spread")
    experiment = _module(options.name)
    if options.seeds is None:
        print(json.dumps(experiment.run(options.seed)))
        return 0
    runs = []
    for seed in options.seeds:
        print(f"{options.name}: seed {seed}", file=sys.stderr)
        runs.append(experiment.run(seed))
    result = stored.collect(options.name, options.seeds, runs)
    print(json.dumps(result))
    if options.store:
        print(f"stored {stored.save(result)}", file=sys.stderr)
    return 0


def _module(name: str):
    return importlib.import_module(f"course_utils.experiments.{name}")


if __name__ == "__main__":
    sys.exit(main())
