"""Composes mails from the texts beside this file, in the reader's language, and sends them.

A text's first line is the subject. Nothing that a stranger typed gets into a mail to an address
that is not proven to be theirs: the platform must not carry other people's advertisements.
"""

from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.template import Context, Engine
from django.utils import timezone, translation

_ENGINE = Engine(dirs=[str(Path(__file__).parent / "texts")])


def send_text(name: str, *, to: str, language: str, **values: Any) -> None:
    """Queue the text of this name for an address. `language` as in settings.LANGUAGES."""
    is_english = language.startswith("en")
    with translation.override("en" if is_english else "zh-hans"):
        context = Context(
            {**values, "is_english": is_english, "at": timezone.localtime()},
            autoescape=False,  # plain text
        )
        rendered = _ENGINE.get_template(f"{name}.txt").render(context)
    subject, _, body = rendered.strip().partition("\n")
    EmailMessage(subject.strip(), body.strip() + "\n", to=[to]).send()
