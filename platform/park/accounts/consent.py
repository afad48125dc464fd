"""Which version of the privacy notice counts now. The text is in the front end's locales."""

PRIVACY_NOTICE_VERSION = "2026-11"
"""Change it with the text: whoever signs up agrees to this one."""
