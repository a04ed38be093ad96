"""The teacher: a language model that judges, writes and grades; an endpoint, or recorded answers."""

from hornbook.teacher.annotations import load_annotations
from hornbook.teacher.recorded import (
    Textbook,
    recorded_annotations,
    recorded_exercises,
    recorded_textbooks,
)
from hornbook.teacher.request import Answer, FakeTeacher, Message, Request, Teacher

__all__ = [
    "Answer",
    "FakeTeacher",
    "Message",
    "Request",
    "Teacher",
    "Textbook",
    "load_annotations",
    "recorded_annotations",
    "recorded_exercises",
    "recorded_textbooks",
]
