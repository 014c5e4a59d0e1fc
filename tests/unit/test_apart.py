"""A function in a process of its own: its result, its errors, and a process that ends too early."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trade_potential.apart import apart
from trade_potential.errors import InputError, TradePotentialError


@pytest.fixture(autouse=True)
def this_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def doubled(*, frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    print("what it prints is no answer")
    return frame * 2, os.getpid()


def refused() -> None:
    raise InputError("row 3: the year is no number")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def left() -> None:
    os._exit(7)


def unsendable() -> Any:
    return lambda: None


def test_the_result_comes_from_another_process() -> None:
    frame = pd.DataFrame({"x": np.arange(200_000) / 3})
    result, process = apart(f"{__name__}:doubled", frame=frame)
    pd.testing.assert_frame_equal(result, frame * 2)
    assert process != os.getpid()


def test_an_error_arrives_with_its_traceback() -> None:
    with pytest.raises(InputError, match="row 3: the year is no number") as caught:
        apart(f"{__name__}:refused")
    assert "in refused" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("function", "told"),
    [("killed", "signal 9, without a result: the machine may be short"), ("left", "exit code 7")],
)
def test_a_process_that_ends_says_how(function: str, told: str) -> None:
    with pytest.raises(TradePotentialError, match=told):
        apart(f"{__name__}:{function}")


def test_what_cannot_be_sent_is_said() -> None:
    with pytest.raises(TradePotentialError, match="without a result"):
        apart(f"{__name__}:unsendable")
