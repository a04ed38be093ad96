"""Settings of the `[quality]` table."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, model_validator

from hornbook.config import Settings

Classifying = Literal["gaussian-process", "forest", "boosting", "logistic", "ordinal"]
CLASSIFIERS: tuple[Classifying, ...] = get_args(Classifying)


class QualitySettings(Settings):
    """How code is judged, and how much of it is kept."""

    annotations: str = Field(
        "recorded",
        min_length=1,
        description="The judgements to learn from: `recorded` (the recorded teacher's), or a .jsonl"
        " file of Annotation rows.",
    )
    fraction: float | None = Field(
        None, gt=0, le=1, description="Share of the characters that is kept, the best first."
    )
    threshold: float | None = Field(None, description="Score from which a document is kept.")
    precision: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Share of the kept documents that is expected to be worth reading.",
    )
    tokens: int | None = Field(
        None, ge=1, description="Tokens that are kept, the best documents first. One rule is set."
    )
    characters_per_token: float = Field(
        3.5, gt=0, description="How `tokens` are counted before there is a tokenizer."
    )
    document_score: Literal["mean", "max"] = Field(
        "mean", description="A document's score from its pieces': weighted by length, or the best."
    )
    embedder: str = Field(
        "code",
        min_length=1,
        description="What makes vectors of texts: `code` (ours), `prose` (ours),"
        " `transformers:MODEL`, `sentence-transformers:MODEL`, `model2vec:MODEL`, `run:RUN:ARM`, or"
        " `best`: the best of `embedder_candidates`.",
    )
    embedder_candidates: tuple[str, ...] = Field(
        ("code",), min_length=1, description="The embedders that `best` tries."
    )
    classifier: Classifying | Literal["best"] = Field(
        "gaussian-process",
        description="What learns from vectors; the paper's is `forest`. `best`: the best of"
        " `classifier_candidates`.",
    )
    classifier_candidates: tuple[Classifying, ...] = Field(
        CLASSIFIERS, min_length=1, description="The classifiers that `best` tries."
    )
    inner_folds: int = Field(
        3, ge=2, le=20, description="Folds within those of the validation that choose for `best`."
    )
    text: Literal["code", "prose"] | None = Field(
        None,
        description="What is judged. Not set: prose by the embedder `prose`, else code. Prose has no"
        " rule on generated texts and is cut at paragraphs.",
    )
    generated: Literal["lowest", "judge"] = Field(
        "lowest",
        description="Texts that say a program wrote them: given the lowest score, or judged.",
    )
    noise: float = Field(
        0.5, gt=0, description="Gaussian process: the annotator's noise, as a share of the scores'."
    )
    trees: int = Field(200, ge=10, le=5_000, description="Trees of the forest, or of boosting.")
    features_per_split: float = Field(
        0.33, gt=0, le=1, description="Share of the features that a split of the forest looks at."
    )
    leaf: int = Field(2, ge=1, le=100, description="Annotated excerpts in a leaf at least.")
    boosting_rate: float = Field(0.05, gt=0, le=1, description="What a tree of boosting corrects.")
    boosting_depth: int = Field(3, ge=1, le=12, description="Depth of the trees of boosting.")
    linear_strength: float = Field(
        0.003, gt=0, description="Inverse strength of the linear models' penalty."
    )
    worth: float = Field(
        3.0,
        description="Score from which a text is called worth reading: for probabilities and AUC.",
    )
    folds: int = Field(5, ge=2, le=20, description="Folds of the validation by distribution.")
    resamples: int = Field(1_000, ge=100, le=100_000, description="Bootstrap resamples.")
    drift_sample: int = Field(
        400, ge=0, description="Documents that are compared with the judged excerpts; 0: none."
    )
    min_annotations: int = Field(
        40, ge=20, description="Fewer usable annotations than these stop the run."
    )

    @model_validator(mode="after")
    def _one_rule(self) -> QualitySettings:
        rules = (self.fraction, self.threshold, self.precision, self.tokens)
        if sum(rule is not None for rule in rules) != 1:
            raise ValueError("set one of fraction, threshold, precision and tokens")
        return self

    @property
    def candidates(self) -> list[tuple[str, Classifying]]:
        """Pairs of an embedder and a classifier; one where both are named."""
        embedders = self.embedder_candidates if self.embedder == "best" else (self.embedder,)
        classifiers = (
            self.classifier_candidates if self.classifier == "best" else (self.classifier,)
        )
        return [(one, other) for one in embedders for other in classifiers]
