"""Facts about attacks: without the sandbox they do have their effect, so their tests can fail.

Each runs beside its tests in a throw-away world of its own (elsewhere.py): user, mount, pid, network and
IPC namespaces, an unprivileged user, the disk read-only, small public folders, planted canaries.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import elsewhere
from tests.sandbox.hostile_range import PRELUDE, PROBLEMS, Attack, attacks

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")

CONTROLLED = [each for each in attacks() if each.runs_here and not each.control.startswith("none")]
HERE = Path(__file__).resolve()
_SECONDS = {"hangs": 1.0}
SUCCEEDS = "test_an_attack_succeeds_where_nothing_holds_it"
Told = dict[str, Any]


def run(attack: Attack, folder: Path) -> Told:
    problem = PROBLEMS[attack.problem]
    lead = problem.prompt + "    return 0\n" if problem.prompt else ""
    job = {
        "program": lead + PRELUDE.replace("@NAME@", attack.name) + attack.code,
        "entry_point": problem.entry_point,
        "test": problem.test,
        "inputs": problem.inputs,
        "canonical": problem.prompt + problem.canonical_solution,
        "seconds": _SECONDS.get(attack.control, 15.0),
    }
    path = folder / f"{attack.name}.json"
    path.write_text(json.dumps(job))
    done = subprocess.run(
        [sys.executable, elsewhere.__file__, "disposable", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if done.stdout else {"failed": done.stderr[-1000:]}


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Told]:
    """What came of each attack that was asked for, several at once."""
    wanted = {each.name for each in request.session.items}
    chosen = [each for each in CONTROLLED if f"{SUCCEEDS}[{each.group}-{each.name}]" in wanted]
    folder = tmp_path_factory.mktemp("controls")
    covered = [each for each in ("/tmp", "/var/tmp", "/dev/shm") if HERE.is_relative_to(each)]
    if covered:
        pytest.skip(f"the throw-away world covers {covered[0]}, in which this checkout lies")
    probe = run(CONTROLLED[0], folder)
    if "unshare" in probe.get("failed", "") or "mount" in probe.get("failed", ""):
        pytest.skip(f"no throw-away world to be had here: {probe['failed']}")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda attack: run(attack, folder), chosen))
    return {attack.name: answer for attack, answer in zip(chosen, answers, strict=True)}


@pytest.mark.parametrize("attack", CONTROLLED, ids=lambda attack: f"{attack.group}-{attack.name}")
def test_an_attack_succeeds_where_nothing_holds_it(attack: Attack, told: dict[str, Told]) -> None:
    """It forges a pass, hangs, dies, reaches a canary or says that it got through."""
    answer = told[attack.name]
    assert "failed" not in answer
    assert f"TRIED:{attack.name}" in answer["output"] or attack.control == "connections"
    effect = {
        "forges": answer["exit"] == 0,
        "hangs": answer["timed_out"],
        "dies": (answer["exit"] or 0) < 0,
        "evidence": "EVIDENCE:" in answer["output"] or bool(answer["drop"]),
        "home": answer["home"],
        "connections": bool(answer["connections"]),
    }
    assert effect[attack.control], answer


def test_most_attacks_are_controlled() -> None:
    """Those that are not say why, or speak the sandbox's own protocol."""
    others = [each for each in attacks() if each.control == "none" and each.group != "codec"]
    assert len(CONTROLLED) > 120
    assert len(others) < 60


def test_a_harmless_wrong_program_has_no_effect(tmp_path: Path) -> None:
    """The throw-away world itself forges nothing and touches nothing."""
    harmless = Attack("harmless", "forging", "", "def add(a, b):\n    tried()\n    return 0\n")
    answer = run(harmless, tmp_path)
    if "failed" in answer:
        pytest.skip(f"no throw-away world to be had here: {answer['failed']}")
    assert (answer["exit"], answer["timed_out"], answer["home"]) == (1, False, False)
    assert (answer["drop"], answer["connections"], answer["alive"]) == ([], [], 0)
    assert "TRIED:harmless" in answer["output"]
    assert "EVIDENCE" not in answer["output"]
