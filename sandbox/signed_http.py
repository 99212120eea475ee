"""The other transport: the same payloads as POSTs that are signed with the app's signing secret (v0, HMAC-SHA256)."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import aiohttp

from sandbox.delivery import ACK_SECONDS, Attempt, Delivery
from sandbox.shapes import Json, NotPossible
from sandbox.world import AppRecord


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's X-Slack-Signature. Source: Slack, "Verifying requests from Slack"."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class SignedHttp:
    app: AppRecord
    session: aiohttp.ClientSession

    async def carry(self, delivery: Delivery, retry: int, reason: str | None) -> Attempt:
        if not self.app.request_url:
            return Attempt(False, "not_connected")
        body, content_type = _encoded(delivery)
        headers = {"Content-Type": content_type}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason or "http_timeout"}
        try:
            status, answer, no_retry = await self._post(body, headers)
        except TimeoutError:
            return Attempt(False, "timeout")
        except (aiohttp.ClientError, ValueError):
            return Attempt(False, "not_connected")
        if not 200 <= status < 300:
            return Attempt(False, f"http_{status}", no_retry=no_retry)
        return Attempt(True, response=answer)

    async def verify(self, url: str) -> None:
        """The handshake when a request URL is entered. Raises NotPossible if the app does not give the challenge back."""
        if urlsplit(url).scheme != "http" or urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise NotPossible(f"{url}: the sandbox calls this machine only, so the URL starts with http://127.0.0.1.")
        challenge = hashlib.sha256(str(time.time()).encode()).hexdigest()
        body = json.dumps(
            {"type": "url_verification", "token": self.app.verification_token, "challenge": challenge}
        ).encode()
        before, self.app.request_url = self.app.request_url, url
        try:
            status, answer, _ = await self._post(body, {"Content-Type": "application/json"})
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            self.app.request_url = before
            raise NotPossible(f"{url} did not answer: {type(error).__name__}.") from error
        if status != 200 or not answer or challenge not in (answer.get("challenge"), answer.get("text")):
            self.app.request_url = before
            raise NotPossible(f"{url} answered {status} and not with the challenge; Slack would not take this URL.")

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, Json | None, bool]:
        timestamp = str(int(time.time()))
        headers = headers | {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.app.signing_secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (sandbox)",
        }
        async with (
            asyncio.timeout(ACK_SECONDS),
            self.session.post(self.app.request_url, data=body, headers=headers) as answer,
        ):
            text = await answer.text()
            no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
            return answer.status, _json_or_text(text), no_retry


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "slash_commands":
        return urlencode(delivery.payload).encode(), "application/x-www-form-urlencoded"
    if delivery.kind == "interactive":
        return urlencode({"payload": json.dumps(delivery.payload)}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(delivery.payload).encode(), "application/json"


def _json_or_text(text: str) -> Json | None:
    """An acknowledgement's body: JSON, or for a command plain text, which Slack shows as a message."""
    if not text.strip():
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return {"text": text}
    return said if isinstance(said, dict) else {"text": text}
