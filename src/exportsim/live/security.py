"""Who may look at the page: where a request may come from, the token that it has to know, and how often it may ask."""

from __future__ import annotations

import ipaddress
import re
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from exportsim.errors import ExportsimError
from exportsim.language import text

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY = ("0.0.0.0", "::")
LEAST_TOKEN = 16  # characters of a token that somebody chose

#: What every answer says to the browser: nothing but our own script, style and connection, in no frame, not kept.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Door:
    """The address at which the page is served, and what opens it.

    A page of another site that a browser has open must not reach the server: it has another origin, or by a name that
    its owner directs to this machine, another host.
    """

    host: str
    port: int
    token: str = field(repr=False)

    @property
    def address(self) -> str:
        """What is to be opened in a browser, with the token."""
        host = socket.gethostname() if self.host in ANY else self.host
        return f"http://{_written(host)}:{self.port}/?token={self.token}"

    @property
    def cookie(self) -> str:
        """The cookie in which a browser keeps the token; of each port another, as browsers share them among ports."""
        return f"exportsim-{self.port}"

    def knows_host(self, host: str | None) -> bool:
        """Whether a request means this server: by the name it was given, this machine's, or a bare address."""
        name, port = _parted(host or "")
        if port != self.port:
            return False
        names = {*LOOPBACK, self.host.lower()}
        if self.host in ANY:
            names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
            return name in names or _is_address(name)  # nobody can direct a bare address elsewhere
        return name in names

    def knows_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether a connection comes from the page itself."""
        return self.knows_host(host) and origin is not None and origin.lower() == f"http://{host}".lower()

    def opened_by_query(self, query: str) -> bool:
        """Whether an address has the token."""
        given = parse_qs(query, max_num_fields=8).get("token", []) if len(query) < 4096 else []
        return len(given) == 1 and self._is_token(given[0])

    def opened_by_cookie(self, header: str | None) -> bool:
        """Whether a browser has the token from before."""
        try:
            kept = SimpleCookie((header or "")[:4096]).get(self.cookie)
        except CookieError:
            return False
        return kept is not None and self._is_token(kept.value)

    def set_cookie(self) -> str:
        """The header that lets a browser keep the token: out of reach for scripts, and not sent by other sites."""
        return f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Lax"

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(errors="replace"), self.token.encode())


def token_for(host: str, token: str | None) -> str:
    """The token that was chosen, or one that nobody can guess; whoever lets other machines in has to choose one."""
    if token is None:
        if host not in LOOPBACK:
            raise ExportsimError(
                f"host: found {host}, at which other machines reach this one; expected a token as well, which they "
                "have to know"
            )
        return secrets.token_urlsafe(24)
    if re.fullmatch(rf"[A-Za-z0-9_-]{{{LEAST_TOKEN},}}", token) is None:
        raise ExportsimError(
            f"token: found {len(token)} characters, expected at least {LEAST_TOKEN} letters, digits, `-` or `_`, as "
            f"{secrets.token_urlsafe(12)}"
        )
    return token


def listening(host: str, port: int) -> socket.socket:
    """A socket at which the page is served; port 0 is any that is free."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        raise ExportsimError(text("live.server.no_socket", address=f"{_written(host)}:{port}", why=error)) from None


class Pace:
    """How often something may be done: so many times a second, and so many at once after a rest."""

    def __init__(self, a_second: float, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second, self._most, self._clock = a_second, float(at_once), clock
        self._left, self._last = float(at_once), clock()

    def allows(self) -> bool:
        """Whether it may be done once more."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._last) * self._a_second)
        self._last = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _parted(host: str) -> tuple[str, int]:
    """A name and a port of what a request calls its host; without a port it is that of HTTP."""
    name, colon, port = host.strip().lower().rpartition(":")
    if not colon or port.endswith("]"):
        name, port = host.strip().lower(), "80"
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    return name, int(port) if port.isascii() and port.isdigit() and len(port) < 6 else -1


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
