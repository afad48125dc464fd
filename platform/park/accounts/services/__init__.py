"""Every write to accounts."""

from park.accounts.services.people import (
    agree_to_privacy_notice,
    forget_unproven_accounts,
    note_event,
    reset_second_factor,
    update_profile,
)
from park.accounts.services.sessions import end_sessions, forget_ended_sessions
from park.accounts.services.tokens import MAX_LIVE_TOKENS, create_token, revoke_token

__all__ = [
    "MAX_LIVE_TOKENS",
    "agree_to_privacy_notice",
    "create_token",
    "end_sessions",
    "forget_ended_sessions",
    "forget_unproven_accounts",
    "note_event",
    "reset_second_factor",
    "revoke_token",
    "update_profile",
]
