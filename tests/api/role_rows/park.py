"""Sessions, tokens, and what the park says of itself."""

from tests.api.role_rows.base import ABSENT, SIGN_IN, Row, constant, everybody

ROWS: dict[str, Row] = {
    "get_health": everybody(),
    "get_session": everybody(),
    "update_profile": Row(
        SIGN_IN, "200", "200", "200", body=constant({"display_name": "张工", "language": "en"})
    ),
    "log_out": Row(SIGN_IN, "204", "204", "204"),
    "list_tokens": Row(SIGN_IN, "200", "200", "200"),
    "create_token": Row(SIGN_IN, "201", "201", "201", body=constant({"name": "x"})),
    # Of the member alone: not even their firm's owner has a say in it.
    "revoke_token": Row(
        SIGN_IN,
        ABSENT,
        "204",
        ABSENT,
        path=lambda world: {"token_id": world.token().pk},
        viewer=ABSENT,
        owner=ABSENT,
    ),
    "get_vocabularies": everybody(),
    "get_figures": everybody(),
}
