"""From the HTML of posts to text: paragraphs and lists as lines, blocks of code as they stand.

Posts hold a few dozen plain tags, closed and quoted by the site that published them. What is no such
tag is text. (The standard library's parser takes time by the square of a hostile text's length.)
"""

from __future__ import annotations

import re
from html import unescape

_BLOCKS = frozenset(
    {
        "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table",
        "tr", "hr", "pre", "dl", "dt", "dd", "section", "article",
    }
)  # fmt: skip
_SILENT = frozenset({"script", "style"})
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?:[\s/][^<>]*)?>|<![^<>]*>")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_GAPS = re.compile(r"\n{3,}")
FENCE = "```"


class _Text:
    """Collects text. Tags may be unbalanced or unknown: nothing is refused."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._preformatted = 0
        self._silent = 0

    def begin(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "pre":
            self._preformatted += 1
            self.parts.append(f"\n\n{FENCE}\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag == "code" and not self._preformatted:
            self.parts.append("`")

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "pre" and self._preformatted:
            self._preformatted -= 1
            last = self.parts[-1] if self.parts else ""
            self.parts.append(f"{FENCE}\n\n" if last.endswith("\n") else f"\n{FENCE}\n\n")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag == "code" and not self._preformatted:
            self.parts.append("`")

    def text(self, data: str) -> None:
        if data and not self._silent:
            plain = unescape(data)
            self.parts.append(plain if self._preformatted else _SPACE.sub(" ", plain))


def text_of_html(html: str) -> str:
    """The text of a post. What stands in `<pre>` is kept to the letter, between fences.

    >>> print(text_of_html("<p>Use   <code>x</code>:</p><pre><code>a &lt; b\\n  c\\n</code></pre>"))
    Use `x`:
    <BLANKLINE>
    ```
    a < b
      c
    ```
    """
    found, end = _Text(), 0
    for match in _TAG.finditer(html):
        found.text(html[end : match.start()])
        closing, tag = match.groups()
        if tag:
            (found.end if closing else found.begin)(tag.lower())
        end = match.end()
    found.text(html[end:])
    fenced = "".join(found.parts).split(FENCE)
    # Between fences nothing is touched; outside, spaces at lines' ends and rows of blank lines go.
    for at in range(0, len(fenced), 2):
        lines = [line.strip(" \t") for line in fenced[at].split("\n")]
        fenced[at] = _GAPS.sub("\n\n", "\n".join(lines))
    return FENCE.join(fenced).strip("\n")
