"""Facts about known verdicts: what is kept, what is believed."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from hornbook.evaluate.rows import Ruling
from hornbook.evaluate.verdict_store import (
    CACHED,
    Keys,
    Store,
    _sum,
    conditions,
    problem_digest,
    sandbox_version,
)
from hornbook.records import content_id
from hornbook.sandbox import FakeSandbox, Limits
from hornbook.storage import canonical_json
from tests.evaluate.toy import PROBLEMS

PASS = Ruling("passed", "", "", "", "", "", 0.1, "A", False)
FAIL = Ruling("failed", "assertion", "AssertionError", "assert x", "1", "2", 0.1, "A", False)


def store(path: Path | None, told: list[str] | None = None) -> Store:
    return Store(path, CACHED, (told if told is not None else []).append)


def test_what_is_kept_is_there_for_the_next_process(tmp_path: Path) -> None:
    """Equal rulings come back; an unknown key has none."""
    first = store(tmp_path / "v.sqlite")
    first.put("k", FAIL)
    assert first.get("k", "A") == FAIL
    first.close()
    second = store(tmp_path / "v.sqlite")
    assert second.get("k", "A") == FAIL
    assert second.get("other", "A") is None
    second.close()


@pytest.mark.parametrize("verdict", ["timed_out", "infrastructure_error", "refused"])
def test_what_another_day_could_change_is_not_kept(tmp_path: Path, verdict: str) -> None:
    """Neither put in nor, should a row of that kind be there, taken out."""
    path = tmp_path / "v.sqlite"
    kept = store(path)
    kept.put("k", replace(FAIL, verdict=verdict, kind="time"))
    kept.close()
    plant(path, "k", canonical_json(asdict(replace(FAIL, verdict=verdict, kind="time"))))
    again = store(path)
    assert again.get("k", "A") is None
    again.close()


def test_another_tiers_verdict_is_never_used(tmp_path: Path) -> None:
    """Keys differ by tier; and should they not, the row's own tier is looked at."""
    limits = Limits()
    loose, tight = FakeSandbox(), FakeSandbox()
    loose.tier, tight.tier = "UNSANDBOXED", "A"
    tests = problem_digest(PROBLEMS[0])
    keys = [Keys(conditions(box, limits)).key(tests, "x = 1") for box in (loose, tight)]
    assert keys[0] != keys[1]
    kept = store(tmp_path / "v.sqlite")
    kept.put("k", replace(PASS, tier="UNSANDBOXED", forgeable=True))
    kept.close()
    again = store(tmp_path / "v.sqlite")
    assert again.get("k", "A") is None
    assert again.get("k", "UNSANDBOXED") is not None
    again.close()


def plant(path: Path, key: str, row: object, checksum: object = None) -> None:
    with sqlite3.connect(path) as file:
        total = checksum if checksum is not None else _sum(key, str(row))
        file.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)", (key, row, total))
    file.close()


GOOD = asdict(PASS)


@pytest.mark.parametrize(
    ("row", "checksum"),
    [
        (canonical_json(GOOD), "0" * 64),
        (canonical_json(GOOD), b"bytes"),
        (canonical_json(GOOD), content_id(canonical_json(GOOD))),
        ("", None),
        ("[]", None),
        ("[" * 100_000, None),
        (b"\xff\xfe", None),
        (json.dumps(GOOD), None),
        (canonical_json({**GOOD, "more": 1}), None),
        (canonical_json({**GOOD, "kind": "assertion"}), None),
        (canonical_json({**GOOD, "kind": "party"}), None),
        (canonical_json({**GOOD, "forgeable": 0}), None),
        (canonical_json({**GOOD, "seconds": "0.1"}), None),
        (canonical_json({**GOOD, "seconds": -1}), None),
        (canonical_json({**GOOD, "seconds": True}), None),
        (canonical_json({**GOOD, "verdict": True}), None),
        (canonical_json({**GOOD, "verdict": ["passed"]}), None),
        (canonical_json({**GOOD, "tier": None}), None),
        (canonical_json({**GOOD, "reason": "x" * 5000}), None),
        (canonical_json({k: v for k, v in GOOD.items() if k != "actual"}), None),
    ],
)
def test_a_malformed_row_is_no_verdict(tmp_path: Path, row: object, checksum: object) -> None:
    """A pass needs the exact form that this program writes, and its checksum."""
    path = tmp_path / "v.sqlite"
    store(path).close()
    plant(path, "k", row, checksum)
    told: list[str] = []
    again = store(path, told)
    assert again.get("k", "A") is None
    again.close()


def test_a_row_under_another_key_is_no_verdict(tmp_path: Path) -> None:
    """The checksum covers the key: rows can't be moved about."""
    path = tmp_path / "v.sqlite"
    kept = store(path)
    kept.put("k", PASS)
    kept.close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE verdicts SET key = 'j'")
    file.close()
    again = store(path)
    assert again.get("j", "A") is None
    again.close()


def foreign(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as file:
        file.executescript(statement)
    file.close()


@pytest.mark.parametrize("damage", ["noise", "cut", "foreign", "view", "trigger", "version"])
def test_a_damaged_or_foreign_file_is_put_aside(tmp_path: Path, damage: str) -> None:
    """With a warning, and a new one is begun; nothing crashes."""
    path = tmp_path / "v.sqlite"
    first = store(path)
    for number in range(300):
        first.put(f"k{number}", FAIL)
    first.close()
    if damage == "noise":
        path.write_bytes(os.urandom(50_000))
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:30])
    elif damage == "foreign":
        path.unlink()
        foreign(path, "CREATE TABLE bookmarks (url TEXT)")
    elif damage == "view":
        path.unlink()
        foreign(path, "CREATE VIEW verdicts AS SELECT 'k0' key, '' row, '' sum")
    elif damage == "trigger":
        script = "CREATE TRIGGER t AFTER INSERT ON verdicts BEGIN DELETE FROM verdicts; END"
        foreign(path, script)
    else:
        foreign(path, "PRAGMA user_version = 99")
    told: list[str] = []
    again = store(path, told)
    assert again.get("k0", "A") is None
    again.put("k0", PASS)
    again.close()
    assert len(told) == 1
    assert "moved to v.sqlite.damaged" in told[0]
    assert (tmp_path / "v.sqlite.damaged").exists()
    third = store(path)
    assert third.get("k0", "A") == PASS
    third.close()


def test_a_page_that_went_bad_ends_the_cache_and_nothing_else(tmp_path: Path) -> None:
    """Damage inside is met while reading: a warning, no verdict, no error."""
    path = tmp_path / "v.sqlite"
    first = store(path)
    for number in range(2000):
        first.put(f"k{number}", FAIL)
    first.close()
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xa5" * (len(data) - 4096 * 2)
    path.write_bytes(data)
    told: list[str] = []
    again = store(path, told)
    assert {again.get(f"k{number}", "A") for number in range(2000)} <= {None, FAIL}
    again.put("new", PASS)
    again.close()
    assert len(told) == 1


def test_a_place_that_can_not_hold_it_is_told_once(tmp_path: Path) -> None:
    """A folder in its place, a file where its folder should be."""
    (tmp_path / "v.sqlite").mkdir()
    (tmp_path / "plain").write_text("")
    for path in (tmp_path / "v.sqlite", tmp_path / "plain" / "v.sqlite"):
        told: list[str] = []
        kept = store(path, told)
        kept.put("k", PASS)
        assert kept.get("k", "A") is None
        kept.close()
        assert len(told) == 1


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    """Four processes with a thousand rulings each: all of them arrive, nobody is turned away."""
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from hornbook.evaluate.verdict_store import Store, CACHED\n"
        "from hornbook.evaluate.rows import Ruling\n"
        "row = Ruling('passed', '', '', '', '', '', 0.1, 'A', False)\n"
        "told = []\nstore = Store(Path(sys.argv[1]), CACHED, told.append)\n"
        "for n in range(1000): store.put(f'{sys.argv[2]}-{n}', row)\n"
        "store.close()\nsys.exit(len(told))\n"
    )
    path = tmp_path / "v.sqlite"
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(n)]) for n in range(4)
    ]
    assert [process.wait(60) for process in processes] == [0] * 4
    again = store(path)
    assert all(again.get(f"{p}-{n}", "A") == PASS for p in range(4) for n in range(1000))
    again.close()


def test_keys_know_programs_by_their_lines() -> None:
    """Line ends make no difference, everything else does."""
    keys = Keys({"tier": "A"})
    assert keys.key("t", "a\r\nb\r") == keys.key("t", "a\nb\n")
    others = [keys.key("t", "a\nb"), keys.key("t", "a\nb\n\n"), keys.key("u", "a\nb\n")]
    assert len({keys.key("t", "a\nb\n"), *others, Keys({"tier": "B"}).key("t", "a\nb\n")}) == 5


def test_the_problems_digest_covers_what_a_verdict_depends_on() -> None:
    """Prompt, tests, set-up, inputs, solution, tolerance, entry point; not the label."""
    base = PROBLEMS[0]
    changed = [
        replace(base, **{name: "other"})
        for name in ("prompt", "test", "setup", "inputs", "canonical_solution", "entry_point")
    ]
    changed.append(replace(base, atol=1e-6))
    assert len({problem_digest(each) for each in (base, *changed)}) == 8
    assert problem_digest(replace(base, label="x", family="y")) == problem_digest(base)


def test_the_sandboxs_code_is_part_of_the_key() -> None:
    """Its digest covers the code that runs inside as well."""
    assert len(sandbox_version()) == 64
    assert conditions(FakeSandbox(), Limits())["sandbox"] == sandbox_version()
