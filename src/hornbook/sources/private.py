"""Secrets and personal data, found and masked.

What a secret looks like is known to detect-secrets, in the fork that is kept up; personal data is
told by patterns of ours, each with a check: a card's number has its check digit, an address on the
internet is one that is routed. Most texts hold none of the marks that a pattern needs, and cost a
search for a few short strings.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from hornbook.errors import ConfigError

Check = Callable[[str, re.Match[str]], bool]


@dataclass(frozen=True)
class Rule:
    """What is masked: a pattern, and what must be true of a match besides."""

    kind: str
    marks: tuple[str, ...] | re.Pattern[str]
    """Only lines with one of these are searched: they cost far less to find than the pattern."""
    pattern: re.Pattern[str]
    check: Check
    group: int = 0
    """The group that is masked, where it took part in the match."""


def mask(text: str, found: Counter[str]) -> str:
    """`text` with secrets and personal data replaced by words like `<EMAIL>`.

    What was replaced is counted in `found` by its kind. Raises `ConfigError` where the extra
    `mask` is not installed.

    >>> seen = Counter()
    >>> mask("ask jane.roe@somewhere.org", seen), dict(seen)
    ('ask <EMAIL>', {'email': 1})
    """
    text = _masked(text, _PRIVATE_KEYS, [(0, len(text))], found) if _KEY_MARK in text else text
    for rule in rules():
        spans = list(_lines_with(rule.marks, text))
        if spans:
            text = _masked(text, rule, spans, found)
    return text


def _lines_with(marks: tuple[str, ...] | re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where the lines with a mark begin and end, each once."""
    end = -1
    for at in sorted(_places(marks, text)):
        if at > end:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            yield start, end


def _places(marks: tuple[str, ...] | re.Pattern[str], text: str) -> Iterator[int]:
    if isinstance(marks, re.Pattern):
        yield from (match.start() for match in marks.finditer(text))
        return
    for mark in marks:
        at = text.find(mark)
        while at >= 0:
            yield at
            at = text.find(mark, at + 1)


def _masked(text: str, rule: Rule, spans: Sequence[tuple[int, int]], found: Counter[str]) -> str:
    word = f"<{rule.kind.upper().replace('-', '_')}>"
    parts, end = [], 0
    for span in spans:
        for match in rule.pattern.finditer(text, *span):
            if rule.check(text, match):
                group = rule.group if match.group(rule.group) is not None else 0
                parts += [text[end : match.start(group)], word]
                end = match.end(group)
    if not parts:
        return text
    found[rule.kind] += len(parts) // 2
    return "".join([*parts, text[end:]])


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Secrets come first: a key may hold what looks like an address."""
    return (
        *_secrets(),
        Rule("secret", ("eyJ",), _WEB_TOKEN, _always),
        Rule("email", ("@",), _EMAIL, _is_mail),
        Rule("ip-address", re.compile(r"\.\d{1,3}\.\d{1,3}\."), _IP4, _is_routed),
        Rule("ip-address", re.compile(r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]"), _IP6, _is_routed),
        Rule("phone", re.compile(r"\+\d{1,3}[ .(-]"), _PHONE, _is_phone),
        Rule("card", re.compile(r"[2-6]\d{3}[ -]?\d{4}"), _CARD, _is_card),
    )


_TOKENS: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("aws", "AWSKeyDetector", ("AKIA", "ASIA", "ABIA", "ACCA", "A3T", "aws", "AWS"), 1),
    ("basic_auth", "BasicAuthDetector", ("://",), 1),
    ("github_token", "GitHubTokenDetector", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), 0),
    ("mailchimp", "MailchimpDetector", ("-us",), 0),
    ("npm", "NpmDetector", ("npm_", "_authToken"), 1),
    ("sendgrid", "SendGridDetector", ("SG.",), 0),
    ("slack", "SlackDetector", ("xox", "hooks.slack.com"), 0),
    ("square_oauth", "SquareOAuthDetector", ("sq0csp-",), 0),
    ("stripe", "StripeDetector", ("k_live_",), 0),
)
"""(module, class, marks, group) of the detectors that know a token by its form. Those that guess by
randomness or by a variable's name are left out: in code, nearly all that they find is none."""


def _secrets() -> Iterator[Rule]:
    for module, name, marks, group in _TOKENS:
        try:
            detector = getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
        except ImportError as error:
            raise ConfigError(
                "sources.mask: the extra `mask` is not installed; pip install 'hornbook[mask]'"
            ) from error
        for pattern in detector.denylist:
            yield Rule("secret", marks, pattern, _always, min(group, pattern.groups))


_WEB_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,2000})?", re.ASCII)
"""A JSON web token. The library's own pattern takes time by the square of a line's length."""
_EMAIL = re.compile(
    r"(?<![\w.+%-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,12})\b"
)
_ZONES = frozenset(
    {
        "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "io", "dev", "app",
        "name", "me", "tv", "ai", "co", "xyz", "online",
    }
)  # fmt: skip
_NOBODY = re.compile(
    r"@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|users\.noreply\.[\w.-]+)$|^(?:git|noreply)@", re.I
)
_IP4 = re.compile(r"(?<![\w.-])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w-]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?![\w:.])")
_VERSION = re.compile(r"(?:\bv|version|release|oid|[=<>~]=)\W{0,4}$", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.+])\+\d{1,3}(?:[ .-]?\(\d{1,4}\))?(?:[ .-]\d{2,4}){2,5}(?![\w.-])")
_CARD = re.compile(
    r"(?<![\w.+-])(?:[2456]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})"
    r"(?![\w.]|-\d)"
)
_ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|5)")


def _always(_: str, match: re.Match[str]) -> bool:
    return bool(match)


_KEY_MARK = "-----BEGIN "
_PRIVATE_KEY = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{0,40})PRIVATE KEY( BLOCK)?-----"
    r"(?:(?!-----(?:BEGIN|END))[\s\S]){0,20000}(?:-----END \1PRIVATE KEY(?:\2)?-----)?"
)
_PRIVATE_KEYS = Rule("secret", (_KEY_MARK,), _PRIVATE_KEY, _always)
"""The one secret of several lines."""


def _is_mail(_: str, match: re.Match[str]) -> bool:
    """In code `x@y.z` may multiply matrices: an address ends in a zone that there is."""
    zone = match.group(1).lower()
    return (zone in _ZONES or len(zone) == 2) and _NOBODY.search(match.group()) is None


def _is_routed(text: str, match: re.Match[str]) -> bool:
    """Neither private nor reserved, and no version of a program."""
    try:
        address = ipaddress.ip_address(match.group())
    except ValueError:
        return False
    before = text[max(0, match.start() - 20) : match.start()]
    return address.is_global and _VERSION.search(before) is None


def _is_phone(_: str, match: re.Match[str]) -> bool:
    return 8 <= sum(map(str.isdigit, match.group())) <= 15


def _is_card(_: str, match: re.Match[str]) -> bool:
    """An issuer's number with the right check digit (ISO/IEC 7812)."""
    digits = [int(mark) for mark in match.group() if mark.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    known = _ISSUERS.match("".join(map(str, digits[:4]))) is not None
    return known and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
