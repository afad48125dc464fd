"""Typed settings from the environment; the one place where environment variables are read."""

import secrets
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from park.notifications.servers import read_server

ROOT = Path(__file__).resolve().parents[2]


class Env(BaseSettings):
    """What an operator may set. Unset services are the embedded ones under the data folder."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = Field("", validation_alias="DATABASE_URL")
    redis_url: str = Field("", validation_alias="REDIS_URL")
    vector_index: Literal["faiss", "pgvector"] = Field("faiss", validation_alias="VECTOR_INDEX")
    # Vectors of one role, level and kind that are searched whole; more are kept in lists of near
    # ones, of which a search reads this share (measured by tools/bench/index.py).
    index_exact_rows: int = Field(250_000, validation_alias="CUOHE_INDEX_EXACT_ROWS", ge=1000)
    index_probed_share: float = Field(0.2, validation_alias="CUOHE_INDEX_PROBED_SHARE", gt=0, le=1)
    embedding_model: str = Field("", validation_alias="EMBEDDING_MODEL")
    # The package with the offline model's weights, already downloaded, for a machine without a way
    # to fetch it.
    embedding_archive: str = Field("", validation_alias="EMBEDDING_ARCHIVE")
    data_dir: Path = Field(ROOT / "var", validation_alias="CUOHE_DATA_DIR")
    host: str = Field("127.0.0.1", validation_alias="CUOHE_HOST")
    port: int = Field(8000, validation_alias="CUOHE_PORT", ge=1, le=65535)
    secret_key: str = Field("", validation_alias="CUOHE_SECRET_KEY")
    debug: bool = Field(False, validation_alias="CUOHE_DEBUG")
    allowed_hosts: str = Field("localhost,127.0.0.1,[::1]", validation_alias="CUOHE_ALLOWED_HOSTS")
    # On the covers of printed editions: the park, and how to reach it.
    park_name: str = Field("", validation_alias="CUOHE_PARK_NAME")
    park_contact: str = Field("", validation_alias="CUOHE_PARK_CONTACT")
    # Behind a TLS proxy: cookies are marked secure and the proxy's scheme header is believed.
    behind_https: bool = Field(False, validation_alias="CUOHE_BEHIND_HTTPS")
    # How far browsers are told to come by HTTPS only: what is beyond this host is not ours to say.
    hsts: Literal["host", "subdomains", "preload"] = Field("host", validation_alias="CUOHE_HSTS")
    # How many proxies of our own add to X-Forwarded-For. Unset: one behind TLS, else none.
    trusted_proxies: int | None = Field(None, validation_alias="CUOHE_TRUSTED_PROXIES", ge=0, le=10)
    # JSON, such as {"search.visitor": "60/min"}; the names are those of settings.RATE_LIMITS.
    rate_limits: dict[str, Annotated[str, Field(pattern=r"^[1-9]\d{0,5}/(s|min|h|d)$")]] = Field(
        default_factory=dict, validation_alias="CUOHE_RATE_LIMITS"
    )

    @property
    def proxies(self) -> int:
        """Without the proxy that ends TLS all visitors would seem to come from one address."""
        return int(self.behind_https) if self.trusted_proxies is None else self.trusted_proxies

    # Where readers find the site: the start of every link in a mail.
    site_url: str = Field("", validation_alias="CUOHE_SITE_URL")
    email_url: str = Field("", validation_alias="EMAIL_URL")
    from_email: str = Field("Cuohe <no-reply@localhost>", validation_alias="DEFAULT_FROM_EMAIL")

    @field_validator("site_url")
    @classmethod
    def _is_address_of_a_site(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("https://… is expected")
        return value.rstrip("/")

    @field_validator("email_url")
    @classmethod
    def _is_mail_server(cls, value: str) -> str:
        if value:
            read_server(value)
        return value


@lru_cache(maxsize=1)
def get_env() -> Env:
    env = Env()  # pyright: ignore[reportCallIssue] - every field has a default or an alias
    return env.model_copy(update={"data_dir": env.data_dir.expanduser().absolute()})


def get_secret_key(env: Env) -> str:
    """The configured key, or one made once and kept in the data folder, readable by its owner."""
    if env.secret_key:
        return env.secret_key
    path = env.data_dir / "secret.key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    env.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=_private_opener) as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass  # another process was first: its key is the key
    return path.read_text().strip()


def _private_opener(path: str, flags: int) -> int:
    import os

    return os.open(path, flags, 0o600)
