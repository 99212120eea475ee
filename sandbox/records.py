"""What the app asked and what it was told: kept in memory for tests and for the page."""

from dataclasses import dataclass, field

from sandbox.shapes import Json

KEEP = 20_000


@dataclass(slots=True)
class Call:
    """One call of the Web API, a use of a response_url or a payload in an acknowledgement."""

    n: int
    at: float
    method: str
    token_kind: str | None
    args: Json
    ok: bool
    error: str | None
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Records:
    """The last 20,000 calls; `first` is the number of the oldest that is still here."""

    calls: list[Call] = field(default_factory=list)
    first: int = 0

    def add(
        self,
        at: float,
        method: str,
        args: Json,
        *,
        token_kind: str | None = None,
        error: str | None = None,
        problems: list[str] | None = None,
        warnings: list[str] | None = None,
    ) -> Call:
        call = Call(
            n=self.first + len(self.calls),
            at=at,
            method=method,
            token_kind=token_kind,
            args=args,
            ok=error is None,
            error=error,
            problems=problems or [],
            warnings=warnings or [],
        )
        self.calls.append(call)
        if len(self.calls) > KEEP:
            dropped = len(self.calls) - KEEP // 2
            del self.calls[:dropped]
            self.first += dropped
        return call

    def since(self, n: int) -> list[Call]:
        return self.calls[max(0, n - self.first) :]
