"""A function in a process of its own: its result, its errors, and a process that ends too early."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trade_potential.apart import apart, stand_by, stand_down, stands_by
from trade_potential.errors import InputError, TradePotentialError


@pytest.fixture(autouse=True)
def this_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def doubled(*, frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    print("what it prints is no answer")
    return frame * 2, os.getpid()


def slept() -> int:
    time.sleep(0.5)
    return os.getpid()


def refused() -> None:
    raise InputError("row 3: the year is no number")


def ended_early() -> None:
    raise EOFError("the file ends early")


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


def test_a_file_that_ends_early_is_no_end_of_the_process() -> None:
    with pytest.raises(EOFError, match="the file ends early"):
        apart(f"{__name__}:ended_early")


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


@pytest.fixture
def standing_by() -> Iterator[None]:
    stand_by("json", "csv")
    yield
    stand_down()


@pytest.mark.usefixtures("standing_by")
def test_who_stands_by_answers_more_than_once() -> None:
    frame = pd.DataFrame({"x": [1.0]})
    assert stands_by()
    processes = {apart(f"{__name__}:doubled", frame=frame)[1] for _ in range(2)}
    assert len(processes) == 1
    with pytest.raises(InputError):
        apart(f"{__name__}:refused")
    assert apart(f"{__name__}:doubled", frame=frame)[1] in processes


@pytest.mark.usefixtures("standing_by")
def test_while_one_computes_another_is_started() -> None:
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(apart, f"{__name__}:slept") for _ in range(2)]
        assert len({one.result() for one in asked}) == 2


@pytest.mark.usefixtures("standing_by")
def test_who_stood_by_and_ended_is_replaced() -> None:
    with pytest.raises(TradePotentialError, match="exit code 7"):
        apart(f"{__name__}:left")
    assert not stands_by()
    assert apart(f"{__name__}:slept") != os.getpid()
