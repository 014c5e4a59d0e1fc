"""A served release is swapped at once, whatever is killed and whoever reads."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
from tests.engines.serving import asked, connected, counts, following, served, told
from tests.forked import forked

from trade_potential.errors import ReleaseError
from trade_potential.served import load, schema

pytestmark = pytest.mark.usefixtures("private_server")


def test_readers_see_one_release_or_the_other(pairs: tuple[Path, str, str], name: str) -> None:
    root, first, second = pairs
    served(root, name, first)
    seen: set[tuple[int, ...]] = set()
    wrong: list[str] = []
    over = threading.Event()

    def read(level: str) -> None:
        with connected() as connection, connection.cursor() as cursor:
            cursor.execute("set role trade_reader")
            connection.commit()
            connection.set_session(isolation_level=level)
            while not over.is_set():
                try:
                    found = []
                    for mart in ("a", "b", "a"):
                        cursor.execute(f"select count(*) from {name}.{mart}")  # noqa: S608
                        found.append(cursor.fetchone()[0])
                        time.sleep(0.01)
                    connection.commit()
                    seen.add(tuple(found))
                except psycopg2.Error as error:
                    wrong.append(str(error))
                    connection.rollback()

    levels = ("READ COMMITTED", "REPEATABLE READ")
    threads = [threading.Thread(target=read, args=(level,)) for level in levels]
    for thread in threads:
        thread.start()
    for wanted in (second, first, second, first, second):
        served(root, name, wanted)
    over.set()
    for thread in threads:
        thread.join()
    assert (wrong, seen) == ([], {(10, 10, 10), (200, 200, 200)})


def test_a_transaction_from_before_the_swap_sees_rows(
    pairs: tuple[Path, str, str], name: str
) -> None:
    root, first, second = pairs
    served(root, name, first)
    with connected() as connection, connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ")
        cursor.execute("select 1")  # its snapshot
        served(root, name, second)
        cursor.execute(f"select count(*) from {name}.a")  # noqa: S608
        assert cursor.fetchone() == (200,)


def _kill(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("module", "attribute"),
    [("rows", "_refuse_nul"), ("rows", "Pieces.read"), ("load", "differences"),
     ("made", "info"), ("schema", "take_place"), ("schema", "_lock_tables"), ("after", "commit")],
)  # fmt: skip
def test_a_load_that_is_killed_leaves_what_was_served(
    pairs: tuple[Path, str, str], name: str, module: str, attribute: str
) -> None:
    root, first, second = pairs
    served(root, name, first)
    child = forked()
    if child == 0:
        patch = pytest.MonkeyPatch()
        if module == "after":  # all is done but the commit
            real: Callable[..., None] = schema.take_place
            patch.setattr(schema, "take_place", lambda *given: (real(*given), _kill()))
        else:
            patch.setattr(f"trade_potential.served.{module}.{attribute}", _kill)
        served(root, name, second)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert counts(name) == (10, 10)
    assert following() == 0
    assert served(root, name, second).previous_id == first
    assert counts(name) == (200, 200)


def test_the_same_release_is_loaded_again_only_by_force(
    pairs: tuple[Path, str, str], name: str
) -> None:
    root, _, second = pairs
    assert served(root, name).is_new
    before = asked(f"select '{name}.a'::regclass::oid")
    again = served(root, name)
    assert (again.is_new, again.release_id, again.previous_id) == (False, second, second)
    assert asked(f"select '{name}.a'::regclass::oid") == before
    assert served(root, name, is_forced=True).is_new
    assert asked(f"select '{name}.a'::regclass::oid") != before


def test_what_is_not_ours_is_left_alone(pairs: tuple[Path, str, str], name: str) -> None:
    root, first, second = pairs
    told(f"create schema {name}; create table {name}.mine (i int)")
    with pytest.raises(ReleaseError, match="was not made by this command"):
        served(root, name)
    told(f"drop schema {name} cascade")
    served(root, name, first)
    told(f"create table {name}.mine (i int)")
    with pytest.raises(ReleaseError, match=f"holds {name}.mine, which no load has made"):
        served(root, name, second)
    told(f"drop table {name}.mine; create view public.{name} as table {name}.a")
    with pytest.raises(ReleaseError, match="stands on its tables"):
        served(root, name, second)
    told(f"drop view public.{name}; create function {name}.f() returns int return 1")
    with pytest.raises(ReleaseError, match=r"function .*f\(\).* nothing has changed"):
        served(root, name, second)
    assert counts(name) == (10, 10)


def test_a_reader_who_does_not_end_is_named(pairs: tuple[Path, str, str], name: str) -> None:
    root, first, second = pairs
    served(root, name, first)
    with connected() as connection, connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {name}.a")  # noqa: S608
        with pytest.raises(ReleaseError, match=r"still read by process \d+ of .*reader, idle in"):
            served(root, name, second, wait_seconds=0.0)
    assert counts(name) == (10, 10)


def test_another_load_is_waited_for(pairs: tuple[Path, str, str], name: str) -> None:
    with connected() as connection, connection.cursor() as cursor:
        schema.lock(cursor, name, 0.0)
        with pytest.raises(ReleaseError, match="another load is at work"):
            served(pairs[0], name, wait_seconds=0.0)


def test_a_difference_stops_the_swap(
    pairs: tuple[Path, str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, first, second = pairs
    served(root, name, first)
    monkeypatch.setattr(load, "differences", lambda *_: ["a: rows 1, the release has 2"])
    with pytest.raises(ReleaseError, match="PostgreSQL holds another a: rows 1"):
        served(root, name, second)
    assert counts(name) == (10, 10)
