"""Facts about jobs on a Ray cluster: two machines on loopback, behind a token."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.xdist_group("ray")

RAY = Path(sys.executable).with_name("ray")
if not RAY.exists() or sys.platform != "linux":
    pytest.skip("needs Ray, and Linux for a second address on loopback", allow_module_level=True)

PROGRAM = """
import json, os, re, sys, time
from pathlib import Path
from hornbook.engine import InProcess, Job, JobFailure, Limits, Workers, run_jobs
from hornbook.engine.ray import RayCluster
from hornbook.errors import HornbookError
from hornbook.records import Document, content_id
from hornbook.storage import write_rows

class Write:
    version = "1"
    def __init__(self, folder):
        self.folder = folder
    def setup(self):
        self.ready = True
    def __call__(self, payload):
        kind, n = payload
        with (self.folder / "begun").open("a") as log:
            log.write(f"{n} {os.getpid()}\\n")
        if kind == "kill":
            os._exit(1)
        if kind == "endless":
            re.match(r"(a+)+$", "a" * 40 + "b")
        if kind == "raise":
            raise ValueError(f"bad {n}")
        if kind == "slow":
            time.sleep(0.5)
        path = self.folder / f"{n}.parquet"
        text = f"row {n}\\n" * 2000
        write_rows(path, Document, [Document(content_id(text), text, "a", "b", "1", str(n))])
        return {"files": [str(path)], "n": n, "third": n / 3}

def main(folder, engine, address, seconds, payloads):
    folder.mkdir()
    limits = Limits(seconds=seconds)
    executor = {"in-process": lambda: InProcess(limits), "workers": lambda: Workers(2, limits),
                "ray": lambda: RayCluster(address, 2, limits)}[engine]()
    jobs = [Job(f"job-{n}", (kind, n), str(n)) for n, kind in enumerate(payloads)]
    began = time.monotonic()
    results = run_jobs(executor, Write(folder), jobs, folder / "ledger")
    told = [r.reason if isinstance(r, JobFailure) else {k: r[k] for k in ("n", "third")} for r in results]
    print(json.dumps({"results": told, "seconds": time.monotonic() - began}))

if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5].split(","))
    except HornbookError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
"""


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


@dataclass
class Cluster:
    """A head and a second machine, each with one core; processes are ended by their ids."""

    folder: Path
    token: str
    address: str = ""
    nodes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: v for name, v in os.environ.items() if not name.startswith("RAY_")}
        return clean | {
            "RAY_AUTH_TOKEN_PATH": str(self.folder / "token"),
            "RAY_USAGE_STATS_ENABLED": "0",
        }

    def start(self, host: str, *options: str) -> None:
        with (self.folder / f"{host}.log").open("wb") as log:
            node = subprocess.Popen(
                [str(RAY), "start", "--block", "--node-ip-address", host, "--num-cpus", "1",
                 "--object-store-memory", "80000000", "--disable-usage-stats",
                 "--dashboard-agent-listen-port", free_port(), *options],
                env=self.environment | {"RAY_AUTH_MODE": "token"},
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.nodes.append(node)

    def raylet(self, node: int) -> psutil.Process:
        for child in psutil.Process(self.nodes[node].pid).children(recursive=True):
            if child.name() == "raylet":
                return child
        raise AssertionError("no raylet")

    def end(self) -> None:
        for node in self.nodes:
            family = [psutil.Process(node.pid)] if node.poll() is None else []
            family += [child for one in family for child in one.children(recursive=True)]
            for process in family:
                if process.is_running():
                    process.kill()
            node.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def two_machines() -> Iterator[Cluster]:
    # Sockets lie in it, whose names must be short.
    found = Cluster(Path(tempfile.mkdtemp(prefix="hb-", dir="/tmp")), secrets.token_hex(32))
    try:
        (found.folder / "token").write_text(found.token)
        port = free_port()
        found.address = f"127.0.0.2:{port}"
        found.start(
            "127.0.0.2", "--head", "--port", port, "--temp-dir", str(found.folder / "r"),
            "--include-dashboard", "false", "--dashboard-port", free_port(),
            "--ray-client-server-port", free_port(),
        )  # fmt: skip
        wait_for(lambda: answers("127.0.0.2", int(port)), found)
        found.start("127.0.0.3", "--address", found.address)
        log = found.folder / "127.0.0.3.log"
        wait_for(lambda: b"Ray runtime started" in log.read_bytes(), found)
        yield found
    finally:
        found.end()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with two_machines() as found:
        yield found


def wait_for(happens: Any, cluster: Cluster) -> None:
    deadline = time.monotonic() + 60
    while not happens():
        logs = [path.read_text()[-500:] for path in cluster.folder.glob("*.log")]
        assert time.monotonic() < deadline, logs
        assert all(node.poll() is None for node in cluster.nodes), logs
        time.sleep(0.05)


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    return [sys.executable, str(program)]


def run(
    command: list[str], cluster: Cluster, *words: str, place: Path | None = None, **more: str
) -> Any:
    environment = cluster.environment | more
    return subprocess.run(
        [*command, *words],
        env=environment, cwd=place, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_three_executors_give_the_same_bytes(
    cluster: Cluster, command: list[str], tmp_path: Path
) -> None:
    """Results and files alike; what kills or never ends is given up alone, with the same reason."""
    kinds = ["good", "raise", *["good"] * 8]
    hard = [*kinds, "kill", "endless", "good"]
    found, files = {}, {}
    for engine in ("in-process", "workers", "ray"):
        folder = tmp_path / engine
        asked = kinds if engine == "in-process" else hard
        words = (engine, engine, cluster.address, "2", ",".join(asked))
        told = run(command, cluster, *words, place=tmp_path)
        assert told.returncode == 0, told.stderr
        assert told.stderr == ""
        found[engine] = json.loads(told.stdout)["results"]
        files[engine] = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
        assert cluster.token not in told.stdout
    assert found["workers"] == found["ray"]
    assert found["ray"][:10] == found["in-process"]
    assert found["ray"][1] == "ValueError: bad 1"
    assert found["ray"][10:12] == ["killed its worker 3 times", "did not end within 2 s"]
    assert files["workers"] == files["ray"]
    assert len(files["ray"]) == 10
    assert files["in-process"].items() <= files["ray"].items()


def test_a_token_opens_and_nothing_else_does(
    cluster: Cluster, command: list[str], tmp_path: Path
) -> None:
    """A wrong token, none, an address where nobody is: exit code 2, and a sentence that helps."""
    wrong = tmp_path / "wrong"
    wrong.write_text(secrets.token_hex(32))
    asked = (str(tmp_path / "a"), "ray", cluster.address, "5", "good")
    told = run(command, cluster, *asked, RAY_AUTH_TOKEN_PATH=str(wrong))
    assert (told.returncode, told.stdout) == (2, "")
    assert "the token is wrong or missing" in told.stderr
    assert len(told.stderr.splitlines()) == 1
    nobody = f"127.0.0.2:{free_port()}"
    told = run([sys.executable, "-m", "hornbook"], cluster, "run", "quickstart", "--runs",
               str(tmp_path), "--engine", "ray", "--address", nobody)  # fmt: skip
    assert told.returncode == 2
    assert told.stderr.startswith(f"hornbook: --address {nobody}: nobody answers there")
    assert not (tmp_path / "quickstart").exists()


def test_a_recipe_gives_the_same_bytes_on_a_cluster(
    cluster: Cluster, recipe: Path, tmp_path: Path
) -> None:
    """`hornbook run --engine ray --address`: every stage's digests are those of one process."""
    found = {}
    for engine in (["in-process"], ["ray", "--address", cluster.address]):
        runs = tmp_path / engine[0]
        command = [sys.executable, "-m", "hornbook", "run", str(recipe), "--runs", runs.name]
        words = ("--until", "decontaminate", "--engine", *engine)
        told = run(command, cluster, *words, place=tmp_path)
        assert told.returncode == 0, told.stderr
        found[engine[0]] = {
            path.parent.name: json.loads(path.read_text())["outputs"]
            for path in (runs / "tiny").glob("*/manifest.json")
        }
        for path in runs.rglob("*"):
            assert not path.is_file() or cluster.token.encode() not in path.read_bytes(), path
    assert found["ray"] == found["in-process"]
    assert sorted(found["ray"]) == ["decontaminate", "quality", "sources", "synthesis"]


def test_the_token_is_in_no_log(cluster: Cluster) -> None:
    """Ray wrote many files of what it did until now; none holds it."""
    secret = cluster.token.encode()
    for path in cluster.folder.rglob("*"):
        if path.is_file() and path.name != "token":
            assert secret not in path.read_bytes(), path


def test_a_machine_killed_in_the_middle_costs_its_running_jobs(
    cluster: Cluster, command: list[str], tmp_path: Path
) -> None:
    """`kill -9` of the second raylet while its job runs: that job is begun twice, all others once.

    A worker sees that its raylet is gone a moment later, so it is the last job of that worker.
    """
    folder = tmp_path / "out"
    asked = [str(folder), "ray", cluster.address, "60", ",".join(["slow"] * 12)]
    running = subprocess.Popen(
        [*command, *asked], env=cluster.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    second = cluster.raylet(1)
    begun = folder / "begun"

    def there() -> list[str]:
        """The jobs that the second machine began."""
        pids = {str(child.pid) for child in second.children(recursive=True)}
        lines = begun.read_text().splitlines() if begun.exists() else []
        return [line.split()[0] for line in lines if line.split()[1] in pids]

    wait_for(lambda: len(there()) >= 2, cluster)
    (worker,) = {
        line.split()[1] for line in begun.read_text().splitlines() if line.split()[0] in there()
    }
    second.send_signal(signal.SIGKILL)
    out, err = running.communicate(timeout=100)
    assert running.returncode == 0, err
    results = json.loads(out)["results"]
    assert [row["n"] for row in results] == list(range(12))
    lines = [line.split() for line in begun.read_text().splitlines()]
    lost = [job for job, pid in lines if pid == worker][-1]
    assert sorted(int(job) for job, _ in lines) == sorted([*range(12), int(lost)])
    assert not psutil.pid_exists(int(worker))


def test_a_head_that_is_killed_ends_the_run_in_our_words(
    command: list[str], tmp_path: Path
) -> None:
    """After some patience: exit code 2, one line, what was done is kept; not Ray's own end."""
    with two_machines() as cluster:
        words = (str(tmp_path / "out"), "ray", cluster.address, "60", ",".join(["slow"] * 99))
        with subprocess.Popen(
            [*command, *words], env=cluster.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as running:  # fmt: skip
            wait_for(lambda: any(tmp_path.glob("out/*.parquet")), cluster)
            head = psutil.Process(cluster.nodes[0].pid).children(recursive=True)
            (control,) = (process for process in head if process.name() == "gcs_server")
            control.kill()
            out, err = running.communicate(timeout=100)
        assert (running.returncode, out) == (2, "")
        assert err.startswith(f"the head of the cluster at {cluster.address} has not answered for")
        assert len(err.splitlines()) == 1
        done = len(list((tmp_path / "out" / "ledger").iterdir()))
        assert 0 < done <= len(list((tmp_path / "out").glob("*.parquet")))


def test_without_ray_it_says_what_to_install() -> None:
    """The base installation runs, and names the extra."""
    program = (
        "import sys; sys.modules['ray'] = None; from hornbook.cli import main;"
        "sys.exit(main(['run', 'quickstart', '--engine', 'ray']))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.returncode == 2
    assert (
        told.stderr == "hornbook: --engine ray: Ray is not installed; pip install 'hornbook[ray]'\n"
    )


def test_a_cluster_of_ones_own_leaves_nothing(command: list[str], tmp_path: Path) -> None:
    """`local` follows no cluster that was started before, and is gone afterwards, token and all."""
    clean = {name: v for name, v in os.environ.items() if not name.startswith("RAY_")}
    environment = clean | {"HOME": str(tmp_path), "RAY_ADDRESS": "127.0.0.9:1"}
    before = set(Path("/tmp").glob("hornbook-ray-*"))
    told = subprocess.run(
        [*command, str(tmp_path / "out"), "ray", "local", "9", "good,kill,good"],
        env=environment, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["results"][1] == "killed its worker 3 times"
    assert not (tmp_path / ".ray").exists()
    assert set(Path("/tmp").glob("hornbook-ray-*")) == before
