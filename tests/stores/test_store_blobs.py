"""Blobs on disk and sealed: found again, checked every time, and gone for good when the key is."""

import hashlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from truceline.domain.ids import Digest, SourceId, digest
from truceline.durable import write_durably
from truceline.errors import LedgerError, SealedError, UnreachableError
from truceline.stores.blobs import FolderBlobs
from truceline.stores.seal import KEY_BITS, SealedBlobs, destroy_key, key_path

SMM, PATROL = SourceId("smm"), SourceId("patrol-2.a")


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def sealed(blobs: FolderBlobs, keys: Path) -> SealedBlobs:
    return SealedBlobs(blobs, keys, SMM)


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_blob_stands_where_its_digest_says(blobs: FolderBlobs, tmp_path: Path) -> None:
    hexdigits = hashlib.sha256(b"as received").hexdigest()
    name = blobs.put(b"as received")
    assert name == f"sha256:{hexdigits}"
    assert files(tmp_path / "blobs") == [f"{hexdigits[:2]}/{hexdigits[2:]}"]
    assert blobs.get(name) == b"as received"
    assert blobs.put(b"as received") == name
    assert len(files(tmp_path / "blobs")) == 1
    assert blobs.get(blobs.put(b"")) == b""


def test_a_blob_changed_gone_or_never_there(blobs: FolderBlobs, tmp_path: Path) -> None:
    name = blobs.put(b"as received")
    path = tmp_path / "blobs" / name[7:9] / name[9:]
    path.write_bytes(b"as receiveD")
    with pytest.raises(LedgerError, match=f"Blob {name} was changed"):
        blobs.get(name)
    assert blobs.put(b"as received") == name  # and repaired
    assert blobs.get(name) == b"as received"
    path.unlink()
    with pytest.raises(LedgerError, match=f"Blob {name} is missing"):
        blobs.get(name)
    path.mkdir()
    with pytest.raises(UnreachableError, match="Cannot read"):
        blobs.get(name)


@pytest.mark.parametrize("name", ["", "sha256:", "sha256:../../keys", "md5:" + "a" * 64, "sha256:" + "A" * 64])
def test_no_digest_leads_elsewhere(blobs: FolderBlobs, name: str) -> None:
    with pytest.raises(LedgerError, match="is not a digest"):
        blobs.get(Digest(name))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnreachableError, match="Cannot write"):
        FolderBlobs(tmp_path / "file").put(b"x")


def test_a_killed_writer_leaves_no_half_blob(blobs: FolderBlobs, tmp_path: Path) -> None:
    data = os.urandom(4_000_000)
    for moment_s in (0.0, 0.002, 0.005, 0.01, 0.02):
        child = os.fork()
        if child == 0:
            try:
                while True:
                    blobs.put(data)
                    (tmp_path / "blobs" / digest(data)[7:9] / digest(data)[9:]).unlink()
            finally:
                os._exit(1)
        time.sleep(moment_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kept = [tmp_path / "blobs" / name for name in files(tmp_path / "blobs") if not name[3:].startswith(".")]
        assert all(path.read_bytes() == data for path in kept)
        assert blobs.get(blobs.put(data)) == data


@pytest.mark.parametrize("data", [b"", b"\x01", b"rows of 5 September", bytes(100_000)])
def test_sealed_and_opened(sealed: SealedBlobs, blobs: FolderBlobs, data: bytes) -> None:
    name = sealed.put(data)
    assert sealed.get(name) == data
    stored = blobs.get(name)
    assert digest(stored) == name != digest(data)
    assert len(data) < 4 or data not in stored


def test_the_same_content_is_kept_once_per_source(sealed: SealedBlobs, blobs: FolderBlobs, keys: Path) -> None:
    name = sealed.put(b"rows")
    assert SealedBlobs(blobs, keys, SMM).put(b"rows") == name
    other = SealedBlobs(blobs, keys, PATROL)
    assert other.put(b"rows") != name
    assert len(files(keys.parent / "blobs")) == 2
    assert files(keys) == ["sources/patrol-2.a.key", "sources/smm.key"]
    assert (keys / "sources" / "smm.key").stat().st_mode & 0o777 == 0o600
    assert (keys / "sources" / "smm.key").stat().st_size * 8 == KEY_BITS
    with pytest.raises(SealedError, match="sealed with another key"):
        other.get(name)


def test_a_key_that_another_process_made_first_is_the_key(blobs: FolderBlobs, keys: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        names = list(pool.map(lambda n: SealedBlobs(blobs, keys, SourceId(f"s{n // 4}")).put(b"rows"), range(80)))
    assert len(set(names)) == 20
    with pytest.raises(FileExistsError):
        write_durably(key_path(keys, SourceId("s1")), b"another", replace=False)
    for n in range(20):
        assert SealedBlobs(blobs, keys, SourceId(f"s{n}")).get(names[4 * n]) == b"rows"
    assert not [name for name in files(keys) if name.endswith(".tmp")]


def test_a_destroyed_key_seals_for_good(sealed: SealedBlobs, blobs: FolderBlobs, keys: Path) -> None:
    name = sealed.put(b"a witness, by name")
    stray = keys / "sources" / ".smm.key.1.2.tmp"  # left by a process killed while it made the key
    stray.hardlink_to(keys / "sources" / "smm.key")
    destroy_key(keys, SMM)
    assert files(keys) == ["sources/smm.destroyed"]
    with pytest.raises(SealedError, match="'smm' was destroyed"):
        sealed.get(name)
    assert digest(blobs.get(name)) == name  # the entry that names it still verifies
    with pytest.raises(SealedError, match="'smm' was destroyed"):
        sealed.put(b"a witness, by name")
    destroy_key(keys, SMM)
    patrol = SealedBlobs(blobs, keys, PATROL)
    assert patrol.get(patrol.put(b"others go on")) == b"others go on"


def test_killed_between_the_mark_and_the_key(sealed: SealedBlobs, keys: Path) -> None:
    name = sealed.put(b"rows")
    (keys / "sources" / "smm.destroyed").touch()
    with pytest.raises(SealedError, match="destroyed"):
        sealed.get(name)
    destroy_key(keys, SMM)
    assert files(keys) == ["sources/smm.destroyed"]


def test_a_key_lost_or_spoilt(sealed: SealedBlobs, keys: Path) -> None:
    name = sealed.put(b"rows")
    path = keys / "sources" / "smm.key"
    key = path.read_bytes()
    path.unlink()
    with pytest.raises(SealedError, match="'smm' is not here"):
        sealed.get(name)
    assert not path.exists()  # reading never makes a key
    path.write_bytes(key[:20])
    with pytest.raises(LedgerError, match="20 bytes instead of 64"):
        sealed.get(name)
    path.write_bytes(key)
    assert sealed.get(name) == b"rows"


@pytest.mark.parametrize("source", ["", ".", "..", "../smm", "a/b", ".hidden", "a b", "x" * 65, "смм", "a\n"])
def test_no_source_name_leads_elsewhere(blobs: FolderBlobs, keys: Path, source: str) -> None:
    with pytest.raises(LedgerError, match="cannot name a source"):
        key_path(keys, SourceId(source))
    with pytest.raises(LedgerError, match="cannot name a source"):
        SealedBlobs(blobs, keys, SourceId(source))
