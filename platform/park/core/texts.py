"""What text the platform accepts (pure): markup is text, broken characters are not."""

SURROGATES = ("\ud800", "\udfff")


def character_problem(text: str) -> str | None:
    """The code of the first kind of character that no stored text may hold, or None.

    PostgreSQL cannot store NUL, UTF-8 cannot encode a lone surrogate, and other control characters
    hide what a reader sees; line breaks and tabs are fine.
    """
    for character in text:
        if character == "\x00":
            return "nul_character"
        if SURROGATES[0] <= character <= SURROGATES[1]:
            return "invalid_character"
        if (character < " " and character not in "\n\r\t") or "\x7f" <= character <= "\x9f":
            return "control_character"
    return None


def as_line(text: str) -> str:
    """One line: every run of white space becomes one space."""
    return " ".join(text.split())


def as_paragraphs(text: str) -> str:
    """Several lines with plain line ends and nothing blank around them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
