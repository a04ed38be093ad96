from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from hornbook.errors import ConfigError
from hornbook.storage import whole_folder


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    """Not before, and with nothing beside it; missing parents are made."""
    out = tmp_path / "a" / "b"
    with whole_folder(out) as folder:
        (folder / "x").write_text("1")
        assert not out.exists()
    assert [path.name for path in out.parent.iterdir()] == ["b"]
    assert (out / "x").read_text() == "1"


@pytest.mark.parametrize("end", [KeyboardInterrupt(), OSError(28, "No space left"), ValueError()])
def test_whatever_ends_it_leaves_nothing(tmp_path: Path, end: BaseException) -> None:
    """Ctrl-C, a full disk, a fault of ours."""
    with pytest.raises(type(end)), whole_folder(tmp_path / "out") as folder:
        (folder / "x").write_text("1")
        raise end
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_be_there(tmp_path: Path) -> None:
    """It is taken; anything else of that name is not."""
    (tmp_path / "out").mkdir()
    with whole_folder(tmp_path / "out") as folder:
        (folder / "x").write_text("1")
    with pytest.raises(ConfigError, match="not empty"), whole_folder(tmp_path / "out"):
        pass
    with pytest.raises(ConfigError, match="not empty"), whole_folder(tmp_path / "out" / "x"):
        pass
    assert (tmp_path / "out" / "x").read_text() == "1"


def test_no_folder_is_made_below_a_file(tmp_path: Path) -> None:
    """The message names the file that is in the way."""
    (tmp_path / "file").write_text("1")
    for out in (tmp_path / "file" / "a", tmp_path / "file" / "a" / "b"):
        with pytest.raises(ConfigError, match=r"file is a file, and no folder"), whole_folder(out):
            pass


def test_a_killed_predecessor_is_not_in_the_way(tmp_path: Path) -> None:
    """What a process of the same number left half-written is cleared away."""
    left = tmp_path / f".out.{os.getpid()}.tmp"
    left.mkdir()
    (left / "x").write_text("old")
    with whole_folder(tmp_path / "out") as folder:
        assert list(folder.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


PROGRAM = """
import sys, time
from pathlib import Path
from hornbook.storage import whole_folder
with whole_folder(Path(sys.argv[1])) as folder:
    (folder / "x").write_text("half")
    print("writes", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path) -> None:
    """But not what another process writes at the moment, nor the folder of another name."""
    out, other = tmp_path / "out", tmp_path / ".other.1.tmp"
    other.mkdir()
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(out)], stdout=PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        half = tmp_path / f".out.{running.pid}.tmp"
        with pytest.raises(ValueError, match="stop"), whole_folder(out):
            raise ValueError("stop")
        assert (half / "x").read_text() == "half"
        running.kill()
    assert half.is_dir()
    with whole_folder(out) as folder:
        assert not half.exists()
        assert list(folder.iterdir()) == []
    assert sorted(tmp_path.iterdir()) == [other, out]
