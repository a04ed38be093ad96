"""What a page for people looks like, and how its sentences run."""

from __future__ import annotations

from string import punctuation
from typing import TYPE_CHECKING

from hornbook.embed.lexer import among, run_hashes
from hornbook.embed.prose_lexer import BLOCK, PROSE_TEXT, ProseLexed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = dict[str, Floats]

_TEXT = slice(PROSE_TEXT, PROSE_TEXT + 1)
_MARKS = {
    "commas": b",", "full_stops": b".", "questions": b"?", "exclamations": b"!", "colons": b":",
    "semicolons": b";", "quotation_marks": b'"', "apostrophes": b"'", "brackets": b"()",
    "square_brackets": b"[]", "angle_brackets": b"<>", "slashes": b"/\\", "code_marks": b"`",
    "emphasis_marks": b"*_", "bars": b"|", "number_signs": b"#", "equals": b"=", "at_signs": b"@",
    "percents": b"%", "dollars": b"$", "braces": b"{}",
}  # fmt: skip
_RUNS = {
    "addresses": b"://", "links": b"](", "images": b"![", "tags": b"</", "directives": b".. ",
    "underlines": b"----", "dashes": b" - ", "ellipses": b"...",
    "dots_inside": b"e.g.", "double_colons": b"::", "badges": b"badge", "mails": b"@",
}  # fmt: skip


def prose_page_features(lexed: ProseLexed) -> Columns:
    """What is measured, by name, [texts] each.

    >>> found = prose_page_features(ProseLexed(["# One\\n\\nTwo words. Three more words!\\n- a\\n"]))
    >>> found["headings"].round(2).tolist(), found["mean_sentence"].tolist()
    ([0.33], [1.75])
    """
    return {**_lines(lexed), **_bytes(lexed), **_sentences(lexed)}


def _lines(lexed: ProseLexed) -> Columns:
    import numpy as np

    lines, count, data = lexed.lines, lexed.per_text, lexed.data
    lengths = (lines.end - lines.start).astype(float)
    many, full = count(lines.text), np.maximum(count(lines.text[lines.full]), 1)
    mark = np.where(lines.full, data[np.minimum(lines.first, len(data) - 1)], 0)
    longest = np.zeros(lexed.texts)
    np.maximum.at(longest, lines.text, lengths)
    plain = lines.full & ~lines.block
    after_blank = np.append(True, ~lines.full[:-1] | (lines.text[1:] != lines.text[:-1]))
    digits = among(mark, b"0123456789")

    def share(chosen: NDArray[np.bool_]) -> Floats:
        found: Floats = count(lines.text[plain & chosen]) / full
        return found

    underlined = np.zeros(len(mark), bool)
    underlined[:-1] = among(mark[1:], b"=-~") & plain[:-1] & (lengths[1:] >= 3)
    underlined[:-1] &= np.abs(lengths[1:] - lengths[:-1]) <= 1
    underlined[:-1] &= lines.text[1:] == lines.text[:-1]
    return {
        "log_lines": np.log1p(many),
        "mean_line": count(lines.text, lengths) / many,
        "longest_line": np.log1p(longest),
        "blank_lines": 1 - count(lines.text[lines.full]) / many,
        "block_lines": count(lines.text[lines.full & lines.block]) / full,
        "paragraphs": share(after_blank[: len(mark)]),
        "headings": share(mark == ord("#")),
        "underlined": share(underlined),
        "list_lines": share(among(mark, b"-*+")),
        "numbered_lines": share(digits),
        "quoted_lines": share(mark == ord(">")),
        "table_lines": share(mark == ord("|")),
        "field_lines": share(mark == ord(":")),
        "tag_lines": share(mark == ord("<")),
        "directive_lines": share(mark == ord(".")),
        "indented_lines": share(lines.indent > 0),
        "repeated_lines": _repeated(lexed) / full,
    }


def _repeated(lexed: ProseLexed) -> Floats:
    """Lines that the same text has had before."""

    lines = lexed.lines
    hashes = run_hashes(lexed.data, lines.first[lines.full], lines.end[lines.full])
    return lexed.per_text(seen_before(hashes, lines.text[lines.full]))


def seen_before(hashes: NDArray[np.uint64], text: NDArray[np.int64]) -> NDArray[np.int64]:
    """The texts of those hashes that stood in the same text before.

    Sorted by one number, the text's in its first 16 bits: one sort of numbers takes a fraction of
    the time that one of pairs takes, and 48 bits of a hash tell a text's words apart.
    """
    import numpy as np

    keys = np.sort((text.astype(np.uint64) << np.uint64(48)) | (hashes >> np.uint64(16)))
    again = keys[1:][keys[1:] == keys[:-1]]
    found: NDArray[np.int64] = (again >> np.uint64(48)).astype(np.int64)
    return found


def _bytes(lexed: ProseLexed) -> Columns:
    import numpy as np

    size = np.diff(lexed.edges).astype(float)
    plain = np.maximum(lexed.histogram[:, PROSE_TEXT].sum(axis=1), 1).astype(float)
    lines = lexed.per_text(lexed.lines.text)
    padded = np.append(lexed.data, np.zeros(8, np.uint8))

    def run(mark: bytes) -> Floats:
        found = np.flatnonzero(lexed.data == mark[0])
        for offset, byte in enumerate(mark[1:], 1):
            found = found[padded[found + offset] == byte]
        return lexed.per_text(lexed.text_of(found))

    return {
        "log_characters": np.log1p(size),
        "block_characters": lexed.histogram[:, BLOCK].sum(axis=1) / size,
        "digits": lexed.count_bytes(b"0123456789", _TEXT) / plain,
        "capitals": lexed.count_bytes(bytes(range(65, 91)), _TEXT) / plain,
        "non_ascii": lexed.count_bytes(bytes(range(128, 256)), _TEXT) / plain,
        "mark_characters": lexed.count_bytes(punctuation.encode(), _TEXT) / plain,
        **{name: lexed.count_bytes(marks, _TEXT) / plain for name, marks in _MARKS.items()},
        **{f"runs_of_{name}": run(mark) / lines for name, mark in _RUNS.items()},
    }


def _sentences(lexed: ProseLexed) -> Columns:
    """Lengths of sentences and words, and the automated readability index (Senter and Smith 1967)."""
    import numpy as np

    count, words = lexed.per_text, lexed.plain
    sizes, text = lexed.sentence_lengths
    lengths = sizes.astype(float)
    many, in_all = np.maximum(count(text), 1), np.maximum(count(words.text), 1)
    mean = count(text, lengths) / many
    letters = (words.end - words.start).astype(float)
    word = count(words.text, letters) / in_all
    spread = np.sqrt(np.maximum(count(text, lengths**2) / many - mean**2, 0))
    first = lexed.data[words.start]
    capital = (first >= ord("A")) & (first <= ord("Z"))
    opening = np.append(True, lexed.sentence[1:] != lexed.sentence[:-1])[: len(words)]
    return {
        "log_sentences": np.log1p(count(text)),
        "mean_sentence": mean,
        "spread_of_sentences": spread,
        "short_sentences": count(text[lengths < 6]) / many,
        "long_sentences": count(text[lengths > 30]) / many,
        "mean_word": word,
        "long_words": count(words.text[letters >= 8]) / in_all,
        "short_words": count(words.text[letters <= 3]) / in_all,
        "capital_words": count(words.text[capital & ~opening]) / in_all,
        "numbers": count(words.text[(first >= ord("0")) & (first <= ord("9"))]) / in_all,
        "readability": np.clip(4.71 * word + 0.5 * mean - 21.43, -20, 60),
    }
