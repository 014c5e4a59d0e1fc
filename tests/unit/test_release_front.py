"""The class Release: marts as published, whatever is published or removed meanwhile."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from tests.releases import KEYS, contents, release

from trade_potential.errors import ReleaseError
from trade_potential.release.front import Release

MART, ODD = "fct_trade_potential", 'odd "mart"'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "release"


def k_of(found: Release) -> float:
    """The figure in which the releases of these tests differ."""
    (row,) = found.mart(MART).filter("partner = 'UZB'").fetchall()
    return float(row[2])


def test_current_is_what_was_published(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = release(root, "one").release
    monkeypatch.chdir(root.parent)
    for found in (Release.current(), Release.current(root), Release.of(published.release_id, root)):
        assert (found.id, found.path) == (published.release_id, published.folder)
        assert set(found.marts) == set(KEYS)
        assert k_of(found) == 1.5
        found.verify()
    age = datetime.datetime.now(datetime.UTC) - found.published_at
    assert (
        datetime.timedelta(0) <= age + datetime.timedelta(seconds=1) < datetime.timedelta(hours=1)
    )
    assert found.manifest["run_id"] == "one"


def test_rows_are_a_relation_and_a_frame(root: Path) -> None:
    release(root, "one")
    found = Release.current(root)
    odd = found.mart(ODD)
    assert isinstance(odd, duckdb.DuckDBPyRelation)
    assert odd.columns == ["a key", "it's"]
    assert odd.to_arrow_table().num_rows == len(found.to_pandas(ODD)) == 3000
    parquet = pd.read_parquet(root / "current" / "marts" / f"{MART}.parquet")
    pd.testing.assert_frame_equal(found.to_pandas(MART), parquet, check_dtype=False)


def test_a_mart_outlives_the_object_that_gave_it(root: Path) -> None:
    release(root, "one")
    assert len(Release.current(root).mart(ODD).df()) == 3000


def test_a_release_stays_itself_while_others_are_published(root: Path) -> None:
    """Also one that is removed while it is read: only the newest is kept."""
    release(root, "one", kept=1, k=1.5)
    unread, found = Release.current(root), Release.current(root)
    mart = found.mart(MART)
    assert k_of(found) == 1.5
    release(root, "two", kept=1)
    release(root, "three", kept=1, k=2.5)  # the one before the current stays, too
    assert not found.path.exists()
    assert k_of(found) == 1.5
    assert len(mart.df()) == len(found.to_pandas(MART)) == 4
    assert len(found.mart(ODD).df()) == 3000
    assert k_of(Release.current(root)) == 2.5
    with pytest.raises(ReleaseError, match=r"000001.*cannot be read.*Release.current\(\)"):
        unread.mart(MART)


def test_a_release_stays_itself_where_the_directory_changes(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(root, "one")
    monkeypatch.chdir(root.parent)
    found = Release.current()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert k_of(found) == 1.5


def test_all_and_of(root: Path) -> None:
    ids = [release(root, run, k=k).release.release_id for run, k in (("a", 1.0), ("b", 2.0))]
    assert [found.id for found in Release.all(root)] == ids
    assert [k_of(Release.of(id_, root)) for id_ in ids] == [1.0, 2.0]
    with pytest.raises(
        ReleaseError, match=f"no release 000009-00000000; there are {', '.join(ids)}"
    ):
        Release.of("000009-00000000", root)
    (root / ids[0] / "manifest.json").write_text("{}")
    damaged, whole = Release.all(root)
    assert repr(damaged) == f"Release({ids[0]}, {root / ids[0]})"
    assert set(whole.marts) == set(KEYS)
    with pytest.raises(ReleaseError, match=r"manifest.json: no manifest of a release"):
        damaged.marts  # noqa: B018
    with pytest.raises(ReleaseError, match=r"manifest.json: no manifest of a release"):
        Release.of(ids[0], root)


def test_reading_changes_nothing(root: Path) -> None:
    release(root, "one")
    before = contents(root)
    with Release.current(root) as found:
        found.mart(MART).df()
        with pytest.raises(duckdb.Error, match="read-only"):
            found.mart(MART).query("rows", "create table released.main.mine as select * from rows")
    assert contents(root) == before


def test_description_is_that_of_the_manifest(root: Path) -> None:
    release(root, "one")
    found = Release.current(root)
    columns = found.describe(MART)
    assert columns.to_dict("list") == {
        "column": ["partner", "year", "k_ratio", "potential_class"],
        "type": ["VARCHAR", "INTEGER", "DOUBLE", "VARCHAR"],
        "is_key": [True, True, False, False],
    }
    marts = found.describe().set_index("mart")
    assert marts.loc[ODD, ["rows", "columns", "key"]].tolist() == [3000, 2, "a key"]
    for mart, about in marts.iterrows():
        assert (found.path / about["file"]).stat().st_size == about["bytes"], mart
    html = found._repr_html_()
    assert found.id in html
    assert "odd" in html


def nothing(root: Path) -> None:
    """No folder at all."""


def empty(root: Path) -> None:
    root.mkdir()


def dangling(root: Path) -> None:
    root.mkdir()
    (root / "current").symlink_to("000001-00000000")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (nothing, "no such folder; make build publishes to release/ of the project"),
        (empty, "no release is current; make build publishes one"),
        (dangling, "no release 000001-00000000; there are none"),
    ],
)
def test_where_there_is_no_release(root: Path, make: Callable[[Path], None], said: str) -> None:
    make(root)
    with pytest.raises(ReleaseError) as error:
        Release.current(root)
    assert said in str(error.value)
    assert str(error.value).startswith(str(root))
    if root.is_dir():
        assert Release.all(root) == []
    else:
        with pytest.raises(ReleaseError, match="no such folder"):
            Release.all(root)


def test_a_current_that_is_no_link_is_refused(root: Path) -> None:
    (root / "current").mkdir(parents=True)
    for ask in (Release.current, Release.all):
        with pytest.raises(ReleaseError, match="current: is no symbolic link; move it away"):
            ask(root)


def test_what_is_not_there_or_damaged_is_named(root: Path) -> None:
    release(root, "one")
    found = Release.current(root)
    for ask in (found.mart, found.to_pandas, found.describe):
        with pytest.raises(ReleaseError, match=f"{found.id}: no mart nope; there are fct_audit"):
            ask("nope")
    file = found.path / "trade_potential.duckdb"
    os.truncate(file, 100)
    with pytest.raises(ReleaseError, match=f"{file}: cannot be read"):
        found.mart(MART)
    with pytest.raises(ReleaseError, match=f"{found.id} is damaged: {file}: has changed"):
        found.verify()


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [("published_at", "published_by", "published_at"), ('"rows"', '"lines"', "tells no rows")],
)
def test_a_manifest_that_lacks_something_is_damaged(
    root: Path, there: str, instead: str, said: str
) -> None:
    release(root, "one")
    file = Release.current(root).path / "manifest.json"
    file.write_text(file.read_text().replace(there, instead))
    with pytest.raises(ReleaseError, match=said):
        Release.current(root)


def test_threads_read_marts_of_one_release(root: Path) -> None:
    release(root, "one")
    with Release.current(root) as found, ThreadPoolExecutor(4) as pool:
        marts = [*found.marts] * 20
        for name, frame in zip(marts, pool.map(found.to_pandas, marts), strict=True):
            pd.testing.assert_frame_equal(frame, found.to_pandas(name))


def test_after_close_nothing_is_read(root: Path) -> None:
    release(root, "one")
    with Release.current(root) as found:
        mart = found.mart(MART)
    with pytest.raises(ReleaseError, match="closed"):
        found.mart(MART)
    with pytest.raises(duckdb.Error):
        mart.df()
    with Release.current(root):
        pass  # never read: there is nothing to close
