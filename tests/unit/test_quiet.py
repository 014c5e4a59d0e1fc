"""What a quiet build prints: one line of progress, and why it failed as its last lines."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dbt_trade_potential import quiet
from dbt_trade_potential.watch import Watch, reasons
from trade_potential.errors import InputError
from trade_potential.progress import CLEAR, Progress
from trade_potential.quality.complaints import Complaint
from trade_potential.rehearsal import Checked


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def event(name: str, **data: Any) -> Any:
    return SimpleNamespace(info=SimpleNamespace(name=name), data=SimpleNamespace(**data))


def started(path: str, total: int = 900) -> Any:
    node = SimpleNamespace(node_path=path)
    return event("LogStartLine", node_info=node, total=total, description=f"sql view {path}")


def node(name: str, status: str, message: str = "", file: str = "models/x.sql") -> Any:
    return SimpleNamespace(
        node=SimpleNamespace(name=name, original_file_path=file), status=status, message=message
    )


def done(*results: Any, exception: BaseException | None = None) -> Any:
    return SimpleNamespace(result=SimpleNamespace(results=results), exception=exception)


def test_a_phase_is_a_line_where_nobody_looks() -> None:
    stream = io.StringIO()
    watch = Watch(Progress(stream))
    for path in ("staging/a.sql", "marts/b.sql", "panel/c.sql", "staging/d.sql", "audit/e.py"):
        watch.saw(started(path))
    assert [line[8:] for line in stream.getvalue().splitlines()] == [
        "reading the project", "inputs and the gate", "panels and models", "audit and marts"
    ]  # fmt: skip
    assert "\x1b" not in stream.getvalue()
    assert "\r" not in stream.getvalue()


def test_a_terminal_has_one_line_that_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trade_potential.progress.PAUSE_SECONDS", 0)
    stream = Terminal()
    progress = Progress(stream)
    watch = Watch(progress)
    watch.saw(started("staging/a.sql"))
    watch.saw(event("LogModelResult", total=900))
    progress.end()
    assert "\n" not in stream.getvalue()
    assert "inputs and the gate: 1 of 900 nodes" in stream.getvalue()
    assert stream.getvalue().endswith(CLEAR)


def test_reasons_are_told_once_and_refused_rows_stand_for_their_test() -> None:
    watch = Watch(Progress(io.StringIO()))
    for text in (
        "Rejected by rules_of_x (1 rows):", '  seeds/x.csv, line 2: "a" (rule: b)', "",
        "Warned by y (7 rows):", *(f"  row {k}" for k in range(7)),
        "Known warnings: 3 rows of 2 expectations", "Published 000002-abc as release/current",
    ):  # fmt: skip
        watch.saw(event("JinjaLogInfo", msg=text))
    traceback = "Python model failed:\nTraceback (most recent call last):\n  File x\nValueError: no"
    results = done(
        node("rules_of_x", "fail", "Got 1 result"),
        node("est_x", "error", traceback, "python_models/est_x.py"),
        node("unit_x", "fail", "actual differs from expected"),
        node("other", "skipped"),
        node("warns", "warn"),
    )
    assert reasons(results, watch.rejected) == [
        "est_x (python_models/est_x.py):", "  ValueError: no",
        "unit_x (models/x.sql):", "  actual differs from expected",
        "Rejected by rules_of_x (1 rows):", '  seeds/x.csv, line 2: "a" (rule: b)',
    ]  # fmt: skip
    assert watch.counted(results) == "5 nodes, 1 with errors, 2 failed, 1 skipped, 1 warned"
    assert list(watch.summary()) == [
        "Warned by y (7 rows):", *(f"  row {k}" for k in range(5)),
        "  and 2 lines more in logs/dbt.log",
        "Known warnings: 3 rows of 2 expectations", "Published 000002-abc as release/current",
    ]  # fmt: skip


def test_the_macros_on_the_way_are_left_out() -> None:
    refused = "Compilation Error\n  the var x is 1\n  > in macro y (macros/y.sql)"
    assert reasons(done(exception=RuntimeError(refused)), []) == [
        "Compilation Error", "  the var x is 1"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (SimpleNamespace(success=True, exception=None, result=None), 0),
        (SimpleNamespace(success=False, exception=None, result=None), 1),
        (SimpleNamespace(success=False, exception=RuntimeError("no"), result=None), 2),
        (SimpleNamespace(success=False, exception=KeyboardInterrupt(), result=None), 2),
    ],
)
def test_exit_codes_are_those_of_dbt(
    outcome: Any, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []

    class Runner:
        def __init__(self, **_: Any) -> None:
            pass

        def invoke(self, arguments: list[str]) -> Any:
            asked.append(arguments)
            return outcome

    monkeypatch.setattr("dbt.cli.main.dbtRunner", Runner)
    monkeypatch.setattr("trade_potential.warehouse.main", lambda: 0)
    assert quiet.main(["-s", "x"]) == code
    assert asked[0][-3:] == ["build", "-s", "x"]
    monkeypatch.setenv("VERBOSE", "1")
    assert quiet.main(["-s", "x"]) == code
    assert asked[1] == ["build", "-s", "x"]
    assert "Traceback" not in capsys.readouterr().out


def test_a_model_that_cannot_be_run_is_left_to_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Checked:
        raise InputError("x cannot be run")

    monkeypatch.setattr(quiet, "check", fails)
    assert quiet._rehearsed(Progress(io.StringIO())) is None


def test_refused_rows_stop_a_build_before_dbt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("trade_potential.warehouse.main", lambda: 0)
    monkeypatch.setattr(quiet, "PROJECT", tmp_path)
    refused = (Complaint("seeds/x.csv", 2, None, "a", "b", "c"),)
    monkeypatch.setattr(quiet, "check", lambda *_, **__: Checked(refused=refused, stage="rows"))
    assert quiet.main([]) == 2
    head, line = capsys.readouterr().out.splitlines()
    assert head.startswith("refused in ")
    assert head.endswith("nothing was run:")
    assert line == 'seeds/x.csv, line 2, column a: "b" (rule: c)'
    report = json.loads((tmp_path / "release" / "gate.json").read_bytes())
    assert report["complaints"] == [refused[0]._asdict()]
    assert str(tmp_path / "release" / "gate.html") in head
