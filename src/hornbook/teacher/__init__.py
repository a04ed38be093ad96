"""The teacher: a language model that judges, writes and grades. Here its recorded answers."""

from hornbook.teacher.annotations import load_annotations
from hornbook.teacher.recorded import (
    Textbook,
    recorded_annotations,
    recorded_exercises,
    recorded_textbooks,
)

__all__ = [
    "Textbook",
    "load_annotations",
    "recorded_annotations",
    "recorded_exercises",
    "recorded_textbooks",
]
