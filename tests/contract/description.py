"""The description of the API as schemathesis reads it, and whether one answer keeps to it."""

from typing import Any

import schemathesis.openapi
from schemathesis import Config
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation

from api.management.commands.export_openapi import PATH

schema = schemathesis.openapi.from_path(
    PATH,
    config=Config.from_dict(
        {
            # The same requests in every run: what passes today passes tomorrow.
            "seed": 20,
            "generation": {
                "deterministic": True,
                "database": "none",
                # Who asks is not for chance to say.
                "with-security-parameters": False,
            },
        }
    ),
)


def assert_described(path: str, method: str, answer: Any) -> None:
    """The status of an answer of Django's test client is documented, and so are type and shape."""
    operation: APIOperation = schema[path][method.upper()]
    described = operation.definition.raw["responses"]
    assert str(answer.status_code) in described, f"{answer.status_code} is not documented"
    content = described[str(answer.status_code)].get("content")
    if content is None:
        assert answer.getvalue() == b""
        return
    assert answer.headers["Content-Type"].partition(";")[0] in content
    operation.validate_response(as_response(answer))


def as_response(answer: Any) -> Response:
    import requests

    sent = requests.Request("GET", "http://localhost").prepare()
    return Response(
        status_code=answer.status_code,
        headers={name.lower(): [value] for name, value in answer.headers.items()},
        content=answer.getvalue(),
        request=sent,
        elapsed=0.0,
        verify=False,
    )
