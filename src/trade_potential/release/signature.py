"""SSH signatures of SHA256SUMS, which names the checksum of every other file of a release.

OpenSSH signs and verifies (``ssh-keygen -Y``): its keys and agents are everywhere, and nothing has
to be installed for it. Whoever has no release signed needs none of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from trade_potential.errors import ReleaseError
from trade_potential.release import regular
from trade_potential.release.layout import SUMS

PROGRAM = "ssh-keygen"
SIGNATURE = f"{SUMS}.sig"
NAMESPACE = "trade-potential-release"
"""What a signature is for: one of this key for something else does not count."""
KEY = "TRADE_POTENTIAL_SIGNING_KEY"
"""Variable of the environment: path of a private key, or of a public one whose agent signs."""
SIGNERS = "TRADE_POTENTIAL_ALLOWED_SIGNERS"
"""Variable of the environment: path of a file of allowed signers, as ssh-keygen(1) tells."""
SECONDS = 60


def sign(folder: Path) -> None:
    """Sign the checksums of a release with the key that the environment names, if it names one.

    Raises:
        ReleaseError: It names a key that does not sign.
    """
    key = os.environ.get(KEY)
    if not key:
        return
    said = _ssh_keygen("-Y", "sign", "-f", key, "-n", NAMESPACE, str(folder / SUMS))
    if said.returncode or not (folder / SIGNATURE).is_file():
        raise ReleaseError(f"{KEY} is {key}, which does not sign: {_words(said)}")


def signature_of(folder: Path, allowed_signers: Path | None = None) -> tuple[str, list[str]]:
    """Whose signature a release bears, in words, and what is wrong with it.

    Args:
        folder: Of the release.
        allowed_signers: File of principals and public keys; None: nobody is asked whose it is.
    """
    path, sums = folder / SIGNATURE, folder / SUMS
    if not path.is_file():
        wrong = f"{folder}: is unsigned, and a signature of {allowed_signers} is asked for"
        return "unsigned", [wrong] if allowed_signers else []
    if allowed_signers is None and not shutil.which(PROGRAM):
        return f"signed; not checked, for {PROGRAM} is not installed", []
    try:
        content = regular.read(sums)
        if allowed_signers is None:
            said = _ssh_keygen(
                "-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(path), content=content
            )
            whose = "signed; whose signature it is was not asked (--allowed-signers)"
            return (whose, []) if said.returncode == 0 else ("signed", [_bad(path, said)])
        signers = ("-f", str(allowed_signers), "-s", str(path))
        found = _ssh_keygen("-Y", "find-principals", *signers)
        names = found.stdout.decode("utf-8", "replace").split()
        if found.returncode or not names:
            return "signed", [f"{path}: is of no key in {allowed_signers} ({_words(found)})"]
        said = _ssh_keygen(
            "-Y", "verify", *signers, "-I", names[0], "-n", NAMESPACE, content=content
        )
    except (OSError, ReleaseError) as error:
        return "signed", [f"{path}: cannot be checked: {error}"]
    if said.returncode:
        return "signed", [_bad(path, said)]
    return f"signed by {names[0]}", []


def _bad(path: Path, said: subprocess.CompletedProcess[bytes]) -> str:
    return f"{path}: is no signature of {SUMS} ({_words(said)})"


def _words(said: subprocess.CompletedProcess[bytes]) -> str:
    return " ".join((said.stderr or said.stdout).decode("utf-8", "replace").split()) or "no reason"


def _ssh_keygen(*arguments: str, content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run ssh-keygen, which must never ask anybody anything.

    Raises:
        ReleaseError: There is no OpenSSH, or it does not end.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise ReleaseError(f"{PROGRAM} of OpenSSH is not installed, which signs and verifies")
    try:
        return subprocess.run(  # noqa: S603 (no shell; paths are arguments of their own)
            [program, *arguments],
            input=content,
            capture_output=True,
            env={**os.environ, "SSH_ASKPASS_REQUIRE": "never"},
            start_new_session=True,  # no terminal: a passphrase cannot be asked for
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReleaseError(f"{PROGRAM} {arguments[1]} did not end within {SECONDS} s") from None
