"""The panel of the DNS provider, under /dns/: plain forms, no script.

    GET  /dns/                                   the domains and the panel's settings
    GET  /dns/zones/{domain}                     the records of one domain
    GET  /dns/state.json                         both as JSON, for programs that drive the demo
    POST /dns/zones                              domain
    POST /dns/zones/{domain}/records             name, type, value, ttl
    POST /dns/zones/{domain}/records/{id}/delete
    POST /dns/zones/{domain}/copy                ns2 copies the zone now
    POST /dns/settings                           appends_zone, adds_quotes, trims_value (present or absent), delay

A POST that worked redirects to the page; one that did not shows the page again with status 400 and says why.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.dns_state import RECORD_TYPES, TTLS_SECONDS, BadInput, Habits, Provider
from sandbox.dns_zones import PROVIDER_NAME, PROVIDER_ZONE

_FILES = Path(__file__).parent / "page" / "dns"
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MANUAL = "manual"
_TTLS = {60: "1 minute", 300: "5 minutes", 900: "15 minutes", 3600: "1 hour", 14400: "4 hours", 86400: "1 day"}
_DELAYS = {
    "0": "at once",
    "60": "after 1 minute",
    "900": "after 15 minutes",
    "3600": "after 1 hour",
    "86400": "after 1 day",
    _MANUAL: "only when I press “Copy to ns2 now”",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(provider: Provider) -> list[web.AbstractRouteDef]:
    panel = _Panel(provider)
    return [
        web.get("/dns/", _guarded(panel.home)),
        web.get("/dns/zones/{domain}", _guarded(panel.zone)),
        web.get("/dns/state.json", _guarded(panel.state)),
        web.get("/dns/style.css", _guarded(panel.style)),
        web.post("/dns/zones", _guarded(panel.add_domain)),
        web.post("/dns/zones/{domain}/records", _guarded(panel.add_record)),
        web.post("/dns/zones/{domain}/records/{id:[0-9]{1,9}}/delete", _guarded(panel.delete_record)),
        web.post("/dns/zones/{domain}/copy", _guarded(panel.copy)),
        web.post("/dns/settings", _guarded(panel.settings)),
    ]


def _guarded(handler: Handler) -> Handler:
    """Only this machine's own pages may come here: another site's page in the same browser is turned away."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        host = urlsplit(f"//{request.host}").hostname
        origin = request.headers.get("Origin")
        if host not in _LOOPBACK or (origin is not None and urlsplit(origin).netloc != request.host):
            raise web.HTTPForbidden(text="The DNS provider's panel answers only to its own page on this machine.")
        return await handler(request)

    return guarded


class _Panel:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def home(self, _: web.Request) -> web.Response:
        return self._home()

    async def zone(self, request: web.Request) -> web.Response:
        return self._about(request, self._zone)

    async def style(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(_FILES / "style.css")

    async def state(self, _: web.Request) -> web.Response:
        state = self._provider.state
        return web.json_response(
            {
                "habits": asdict(state.habits),
                "delay_seconds": state.delay_seconds,
                "zones": {
                    domain: {
                        "ns1_serial": zone.newest.serial,
                        "ns2_serial": self._provider.on_ns2(domain).serial,
                        "records": [asdict(record) for record in zone.newest.records],
                    }
                    for domain, zone in state.zones.items()
                },
            }
        )

    async def add_domain(self, request: web.Request) -> web.Response:
        form = await _form(request)
        try:
            domain = self._provider.add_domain(form.get("domain", ""))
        except BadInput as error:
            return self._home(error, typed=form, status=400)
        return _see(f"/dns/zones/{domain}")

    async def add_record(self, request: web.Request) -> web.Response:
        form = await _form(request)

        def add(domain: str) -> None:
            name, record_type, value = (form.get(field, "") for field in ("name", "type", "value"))
            self._provider.add_record(domain, name, record_type, value, _ttl(form.get("ttl", "")))

        return self._changed(request, add, typed=form)

    async def delete_record(self, request: web.Request) -> web.Response:
        record_id = int(request.match_info["id"])
        return self._changed(request, lambda domain: self._provider.delete_record(domain, record_id))

    async def copy(self, request: web.Request) -> web.Response:
        return self._changed(request, self._provider.copy_to_ns2)

    async def settings(self, request: web.Request) -> web.Response:
        form = await _form(request)
        try:
            self._provider.set_delay(_delay(form.get("delay", "")))
        except BadInput as error:
            return self._home(error, status=400)
        self._provider.set_habits(
            Habits(
                appends_zone="appends_zone" in form,
                adds_quotes="adds_quotes" in form,
                trims_value="trims_value" in form,
            )
        )
        return _see("/dns/")

    def _about(self, request: web.Request, show: Callable[[str], web.Response]) -> web.Response:
        """Answer about the domain in the address, or say that there is none."""
        try:
            domain = self._provider.hosted(request.match_info["domain"]).domain
        except BadInput as error:
            return self._home(error, status=404)
        return show(domain)

    def _changed(
        self, request: web.Request, change: Callable[[str], object], typed: dict[str, str] | None = None
    ) -> web.Response:
        def show(domain: str) -> web.Response:
            try:
                change(domain)
            except BadInput as error:
                return self._zone(domain, error, typed, status=400)
            return _see(f"/dns/zones/{domain}")

        return self._about(request, show)

    def _home(
        self, error: BadInput | None = None, typed: dict[str, str] | None = None, status: int = 200
    ) -> web.Response:
        state = self._provider.state
        return _page(
            "home.html",
            status,
            error=error,
            typed={"domain": "", **(typed or {})},
            zones=[zone for domain, zone in sorted(state.zones.items()) if domain != PROVIDER_ZONE],
            habits=state.habits,
            delays=_DELAYS,
            delay=_MANUAL if state.delay_seconds is None else str(state.delay_seconds),
        )

    def _zone(
        self, domain: str, error: BadInput | None = None, typed: dict[str, str] | None = None, status: int = 200
    ) -> web.Response:
        return _page(
            "zone.html",
            status,
            error=error,
            typed={"name": "", "type": "TXT", "value": "", "ttl": "3600", **(typed or {})},
            zone=self._provider.hosted(domain),
            copied=self._provider.on_ns2(domain),
            habits=self._provider.state.habits,
            types=RECORD_TYPES,
            ttls=_TTLS,
        )


def _delay(typed: str) -> int | None:
    if typed not in _DELAYS:
        raise BadInput("Choose a delay from the list.")
    return None if typed == _MANUAL else int(typed)


def _ttl(typed: str) -> int:
    """The chosen TTL in seconds; 0, which the provider refuses, for what is none of the list."""
    return next((seconds for seconds in TTLS_SECONDS if str(seconds) == typed), 0)


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


async def _form(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _page(template: str, status: int, **values: object) -> web.Response:
    html = _TEMPLATES.get_template(template).render(provider=PROVIDER_NAME, **values)
    return web.Response(text=html, content_type="text/html", status=status, headers=_HEADERS)
