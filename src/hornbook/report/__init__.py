"""Numbers to pages: one self-contained HTML file and every figure of it as JSON."""

from hornbook.report.config import ReportSettings
from hornbook.report.stage import run

__all__ = ["ReportSettings", "run"]
