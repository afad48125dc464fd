"""Lists as files."""

from tests.api.role_rows.base import FORBIDDEN, SIGN_IN, Row, everybody

ROWS: dict[str, Row] = {
    "export_needs": everybody(),
    "export_capabilities": everybody(),
    "export_instruments": everybody(),
    "export_talent_cards": everybody(),
    "export_organisations": everybody(),
    "export_search": everybody(query={"q": "铜"}),
    "export_bookings": Row(SIGN_IN, "200", "200", "200"),
    "export_review_queue": Row(SIGN_IN, FORBIDDEN, FORBIDDEN, "200"),
}
