"""JSON over HTTP with the standard library: to the given address and nowhere else, through no proxy and after no
redirection.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

_LONGEST_WAIT = 300.0
_LONGEST_BODY = 64 * 1024 * 1024


class TransientError(Exception):
    """Trying again may help: no connection, a timeout, too many requests, the server's own fault, half an answer, or no
    JSON.

    :param after: seconds that the server asked to wait, or None.
    """

    def __init__(self, reason: str, after: float | None = None) -> None:
        self.reason = reason
        self.after = after
        super().__init__(reason)


class RefusedError(Exception):
    """The server refuses this request; trying again will not help.

    :param status: the HTTP status.
    """

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where requests go.

    :param base: the address, with the path that all requests have in common.
    :param key: what is sent as bearer token, or None.
    :param timeout: seconds without a byte after which the server counts as hung.
    """

    base: str
    key: str | None
    timeout: float

    def get(self, path: str) -> dict[str, Any]:
        """Fetch a JSON object.

        :raises TransientError:
        :raises RefusedError:
        """
        return self._send(path, None)

    def post(self, path: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send a JSON object and fetch one.

        :raises TransientError:
        :raises RefusedError:
        """
        return self._send(path, json.dumps(payload).encode())

    def _send(self, path: str, body: bytes | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(f"{self.base}{path}", body, headers)
        try:
            with _OPENER.open(request, timeout=self.timeout) as response:
                text = response.read(_LONGEST_BODY)
        except urllib.error.HTTPError as error:
            raise _failure(error) from error
        except http.client.IncompleteRead as error:
            raise TransientError("the answer broke off") from error
        except (OSError, http.client.HTTPException) as error:  # URLError and timeouts are OSErrors
            reason = getattr(error, "reason", error)
            raise TransientError(
                "the request timed out" if isinstance(reason, TimeoutError) else f"no answer ({reason})"
            ) from error
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise TransientError("the answer is no JSON, or half of it") from error
        if not isinstance(value, dict):
            raise TransientError(f"the answer is no JSON object but {type(value).__name__}")
        return value


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow none: the user allowed one address."""
        return


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirection)


def _failure(error: urllib.error.HTTPError) -> TransientError | RefusedError:
    try:
        said = " ".join(error.read(2000).decode(errors="replace").split())[:300]
    except (OSError, http.client.HTTPException):
        said = ""
    reason = f"HTTP {error.code} {error.reason}{': ' + said if said else ''}"
    if error.code in (408, 425, 429) or error.code >= 500:
        return TransientError(reason, _seconds(error.headers.get("Retry-After")))
    return RefusedError(error.code, reason)


def _seconds(header: str | None) -> float | None:
    try:
        return min(max(float(header or ""), 0.0), _LONGEST_WAIT)
    except ValueError:  # a date, or nothing
        return None
