"""Signatures of a release: made with a key that the environment names, checked by verify."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests import releases

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import ReleaseFolder, complaints, released
from trade_potential.release.signature import KEY, SIGNERS, signature_of

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH is not installed")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two keys, and files that allow the first of them, and the second."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("own", "other"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name],
            check=True,
        )
        public = (folder / f"{name}.pub").read_text(encoding="utf-8")
        (folder / f"{name}.signers").write_text(f"{name}@example.org {public}", encoding="utf-8")
    return folder


def published(root: Path) -> ReleaseFolder:
    return releases.tiny(root, "a").release


@pytest.fixture
def signed(keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseFolder:
    monkeypatch.setenv(KEY, str(keys / "own"))
    return published(tmp_path / "it's release")


def test_a_release_is_unsigned_unless_a_key_is_named(tmp_path: Path, keys: Path) -> None:
    release = published(tmp_path / "release")
    assert not (release.folder / "SHA256SUMS.sig").exists()
    assert signature_of(release.folder) == ("unsigned", [])
    assert complaints(release) == []
    (said,) = complaints(release, keys / "own.signers")
    assert "is unsigned, and a signature of" in said


def test_a_signature_is_of_whom_the_file_names(signed: ReleaseFolder, keys: Path) -> None:
    assert complaints(signed) == []
    assert signature_of(signed.folder)[0].startswith("signed; whose")
    assert signature_of(signed.folder, keys / "own.signers") == ("signed by own@example.org", [])
    (said,) = complaints(signed, keys / "other.signers")
    assert "is of no key in" in said


def test_a_signature_of_other_checksums_is_bad(signed: ReleaseFolder, keys: Path) -> None:
    sums = signed.folder / "SHA256SUMS"
    sums.chmod(0o644)
    sums.write_text(sums.read_text(encoding="utf-8") + " ", encoding="utf-8")
    for allowed in (None, keys / "own.signers"):
        _, wrong = signature_of(signed.folder, allowed)
        assert "is no signature of SHA256SUMS" in wrong[0]


def test_a_signature_for_something_else_is_bad(signed: ReleaseFolder, keys: Path) -> None:
    path = signed.folder / "SHA256SUMS.sig"
    signed.folder.chmod(0o755)
    path.unlink()
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", keys / "own", "-n", "file",
         signed.folder / "SHA256SUMS"], check=True,
    )  # fmt: skip
    for allowed in (None, keys / "own.signers"):
        _, wrong = signature_of(signed.folder, allowed)
        assert "is no signature of SHA256SUMS" in wrong[0]


@pytest.mark.parametrize("content", [b"", b"no signature\n"])
def test_a_file_that_is_no_signature_is_bad(
    signed: ReleaseFolder, keys: Path, content: bytes
) -> None:
    path = signed.folder / "SHA256SUMS.sig"
    path.chmod(0o644)
    path.write_bytes(content)
    for allowed in (None, keys / "own.signers"):
        assert signature_of(signed.folder, allowed)[1]


def test_without_openssh_a_signature_is_not_checked_unless_it_is_asked_for(
    signed: ReleaseFolder, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert complaints(signed) == []
    assert signature_of(signed.folder)[0].startswith("signed; not checked")
    (said,) = complaints(signed, keys / "own.signers")
    assert "ssh-keygen of OpenSSH is not installed" in said


@pytest.mark.parametrize("kind", ["missing", "no key", "locked"])
def test_a_key_that_does_not_sign_publishes_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    if kind == "no key":
        key.write_text("no key", encoding="utf-8")
        key.chmod(0o600)
    if kind == "locked":
        subprocess.run(["ssh-keygen", "-q", "-N", "a passphrase", "-f", key], check=True)
        key.with_suffix(".pub").unlink()
    monkeypatch.setenv(KEY, str(key))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(ReleaseError, match=f"{KEY} is .*/key, which does not sign"):
        published(tmp_path / "release")
    assert released(tmp_path / "release") == []


def test_the_command_says_whose_signature_it_is(
    signed: ReleaseFolder,
    keys: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = ["releases", "verify", "current", "--release-path", str(signed.folder.parent)]
    assert main([*command, "--allowed-signers", str(keys / "own.signers")]) == 0
    assert capsys.readouterr().out == f"{signed.release_id}: ok, signed by own@example.org\n"
    monkeypatch.setenv(SIGNERS, str(keys / "other.signers"))
    assert main(command) == 3
    assert f"{signed.release_id}: damaged\n" in capsys.readouterr().out
