"""Judgement: what a model can do, and how sure that is (phi-1 3)."""

from hornbook.evaluate.answers import ask
from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.figures import Examination
from hornbook.evaluate.stage import run
from hornbook.evaluate.subject import Answer, FakeSubject, Subject

__all__ = ["Answer", "EvaluateSettings", "Examination", "FakeSubject", "Subject", "ask", "run"]
