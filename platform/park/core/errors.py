"""The one error of the domain: a stable code and the values that explain it."""

from typing import Any


class DomainError(Exception):
    """A rule said no. `code` is stable (tests and the front end rely on it), `data` is JSON-able.

    HTTP statuses and sentences belong to `api.errors`.
    """

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code


class NotFound(DomainError):
    """It does not exist for this viewer, whether it exists or not."""

    def __init__(self, kind: str) -> None:
        super().__init__("not_found", kind=kind)


class NotAllowed(DomainError):
    """The viewer may see it but not do this to it."""

    def __init__(self, action: str) -> None:
        super().__init__("not_allowed", action=action)
