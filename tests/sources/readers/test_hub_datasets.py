"""Facts about data sets of the hub, on a hub of our own; in processes of their own, for the hub's
address is read at import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.hub_server import COMMIT, environment_of, hub

NAME = "someone/stack"
PROGRAM = """
import sys
from pathlib import Path
from hornbook.sources import SourcesSettings, StackSource, external
from hornbook.engine import InProcess
from hornbook.sources.everything import pieces_of
from hornbook.sources.jobs import Hands
from hornbook.sources.text import Reading
from hornbook.stages import StageContext
from hornbook.engine import InProcess
from hornbook.errors import UserError

home = Path(sys.argv[1])
settings = SourcesSettings(stack=(StackSource(path=sys.argv[2]),))
try:
    print(list(external(settings).values()))
    context = StageContext(home, {}, seed=1, cache=home / "cache")
    for piece in pieces_of(context, settings, Hands(InProcess(), home)):
        print([row.origin.path for row in piece.rows(Reading(settings))])
except UserError as error:
    print(type(error).__name__, error)
"""


def told(home: Path, path: str, endpoint: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), path],
        env=environment_of(endpoint, home, HF_TOKEN="hf_ours"),
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_the_files_of_a_language_are_fetched_at_one_commit(tmp_path: Path) -> None:
    """Other languages stay where they are; the token is the environment's; the commit is the key."""
    for language in ("python", "java"):
        (tmp_path / NAME / "data" / language).mkdir(parents=True)
        table = pa.table({"content": ["value = 1\n"], "max_stars_repo_path": [f"{language}.x"]})
        pq.write_table(table, tmp_path / NAME / "data" / language / "data-0.parquet")
    with hub(tmp_path) as here:
        endpoint = here.address
        lines = told(tmp_path / "home", NAME, endpoint)
        assert lines == [str([COMMIT]), "['python.x']"]
        assert {path.partition(COMMIT)[2] for path in here.fetched} == {
            "/data/python/data-0.parquet"
        }
        assert {token for _, token in here.asked} == {"Bearer hf_ours"}
        here.asked.clear()
        assert told(tmp_path / "home", f"{NAME}@{COMMIT}", endpoint)[-1] == "['python.x']"
        assert all(COMMIT in path for path in here.fetched)


def test_a_data_set_that_cannot_be_had_says_why_and_for_which_setting(tmp_path: Path) -> None:
    """Terms that were not accepted, a name that nobody knows, a hub that is not there."""
    with hub(tmp_path) as here:
        (line,) = told(tmp_path / "home", "someone/gated", here.address)
        assert line.startswith("SourceError sources.stack: someone/gated: ")
        assert "accepted its terms" in line
        (line,) = told(tmp_path / "home", "someone/else", here.address)
        assert line.startswith(
            "SourceError sources.stack: someone/else: neither a folder here nor a data set"
        )
    (line,) = told(tmp_path / "home", NAME, "http://127.0.0.1:9")
    assert line.startswith("NetworkError")
    assert "the hub could not be reached" in line
