"""The workbook: exercises written by program, with solutions that were run against tests."""

from hornbook.synthesis.workbook.catalogue import FAMILIES, known, unknown
from hornbook.synthesis.workbook.write import Workbook, write_workbook

__all__ = ["FAMILIES", "Workbook", "known", "unknown", "write_workbook"]
