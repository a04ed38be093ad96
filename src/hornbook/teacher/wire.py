"""One POST to an endpoint: what came back, or in which way nothing did. No redirects, no cookies."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import IO, Any
from urllib.parse import urlsplit

from hornbook.errors import ConfigError

LARGEST = 8 << 20
"""Bytes of a reply that are read."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status with its body."""

    status: int
    retry_after: str
    body: str

    def wait(self) -> float:
        """Seconds that `Retry-After` asks for; 0 where it does not.

        >>> Reply(429, "3", "").wait(), Reply(429, "", "").wait()
        (3.0, 0.0)
        """
        asked = self.retry_after.strip()
        if asked.isascii() and asked.isdigit():
            return float(asked[:9])
        try:
            return max(parsedate_to_datetime(asked).timestamp() - time.time(), 0.0)
        except (ValueError, OverflowError):
            return 0.0


@dataclass(frozen=True, slots=True)
class Silence:
    """No reply."""

    detail: str
    was_sent: bool
    """The endpoint may have worked on it, and may ask money for it."""


def chat_url(address: str) -> str:
    """Where chats are asked.

    >>> chat_url("http://localhost:8000"), chat_url("https://host.example/api/v1/")
    ('http://localhost:8000/v1/chat/completions', 'https://host.example/api/v1/chat/completions')

    Raises `ConfigError` for what is no address, or one that holds a secret.
    """
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        known = False
    if not known or any(ord(mark) <= 32 or ord(mark) > 126 for mark in address):
        raise ConfigError("--endpoint: write it as https://HOST/v1, or http://localhost:PORT/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            "--endpoint: an address with a name, a password, `?` or `#` in it is not taken;"
            " a key comes from HORNBOOK_TEACHER_KEY"
        )
    path = parts.path.rstrip("/") or "/v1"
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    return f"{parts.scheme}://{parts.netloc}{path}"


def is_local(url: str) -> bool:
    """True for an address of this very machine.

    >>> is_local("http://127.0.0.1:80/"), is_local("http://localhost/"), is_local("http://a.example/")
    (True, True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Wire:
    """Posts to one address. Certificates are verified; proxies are the environment's."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url, self._timeout = url, timeout
        proxies = urllib.request.ProxyHandler({} if is_local(url) else None)
        context = urllib.request.HTTPSHandler(context=ssl.create_default_context())
        self._opener = urllib.request.build_opener(proxies, context, _NoRedirect())

    def post(self, body: bytes, headers: Mapping[str, str]) -> Reply | Silence:
        """Raises `ConfigError` for a certificate that can't be trusted."""
        request = urllib.request.Request(self.url, body, dict(headers), method="POST")  # noqa: S310
        end = time.monotonic() + self._timeout
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return Reply(response.status, "", _text(response, end))
        except urllib.error.HTTPError as error:
            with error:
                return self._refusal(error, end)
        except urllib.error.URLError as error:
            return self._not_sent(error.reason)
        except (OSError, http.client.HTTPException) as error:
            return Silence(f"{type(error).__name__}: {error}", was_sent=True)

    def _refusal(self, error: urllib.error.HTTPError, end: float) -> Reply | Silence:
        try:
            asked = error.headers.get("Retry-After") or ""
            return Reply(error.code, str(asked), _text(error, end))
        except (OSError, http.client.HTTPException) as broken:
            return Silence(f"{type(broken).__name__}: {broken}", was_sent=True)

    def _not_sent(self, reason: Any) -> Silence:
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise ConfigError(
                f"--endpoint {self.url}: its certificate can't be trusted ({reason.verify_message});"
                " SSL_CERT_FILE names an authority of your own"
            )
        # Connected or not: only a refusal and an unknown name are sure to have sent nothing.
        nothing = isinstance(reason, ConnectionRefusedError | ssl.SSLError) or (
            type(reason).__name__ == "gaierror"
        )
        return Silence(str(reason), was_sent=not nothing)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to somewhere else."""

    def redirect_request(self, *told: Any) -> None:
        return None


def _text(response: IO[bytes], end: float) -> str:
    """The body; a reply that drips is given up at `end`."""
    found = bytearray()
    read = getattr(response, "read1", response.read)
    while part := read(1 << 16):
        found += part
        if len(found) > LARGEST:
            raise OSError(f"more than {LARGEST >> 20} MB")
        if time.monotonic() > end:
            raise TimeoutError("no end of the reply in time")
    return found.decode("utf-8", "replace")
