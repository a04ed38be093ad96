from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hornbook.errors import ResourceError
from hornbook.model import PRESETS
from hornbook.model.transformer import Phi
from hornbook.train import memory
from hornbook.train.job import Job
from hornbook.train.loop import train
from tests.tiny_model import job, phase

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_needed_is_counted(tmp_path: Path) -> None:
    """phi-1 in float16 with AdamW: 20 bytes a weight are 28 GB, and the residual stream besides."""
    import torch

    with torch.device("meta"):
        model = Phi(PRESETS["phi-1"])
    settings = phase(precision="float16", micro_batch=8, batch_tokens=8 * 2048, tokens=8 * 2048)
    work = job(tmp_path / "out", phase())
    found = memory.least_bytes(Job(work.folder, model, work.batches, settings, 1))
    assert found == 1_418_270_720 * 20 + 8 * 2048 * 24 * 2048 * 2


def test_what_can_not_fit_is_refused_before_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says how much, and which settings to change; nothing is written."""
    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(
        ResourceError, match=r"at least 0\.\d GB .* lower train\.phases\.PHASE\.micro_batch"
    ):
        train(job(tmp_path / "out", phase()))
    assert not (tmp_path / "out").exists()


def test_a_containers_limit_counts_without_its_file_pages(tmp_path: Path) -> None:
    """What lies in memory for files is given back when it is needed."""
    assert memory.container_bytes(tmp_path) is None
    (tmp_path / "memory.max").write_text("5000\n")
    (tmp_path / "memory.current").write_text("4000\n")
    (tmp_path / "memory.stat").write_text("anon 1000\nactive_file 700\ninactive_file 2200\n")
    assert memory.container_bytes(tmp_path) == 3900
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.container_bytes(tmp_path) is None


def test_a_limit_of_the_process_counts() -> None:
    """What the machine has is of no use where the process may not take it."""
    program = (
        "import resource, psutil; from hornbook.train.memory import available_bytes;"
        "had = available_bytes(); used = psutil.Process().memory_info().vms;"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 10**8, used + 10**8));"
        "assert available_bytes() <= 10**8 < had, (available_bytes(), had)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


HUNGRY = """
import resource, sys
from pathlib import Path
import psutil
from hornbook.errors import ResourceError
from hornbook.train import memory
from hornbook.train.loop import train
from tests.tiny_model import job, phase

work = job(Path(sys.argv[1]), phase(micro_batch=4096, batch_tokens=4096 * 32, tokens=4096 * 32))
memory.check_memory(work)
memory.check_memory = lambda job: None
import hornbook.train.loop as loop
loop.check_memory = lambda job: None
used = psutil.Process().memory_info().vms
resource.setrlimit(resource.RLIMIT_AS, (used + 3 * 10**7, used + 3 * 10**7))
try:
    train(work)
except ResourceError as error:
    print(error)
"""


def test_memory_that_runs_out_is_told_with_the_setting_to_change(tmp_path: Path) -> None:
    """In a process that may take little more: the kernel's refusal becomes advice."""
    done = subprocess.run(
        [sys.executable, "-c", HUNGRY, str(tmp_path / "out")],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (
        "the memory ran out while training; lower train.phases.PHASE.micro_batch (4096;"
        in done.stdout
    )
