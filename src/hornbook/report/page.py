"""The page: the summary in words, tables and pictures. Everything foreign is escaped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from hornbook.report import charts
from hornbook.report.collect import comparison_sentence
from hornbook.report.examples import Examples, Solution

BENCHMARK_NAMES = {
    "workbook-known": "Workbook, families trained on",
    "workbook-unknown": "Workbook, families never trained on",
    "humaneval": "HumanEval",
    "humanevalplus": "HumanEval+",
    "humanevalplus-mini": "HumanEval+ Mini",
    "mbpp": "MBPP",
    "mbpp-all": "MBPP, all splits",
    "mbpp-sanitized": "MBPP sanitized",
    "mbppplus": "MBPP+",
}


def render(summary: Mapping[str, Any], examples: Examples) -> str:
    """The report as one HTML text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup
    from pygments.formatters import HtmlFormatter

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(percent=_percent, thousands=lambda n: f"{n:,}", code=_highlight)
    template = files("hornbook.report").joinpath("page.html").read_text(encoding="utf-8")
    page = environment.from_string(template)
    return page.render(
        s=summary,
        examples=examples,
        charts={name: Markup(svg) for name, svg in _charts(summary).items()},
        code_style=Markup(HtmlFormatter(style="friendly").get_style_defs(".code")),
        names=BENCHMARK_NAMES,
        sentence=comparison_sentence,
        joined=_joined,
        recipe=json.dumps(summary["recipe"], indent=2),
    )


def _percent(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value * 100:.{digits}f}%"


def _highlight(text: str) -> Any:
    from markupsafe import Markup
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return Markup(highlight(text, PythonLexer(), HtmlFormatter(cssclass="code")))


def _joined(solution: Solution) -> str:
    return solution.problem.prompt + solution.completion.text


def _charts(summary: Mapping[str, Any]) -> dict[str, str]:
    quality = summary["quality"]
    histogram = quality["histogram"]
    return {
        "funnel": _funnel(summary["funnel"]),
        "scores": charts.histogram(
            histogram["edges"], histogram["counts"], quality["threshold"], "score of a document"
        ),
        "reliability": charts.reliability(
            [(row["predicted"], row["observed"], row["n"]) for row in quality["reliability"]]
        ),
        "losses": charts.curves(
            _losses(summary), "tokens seen in the phase", "loss (nats a token)"
        ),
        "time": charts.bars(
            [(row["stage"], row["seconds"], f"{row['seconds']:.1f} s") for row in summary["stages"]]
        ),
        **{f"benchmark-{name}": svg for name, svg in _benchmarks(summary).items()},
        **{f"bits-{kind}": svg for kind, svg in _bits(summary).items()},
        "differences": charts.whiskers(
            [
                (
                    f"{row['first']} - {row['second']}",
                    row["estimate"] * 100,
                    row["low"] * 100,
                    row["high"] * 100,
                    row["benchmark"],
                )
                for row in summary["comparisons"]
            ]
        ),
    }


def _funnel(funnel: Mapping[str, Any]) -> str:
    sources = funnel["sources"]["documents"]
    steps = [("seen", sources["rows_in"])]
    left = sources["rows_in"]
    for reason, count in sorted(sources["dropped"].items(), key=lambda item: -item[1]):
        left -= count
        steps.append((f"after {reason}", left))
    steps.append(("judged worth reading", funnel["quality"]["documents"]["kept"]))
    steps.append(("after decontamination", funnel["decontaminate"]["selected"]["kept"]))
    return charts.bars([(label, float(value), f"{value:,}") for label, value in steps])


def _losses(summary: Mapping[str, Any]) -> dict[str, list[tuple[float, float]]]:
    return {
        f"{row['arm']} / {row['phase']}": [(x, y) for x, y in row["curve"]]
        for row in summary["training"]
    }


def _benchmarks(summary: Mapping[str, Any]) -> dict[str, str]:
    by_name: dict[str, list[tuple[str, float, float, float, str]]] = {}
    for row in summary["scores"]:
        if row["estimate"] is not None:
            text = f"{row['estimate'] * 100:.1f}% ({row['passed']}/{row['n']})"
            values = (row["estimate"] * 100, row["low"] * 100, row["high"] * 100)
            by_name.setdefault(row["benchmark"], []).append((row["arm"], *values, text))
    return {name: charts.whiskers(rows) for name, rows in by_name.items()}


def _bits(summary: Mapping[str, Any]) -> dict[str, str]:
    by_kind: dict[str, list[tuple[str, float, float, float, str]]] = {}
    for row in summary["likelihood"]:
        text = f"{row['estimate']:.3f} bits a byte"
        by_kind.setdefault(row["kind"], []).append(
            (row["arm"], row["estimate"], row["low"], row["high"], text)
        )
    return {kind: charts.whiskers(rows) for kind, rows in by_kind.items()}
