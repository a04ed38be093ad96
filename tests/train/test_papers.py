from __future__ import annotations

from typing import Any

import pytest

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.train import PAPERS, PhaseSettings
from hornbook.train.job import sequences_of, steps_taken
from hornbook.train.optimizer import rate_at

PUBLISHED: dict[str, dict[str, Any]] = {
    "phi-1-base": {
        "batch": 1024, "rate": 1e-3, "warm": 750, "schedule": 36_000, "taken": 24_000,
        "weight_decay": 0.1, "dropout": 0.1, "precision": "float16",
    },
    "phi-1": {
        "batch": 256, "rate": 1e-4, "warm": 50, "schedule": 6_000, "taken": 6_000,
        "weight_decay": 0.01, "dropout": 0.1, "precision": "float16",
    },
    "phi-1.5": {
        "batch": 2048, "rate": 2e-4, "warm": 0, "schedule": 35_763, "taken": 35_763,
        "weight_decay": 0.1, "dropout": 0.0, "precision": "float16",
    },
}  # fmt: skip


def phase(paper: str, **changes: Any) -> PhaseSettings:
    return settings_from(PhaseSettings, {"paper": paper, **changes}, "train.phases.demo")


def test_every_paper_is_checked() -> None:
    assert PAPERS.keys() == PUBLISHED.keys()


@pytest.mark.parametrize("paper", PUBLISHED)
def test_a_paper_trains_as_it_was_published(paper: str) -> None:
    """Sequences a step, steps, rates, decay, dropout, format: the figures of phi-1 2.3, phi-1.5 2.3."""
    wanted, found = PUBLISHED[paper], phase(paper)
    steps, per_step = sequences_of(found, 2048)
    assert per_step == wanted["batch"]
    assert steps == wanted["schedule"]
    assert steps_taken(found, steps) == wanted["taken"]
    assert found.learning_rate == wanted["rate"]
    for name in ("weight_decay", "dropout", "precision"):
        assert getattr(found, name) == wanted[name]
    assert not found.document_mask
    assert found.learn_prompts
    warm = wanted["warm"]
    assert rate_at(warm, steps, found) == pytest.approx(1.0, abs=1e-3)
    if warm:
        assert rate_at(0, steps, found) == pytest.approx(1 / warm)
        assert rate_at(warm - 1, steps, found) == 1.0


def test_phi_1_5_keeps_its_rate() -> None:
    """Constant from the first step to the last; Adam's numbers are its own."""
    found = phase("phi-1.5")
    assert {rate_at(step, 35_763, found) for step in (0, 1, 750, 35_762)} == {1.0}
    assert (found.beta1, found.beta2, found.epsilon) == (0.9, 0.98, 1e-7)


def test_phi_1_falls_in_a_line() -> None:
    """After the warmup, down to nothing at the schedule's end, which the released model never saw."""
    found = phase("phi-1-base")
    rates = [rate_at(step, 36_000, found) for step in (750, 18_375, 24_000, 35_999)]
    assert rates == pytest.approx([1.0, 0.5, 12_000 / 35_250, 0.0], abs=1e-3)


def test_phi_1_is_the_best_of_every_thousandth_step() -> None:
    """By held-out loss; the paper does not say by what."""
    found = phase("phi-1")
    assert (found.keep_every, found.validate_every, found.select) == (1000, 1000, "best")


def test_what_is_given_goes_before_the_paper() -> None:
    """A laptop's phase may be phi-1's in all but its size; the name itself leaves no trace."""
    found = phase("phi-1", tokens=8192, batch_tokens=1024, precision="float32")
    assert (found.tokens, found.batch_tokens, found.precision) == (8192, 1024, "float32")
    assert found.learning_rate == 1e-4
    assert "paper" not in found.model_dump()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"paper": "phi-2"}, r"no paper `phi-2` \(phi-1-base, phi-1, phi-1.5\)"),
        ({"paper": ["phi-1"]}, r"no paper `\['phi-1'\]`"),
        ({"paper": "phi-1", "warm_up": 3}, "did you mean `warmup`"),
        ({"paper": "phi-1", "validate_every": 0}, "select = best needs validate_every"),
    ],
)
def test_a_paper_that_is_none_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        settings_from(PhaseSettings, table, "train.phases.demo")


def test_a_phase_without_tokens_needs_epochs() -> None:
    """Known only with the mixture; the message says what is missing."""
    found = settings_from(PhaseSettings, {"batch_tokens": 64}, "train.phases.demo")
    assert sequences_of(found, 32, by_epochs=6400) == (100, 2)
    with pytest.raises(ConfigError, match="needs `tokens`, unless its mixture is given in epochs"):
        sequences_of(found, 32)
