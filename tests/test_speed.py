"""Measuring speed: on a processor with tiny sizes; nothing here says how fast anything is."""

from __future__ import annotations

import json
import math
import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from course_utils.datasets.files import DataError
from course_utils.experiments import speed

ROOT = Path(__file__).resolve().parents[1]
no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")


@pytest.fixture
def small(monkeypatch):
    """Two blocks of 16 positions, over which the errors are taken."""
    monkeypatch.setattr(speed, "BLOCK", {"cpu": 16, "cuda": 16})


def test_every_method_format_and_size_is_measured_as_often_as_asked(small):
    lines = []
    measured = speed.measure("cpu", (48, 33), repeats=2, report=lines.append)
    pairs = [(method, dtype) for method in speed.METHODS for dtype in speed.DTYPES]
    expected = {f"seconds_{method}_{dtype}_{size}" for method, dtype in pairs for size in (33, 48)}
    expected |= {f"error_{method}_{dtype}" for method, dtype in pairs}
    assert set(measured.metrics) == expected and not measured.skipped
    assert all(len(values) == 2 and all(value > 0 for value in values) for values in measured.metrics.values())
    assert len(lines) == 12 and lines[0].startswith("naive_float32_33: ")


def test_errors_are_those_of_the_number_format(small):
    """A number of float32 has 24 binary digits, one of bfloat16 has 8."""
    metrics = speed.measure("cpu", (16,), repeats=2).metrics
    for method in speed.METHODS:
        assert max(metrics[f"error_{method}_float32"]) < 2**-18
        assert 2**-14 < max(metrics[f"error_{method}_bfloat16"]) < 2**-5


def test_a_wrong_method_shows_in_its_error(small, monkeypatch):
    monkeypatch.setattr(speed, "_attend", lambda method, device: lambda query, key, value: value)
    assert min(speed.measure("cpu", (16,), repeats=1, dtypes=("float32",)).metrics["error_naive_float32"]) > 1


def test_what_does_not_fit_is_skipped_and_said(small, monkeypatch):
    number = 2 * speed.HEADS * 512**2 * 4  # the two tables of the naive way at 512 positions
    monkeypatch.setattr(speed, "ROOM", {"cpu": number})
    lines = []
    measured = speed.measure("cpu", (256, 512), repeats=1, dtypes=("float32",), report=lines.append)
    needed = number + 4 * speed.HEADS * 512 * speed.D_K * 4
    assert measured.skipped == [f"naive_float32_512: needs {needed:,} bytes of the {number:,} there are"]
    assert f"skipped {measured.skipped[0]}" in lines
    assert "seconds_naive_float32_512" not in measured.metrics
    assert {"seconds_naive_float32_256", "seconds_fused_float32_512"} <= set(measured.metrics)


def test_what_pytorch_cannot_do_is_skipped_and_the_rest_measured(small, monkeypatch):
    def full(query, key, value):
        if query.shape[-2] > 40:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.\nTried to allocate")
        return value

    def refuses(query, key, value):
        raise RuntimeError("No available kernel. Aborting execution.")

    methods = {"naive": full, "blockwise": speed._attend("blockwise", "cpu"), "fused": refuses}
    monkeypatch.setattr(speed, "_attend", lambda method, device: methods[method])
    measured = speed.measure("cpu", (33, 48), repeats=1, dtypes=("float32",))
    assert measured.skipped == [
        "naive_float32_48: CUDA out of memory.",
        "fused_float32: No available kernel. Aborting execution.",
    ]
    times = {name for name in measured.metrics if name.startswith("seconds")}
    assert times == {"seconds_naive_float32_33", "seconds_blockwise_float32_33", "seconds_blockwise_float32_48"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"device": "tpu"}, "device is 'tpu', expected 'cpu' or 'cuda'"),
        ({"sizes": ()}, "sizes are"),
        ({"sizes": (16, 0)}, r"sizes are \[16, 0\]"),
        ({"sizes": (-4,)}, "sizes are"),
        ({"sizes": (2.5,)}, "sizes are"),
        ({"repeats": 0}, "repeats is 0"),
        ({"dtypes": ("float8",)}, "dtypes"),
        pytest.param({"device": "cuda"}, "sees no CUDA GPU", marks=no_gpu),
    ],
)
def test_wrong_arguments_are_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        speed.measure(**({"device": "cpu", "sizes": (16,)} | arguments))


def test_the_command_stores_what_it_measured(small, tmp_path, capsys):
    assert speed.main(["--device", "cpu", "--sizes", "32", "17", "--repeats", "2", "--folder", str(tmp_path)]) == 0
    assert "naive_float32_17: " in capsys.readouterr().out
    content = json.loads((tmp_path / "speed_cpu.json").read_text())
    assert content["experiment"] == "speed_cpu" and content["seeds"] == [0, 1]
    assert content["command"].endswith("speed --device cpu --sizes 32 17 --repeats 2")
    assert {"python", "torch", "numpy", "device"} <= set(content["made_with"])
    assert content["shape"] == {"heads": 8, "d_k": 64, "block": 16}
    kept = speed.recorded("cpu", tmp_path)
    assert len(kept.values("seconds_fused_bfloat16_32")) == 2
    assert speed.recorded("cuda", tmp_path) is None
    (tmp_path / "speed_cuda.json").write_text("{")
    with pytest.raises(DataError, match="damaged"):
        speed.recorded("cuda", tmp_path)


@no_gpu
def test_the_command_says_what_is_wrong(capsys):
    with pytest.raises(SystemExit):
        speed.main(["--device", "cuda"])
    assert "sees no CUDA GPU" in capsys.readouterr().err


def test_the_device_is_named_by_its_product():
    name = speed.device_name("cpu")
    assert name and platform.node() not in name


def test_it_needs_neither_pictures_nor_notebooks():
    """It is run by itself on a machine that has PyTorch and little else."""
    code = "import sys, course_utils.experiments.speed; print(sorted(sys.modules.keys() & set(sys.argv[1:])))"
    names = ["matplotlib", "IPython", "ipywidgets", "sklearn", "PIL"]
    done = subprocess.run([sys.executable, "-c", code, *names], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_on_a_gpu_bytes_are_asked_for_and_what_is_free(small, monkeypatch):
    """Played on a processor: a GPU with room for all but the largest naive table, on which a call takes 5,000 bytes."""
    played = {
        "is_available": lambda: True,
        "synchronize": lambda: None,
        "empty_cache": lambda: None,
        "reset_peak_memory_stats": lambda: None,
        "mem_get_info": lambda: (2**24, 2**30),
        "memory_allocated": lambda: 1000,
        "max_memory_allocated": lambda: 6000 + speed.HEADS * 32 * speed.D_K * 4,
        "get_device_name": lambda: "A GPU",
    }
    for name, function in played.items():
        monkeypatch.setattr(torch.cuda, name, function)
    inputs = speed._inputs
    monkeypatch.setattr(speed, "_inputs", lambda device, *rest: inputs("cpu", *rest))
    measured = speed.measure("cuda", (32, 512), repeats=2, dtypes=("float32",))
    assert measured.metrics["extra_bytes_fused_float32_32"] == [5000, 5000]
    assert [line.partition(":")[0] for line in measured.skipped] == ["naive_float32_512"]
    assert speed.device_name("cuda") == "A GPU"


@pytest.mark.parametrize("device", speed.SIZES)
def test_a_stored_measurement_reaches_the_longest_size_and_computed_the_right_thing(device):
    kept = speed.recorded(device)
    if kept is None:
        pytest.skip(f"nobody has measured on {device}")
    longest = max(speed.SIZES[device])
    for dtype, limit in (("float32", 1e-4), ("bfloat16", 2e-2)):
        for method in speed.METHODS:
            assert max(kept.values(f"error_{method}_{dtype}")) < limit
        for method in ("blockwise", "fused"):
            assert all(math.isfinite(seconds) for seconds in kept.values(f"seconds_{method}_{dtype}_{longest}"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_measures_bytes_too(small):
    measured = speed.measure("cuda", (64,), repeats=1)
    assert not measured.skipped
    naive = measured.metrics["extra_bytes_naive_float32_64"][0]
    assert naive >= 2 * speed.HEADS * 64**2 * 4 > 0
