"""The ledger's Ed25519 key pair and its two files, in the encoding of C2SP signed notes."""

import base64
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from truceline.durable import write_durably
from truceline.errors import LedgerError, UnreachableError

PRIVATE_FILE = "ledger.key"
PUBLIC_FILE = "ledger.pub"
_ED25519 = b"\x01"  # C2SP signed-note, signature type
_PRIVATE_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A name and the public key that speaks for it."""

    name: str
    public: bytes  # 32 bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def text(self) -> str:
        """`name+keyid+key`, as witnesses and other programs read it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made `signature` over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A name and the private key that signs for it; the key never shows in a repr."""

    name: str
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(name=self.name, public=self.key.public_key().public_bytes_raw())

    def text(self) -> str:
        """The private key as the file holds it: `PRIVATE+KEY+name+keyid+seed`."""
        seed = base64.b64encode(_ED25519 + self.key.private_bytes_raw()).decode()
        return f"{_PRIVATE_PREFIX}{self.name}+{self.verifier.key_id.hex()}+{seed}"


def checked_name(name: str) -> str:
    """`name` if a signature line can carry it. Raises LedgerError otherwise."""
    if not name or "+" in name or re.search(r"\s", name) or not name.isprintable():
        raise LedgerError(
            f"'{name}' cannot name a ledger key: spaces, '+' and control characters would break its notes. "
            "Use, for instance, example.org/mission."
        )
    return name


def parse_verifier(text: str) -> Verifier:
    """Read `name+keyid+key`. Raises LedgerError if it is not one or its key id does not fit."""
    name, key_id, public = _split(text)
    verifier = Verifier(name=name, public=public)
    if verifier.key_id != key_id:
        raise LedgerError(f"The public key of '{name}' does not fit its key id: one of the two was changed.")
    return verifier


def parse_signer(text: str) -> Signer:
    """Read `PRIVATE+KEY+name+keyid+seed`. Raises LedgerError if it is not one; never repeats its text."""
    if not text.startswith(_PRIVATE_PREFIX):
        raise LedgerError("Not a private ledger key: it does not begin with PRIVATE+KEY+.")
    name, key_id, seed = _split(text[len(_PRIVATE_PREFIX) :])
    signer = Signer(name=name, key=Ed25519PrivateKey.from_private_bytes(seed))
    if signer.verifier.key_id != key_id:
        raise LedgerError(f"The private key of '{name}' does not fit its key id: the file was changed.")
    return signer


def load_verifier(keys: Path) -> Verifier:
    """The public key in the folder `keys`. Raises UnreachableError if it is absent, LedgerError if spoilt."""
    return parse_verifier(_read(keys / PUBLIC_FILE))


def load_signer(keys: Path, name: str) -> Signer:
    """The key pair in the folder `keys`, made if there is none; if killed, the next call completes it.

    Raises
    ------
    LedgerError
        if the files are spoilt, do not belong together or belong to another name, or if only the public half
        is there: a new key would disown every checkpoint signed so far.
    """
    private, public = keys / PRIVATE_FILE, keys / PUBLIC_FILE
    if not private.exists() and public.exists():
        raise LedgerError(f"{public} is there but {private} is not. Put the private key back from your copy.")
    if not private.exists():
        fresh = Signer(name=checked_name(name), key=Ed25519PrivateKey.generate())
        with suppress(FileExistsError):  # another process was faster: its key is the key
            write_durably(private, (fresh.text() + "\n").encode(), mode=0o600, replace=False)
    signer = parse_signer(_read(private))
    if signer.name != name:
        raise LedgerError(f"{private} signs for '{signer.name}', not for '{name}'. Use the name it was made for.")
    if not public.exists():
        write_durably(public, (signer.verifier.text() + "\n").encode())
    if load_verifier(keys) != signer.verifier:
        raise LedgerError(f"{public} is not the public half of {private}. Find out which of them was replaced.")
    return signer


def _split(text: str) -> tuple[str, bytes, bytes]:
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    key = strict_base64(encoded)
    if not re.fullmatch(r"[0-9a-f]{8}", key_id) or key is None or len(key) != 33 or key[:1] != _ED25519:
        raise LedgerError("Not an Ed25519 ledger key: expected name, 8 hex digits and a base64 key, joined by '+'.")
    return checked_name(name), bytes.fromhex(key_id), key[1:]


def strict_base64(text: str) -> bytes | None:
    """The bytes that `text` is the one base64 encoding of, or None if it is not."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise LedgerError(
            f"{path} is not a text file, so it holds no ledger key. Put it back from your copy."
        ) from error
    except OSError as error:
        raise UnreachableError(f"Cannot read {path}: {error.strerror}.") from error
