"""The secrets of a site, in a file of their own: the archive alone signs nothing."""

import json
import os
import secrets
from pathlib import Path

from django.utils.crypto import salted_hmac

from config.backup.manifest import BackupError

FORMAT = "cuohe-keys"
NAME = "secret.key"


def fingerprint(secret_key: str) -> str:
    """Tells keys apart without giving them away."""
    return salted_hmac("config.backup", b"fingerprint", secret=secret_key).hexdigest()[:16]


def write_keys(path: Path, secret_key: str) -> None:
    """A new file, readable by its owner. Raises BackupError."""
    text = json.dumps({"format": FORMAT, "format_version": 1, "keys": {NAME: secret_key}})
    write_private(path, text + "\n")


def read_keys(path: Path) -> str:
    """The secret key in the file. Raises BackupError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT or found["format_version"] != 1:
            raise BackupError(f"{path} holds no keys that this version of Cuohe knows.")
        secret_key = found["keys"][NAME]
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} holds no keys of Cuohe.") from error
    if not isinstance(secret_key, str) or len(secret_key) < 20:
        raise BackupError(f"{path} holds no keys of Cuohe.")
    return secret_key


def put_in_place(data_dir: Path, secret_key: str) -> None:
    """The site's key from its next start on; the one that was there is kept beside it."""
    path = data_dir / NAME
    if path.exists() and path.read_text().strip() != secret_key:
        path.replace(data_dir / f"{NAME}.replaced")
    write_private(path, secret_key, is_overwriting=True)


def write_private(path: Path, text: str, *, is_overwriting: bool = False) -> None:
    if path.exists() and not is_overwriting:
        raise BackupError(f"{path} exists: name another file, or remove it first.")
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(aside, "x", opener=_private, encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
