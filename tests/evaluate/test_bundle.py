"""Facts about bundles: what is in one, and what a hostile one can't do."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import SourceError
from hornbook.evaluate import bundle as module
from hornbook.evaluate.bundle import (
    MANIFEST,
    PROBLEMS,
    SAMPLES,
    SUMMARY,
    VERDICTS,
    opened,
    write_bundle,
)
from hornbook.evaluate.sample_run import evaluate_samples
from hornbook.evaluate.verify import lines, verify
from hornbook.progress import Silent
from hornbook.sandbox import open_sandbox
from tests.evaluate.toy import PROBLEMS as TOYS
from tests.evaluate.toy import Counted, a_run, right, wrong

ROWS = [*(right(n) for n in range(5)), wrong(5), {"task_id": "toy/5", "completion": "\ud800"}]
Parts = dict[str, bytes]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    run = a_run(tmp_path, ROWS, ks=(1, 2))
    summary, _ = evaluate_samples(run, lambda: Counted([]), Silent())
    path = tmp_path / "B.zip"
    write_bundle(path, TOYS, run.samples, run.out, summary)
    return path


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def write(path: Path, parts: Mapping[str, bytes], rehash: bool = True) -> Path:
    """A bundle of these parts, with a manifest whose hashes are right."""
    parts = dict(parts)
    if rehash and MANIFEST in parts:
        manifest = json.loads(parts[MANIFEST])
        manifest["hashes"] = {
            n: hashlib.sha256(d).hexdigest() for n, d in parts.items() if n != MANIFEST
        }
        parts[MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


def again(path: Path) -> Any:
    return verify(path, lambda: Counted([]), 1, "auto", Silent())


def test_equal_contents_give_equal_bytes(bundle: Path, tmp_path: Path) -> None:
    """Names are sorted, times fixed; all that a score rests on is in it."""
    first = bundle.read_bytes()
    time.sleep(2.1)
    run = a_run(tmp_path, ROWS, ks=(1, 2))
    summary, worked = evaluate_samples(run, lambda: Counted([]), Silent())
    assert not worked
    write_bundle(bundle, TOYS, run.samples, run.out, summary)
    assert bundle.read_bytes() == first
    parts = parts_of(bundle)
    assert sorted(parts) == sorted(module.SIZES)
    manifest = json.loads(parts[MANIFEST])
    assert {"asked", "had", "hashes", "program", "python", "seed", "resamples"} < set(manifest)
    assert parts[VERDICTS] == run.out.read_bytes()


def test_an_honest_bundle_comes_out_again(bundle: Path) -> None:
    """Every verdict, also those on texts that no program can be."""
    result = again(bundle)
    assert result.identical
    assert result.samples == len(ROWS)
    assert lines(result)[-1] == "all 7 verdicts came out again"


def test_a_false_pass_is_named(bundle: Path, tmp_path: Path) -> None:
    """Row and both verdicts, though every hash in the bundle is right."""
    parts = parts_of(bundle)
    rows = [json.loads(line) for line in parts[VERDICTS].splitlines()]
    rows[5] |= {"verdict": "passed", "passed": True, "result": "passed", "kind": ""}
    parts[VERDICTS] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    result = again(write(tmp_path / "false.zip", parts))
    assert not result.identical
    assert result.differing == 1
    assert result.differences[0].task_id == "toy/5"
    assert "'toy/5', sample 0: passed claimed, failed found" in lines(result)
    assert "its summary does not follow from its own verdicts" in result.faults


def test_a_false_summary_is_named(bundle: Path, tmp_path: Path) -> None:
    """Scores that don't follow from the verdicts beside them."""
    parts = parts_of(bundle)
    summary = json.loads(parts[SUMMARY])
    summary["scores"][0]["estimate"] = 1.0
    parts[SUMMARY] = json.dumps(summary).encode()
    result = again(write(tmp_path / "false.zip", parts))
    assert result.differing == 0
    assert not result.identical


def changed(parts: Parts, name: str, **change: Any) -> Parts:
    value = json.loads(parts[name])
    for key, new in change.items():
        at = value
        *path, last = key.split("__")
        for step in path:
            at = at[step]
        at[last] = new
    return {**parts, name: json.dumps(value).encode()}


@pytest.mark.parametrize(
    "change",
    [
        {"asked__limits__cpu_seconds": 1e9},
        {"asked__limits__cpu_seconds": float("nan")},
        {"asked__limits__memory_mb": 1 << 40},
        {"asked__limits__memory_mb": 512.0},
        {"asked__limits__wall_seconds": "12"},
        {"asked__limits__output_bytes": True},
        {"asked__limits__output_bytes": -1},
        {"asked__limits": {}},
        {"asked__limits__more": 1},
        {"asked__problems": "0" * 64},
        {"asked": []},
        {"had": None},
        {"format": "hornbook-bundle-99"},
    ],
)
def test_a_bundle_chooses_no_longer_limits(
    bundle: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    """Nor unknown forms, nor other problems than it names. Nothing of it is run."""
    path = write(tmp_path / "hostile.zip", changed(parts_of(bundle), MANIFEST, **change))
    judged: list[str] = []
    with pytest.raises(SourceError):
        verify(path, lambda: Counted(judged), 1, "auto", Silent())
    assert judged == []


def test_a_bundle_chooses_no_sandbox(bundle: Path, tmp_path: Path) -> None:
    """It may claim any tier; what is used is the caller's."""
    parts = changed(parts_of(bundle), MANIFEST, asked__protection="none", had__tier="UNSANDBOXED")
    opened_as: list[str] = []

    def open_one() -> Counted:
        opened_as.append("auto")
        return Counted([])

    result = verify(write(tmp_path / "b.zip", parts), open_one, 1, "auto", Silent())
    assert result.tier == "A"
    assert opened_as
    assert any("another tier" in note for note in result.notes)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (PROBLEMS, b""),
        (PROBLEMS, b"[]\n"),
        (PROBLEMS, b'{"task_id": 3}\n'),
        (PROBLEMS, None),
        (SAMPLES, b'{"task_id": "toy/9", "completion": ""}\n'),
        (SAMPLES, b"nonsense"),
        (SAMPLES, b""),
        (VERDICTS, b""),
        (VERDICTS, b'{"task_id": "toy/0", "passed": true}\n'),
        (VERDICTS, b"\x00"),
        (SUMMARY, b"[]"),
        (SUMMARY, b'{"scores": 3}'),
        (SUMMARY, b'{"scores": [{"k": 1e300}]}'),
        (SUMMARY, b'{"scores": [{"k": 99999999999}]}'),
        (SUMMARY, b'{"scores": [[]]}'),
        (SUMMARY, b"[" * 100_000),
        (MANIFEST, b"[]"),
        (MANIFEST, b"\xff"),
        (MANIFEST, b'{"format": "hornbook-bundle-1", "hashes": {"../../x": 1}}'),
    ],
)
def test_wrong_contents_are_the_users_error(
    bundle: Path, tmp_path: Path, name: str, data: bytes | None
) -> None:
    """With right hashes over wrong rows: a clear word, no traceback, exit code 2."""
    parts = parts_of(bundle)
    twice = parts[PROBLEMS] + parts[PROBLEMS]
    parts[name] = twice if data is None else data
    path = write(tmp_path / "hostile.zip", parts, rehash=name != MANIFEST)
    with pytest.raises(SourceError) as told:
        again(path)
    assert told.value.exit_code == 2


def test_a_trusting_problem_is_not_trusted(bundle: Path, tmp_path: Path) -> None:
    """A bundle's tests get a fresh judge each time: the mark of our own benchmarks isn't read."""
    parts = parts_of(bundle)
    rows = [json.loads(line) for line in parts[PROBLEMS].splitlines()]
    assert all("trusted" not in row for row in rows)
    parts[PROBLEMS] = b"".join(
        json.dumps({**row, "trusted": True}).encode() + b"\n" for row in rows
    )
    with pytest.raises(SourceError, match="not a problem of this version"):
        again(write(tmp_path / "b.zip", parts))


def test_a_part_that_is_not_what_the_manifest_says_is_told(bundle: Path, tmp_path: Path) -> None:
    """Every hash is checked before anything else is read."""
    parts = parts_of(bundle)
    parts[SAMPLES] += b"\n"
    with pytest.raises(SourceError, match=r"samples.jsonl is not what the manifest says"):
        again(write(tmp_path / "b.zip", parts, rehash=False))


@pytest.mark.parametrize(
    "names",
    [
        ["../../evil"],
        ["/etc/passwd"],
        ["samples.jsonl"],
        ["SAMPLES.JSONL"],
        ["sub/samples.jsonl"],
        [f"n{number}" for number in range(100_000)],
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_other_names_are_refused(bundle: Path, tmp_path: Path, names: list[str]) -> None:
    """Paths, a name twice, a hundred thousand names: refused before anything is read."""
    path = tmp_path / "hostile.zip"
    path.write_bytes(bundle.read_bytes())
    with zipfile.ZipFile(path, "a") as file:
        for name in names:
            file.writestr(name, b"")
    started = time.monotonic()
    with pytest.raises(SourceError, match="not a bundle"), opened(path):
        pass
    assert time.monotonic() - started < 10
    assert not (tmp_path.parent.parent / "evil").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_place_of_another_is_refused(bundle: Path, tmp_path: Path) -> None:
    """Five names, two of them equal."""
    parts = parts_of(bundle)
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in (MANIFEST, SUMMARY, PROBLEMS, SAMPLES, SAMPLES):
            file.writestr(name, parts[name])
    with pytest.raises(SourceError, match="it holds exactly"), opened(path):
        pass


def test_a_bomb_is_not_unpacked(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part larger than stated limits is refused by what the list of names says of it, and one
    whose list lies is cut short by its checksum."""
    parts = parts_of(bundle)
    parts[SUMMARY] = b" " * (65 << 20)
    path = write(tmp_path / "bomb.zip", parts)
    assert path.stat().st_size < 200_000
    with pytest.raises(SourceError, match=r"summary.json has 68,157,440 bytes"), opened(path):
        pass
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        size = file.getinfo(SUMMARY).file_size.to_bytes(4, "little")
    lying = tmp_path / "lying.zip"
    lying.write_bytes(data.replace(size, (100).to_bytes(4, "little")))
    with pytest.raises(SourceError), opened(lying):
        pass


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped", "stored", "none", "folder"])
def test_what_is_no_whole_bundle_is_told(bundle: Path, tmp_path: Path, damage: str) -> None:
    """Nothing, text, half a file, a flipped bit, another packing."""
    path = tmp_path / "x.zip"
    data = bundle.read_bytes()
    if damage == "flipped":
        data = data[:200] + bytes([data[200] ^ 255]) + data[201:]
    if damage == "stored":
        with zipfile.ZipFile(path, "w") as file:
            for name, part in parts_of(bundle).items():
                file.writestr(name, part)
    elif damage == "folder":
        path.mkdir()
    elif damage != "none":
        small = {"empty": b"", "text": b"hello" * 100, "cut": data[: len(data) // 2]}
        path.write_bytes(small.get(damage, data))
    with pytest.raises(SourceError), opened(path):
        pass


def test_many_flips_never_end_in_a_traceback(bundle: Path, tmp_path: Path) -> None:
    """Each byte of the directory and of the first part in turn: an error of the user's, or none."""
    data = bundle.read_bytes()
    path = tmp_path / "x.zip"
    for place in [*range(0, 120), *range(len(data) - 400, len(data))]:
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            with opened(path) as found:
                found.problems()
        except SourceError:
            continue


def test_a_real_bundle_is_judged_again_by_the_real_sandbox(tmp_path: Path) -> None:
    """Judged and verified under what this machine offers; a wrong claim is found."""
    opener = partial(open_sandbox, "none")
    run = a_run(tmp_path, ROWS, protection="none")
    summary, _ = evaluate_samples(run, opener, Silent())
    path = tmp_path / "B.zip"
    write_bundle(path, TOYS, run.samples, run.out, summary)
    result = verify(path, opener, 2, "none", Silent())
    assert result.identical
    assert lines(result)[-1].endswith("UNSANDBOXED")
