"""The site of a release: rows are those of the marts, pages are whole, no other host is asked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.unit.site_release import NAMES, released

from trade_potential.cli import main
from trade_potential.release.archive import export, restore
from trade_potential.release.front import Release
from trade_potential.release.layout import find
from trade_potential.release.verify import complaints
from trade_potential.site.pages import PAGES
from trade_potential.words import LANGUAGES, Words

MOST_BYTES = 1_500_000
HOSTS = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site") / "release"
    released(root, "first")
    released(root, "second", factor=1.5)
    return root


@pytest.fixture(scope="module")
def site(root: Path) -> Path:
    return root / "current" / "site"


def handed(path: Path) -> Any:
    """What a script hands over."""
    text = path.read_text(encoding="utf-8")
    name, held = re.fullmatch(r'TP\.receive\("([^"]+)",(.*)\);\n', text, re.DOTALL).groups()  # type: ignore[union-attr]
    assert f"{path.parent.name}/{path.stem}".endswith(name)
    return json.loads(held)


def pages(site: Path) -> list[tuple[str, str, str]]:
    """Language, name and text of every page."""
    return [
        (
            language,
            page.name,
            (site / ("" if language == "en" else language) / f"{page.name}.html").read_text(
                "utf-8"
            ),
        )
        for language in LANGUAGES
        for page in PAGES
    ]


def decoded(held: dict[str, Any], flow: str, codes: dict[str, str]) -> dict[tuple[str, int], Any]:
    """Rows of a reporter as scripts read them: letter by letter, lists in their order."""
    of = held["flows"][flow]
    lists = {name: iter(of[name]) for name in ("k", "a", "p", "o", "q", "s", "f", "b")}
    found = {}
    places = [(partner, year) for partner in held["partners"] for year in held["years"]]
    for place, letter in zip(places, of["c"], strict=True):
        if letter == ".":
            continue
        has_class, has_trade = letter in "her", letter in "herb"
        found[place] = {
            "code": codes[letter],
            "k": next(lists["k"]) if has_trade else 0 if letter == "n" else None,
            "actual": next(lists["a"]) if has_trade else 0 if letter == "n" else None,
            "predicted": next(lists["p"]) if has_trade or letter == "n" else None,
            "flags": next(lists["f"]) if has_trade else None,
            "out": next(lists["o"]) if has_class else None,
            "percentile": next(lists["q"]) if has_class else None,
            "certainty": next(lists["s"]) if has_class else None,
            "band": next(lists["b"]) if has_class else None,
        }
    assert [name for name, left in lists.items() if next(left, None) is not None] == []
    return found


def test_rows_are_those_of_the_mart(root: Path, site: Path) -> None:
    words, world = Words("en"), handed(site / "data" / "world.js")
    with Release.current(root) as release:
        mart = release.mart("rpt_answer")
        rows = [dict(zip(mart.columns, row, strict=True)) for row in mart.fetchall()]
    assert len(rows) == 48
    seen = 0
    for reporter in NAMES:
        held = handed(site / "data" / "reporter" / f"{reporter}.js")
        for flow in ("total", "exports", "imports"):
            found = decoded(held, flow, world["codes"])
            own = [r for r in rows if (r["reporter_iso3"], r["flow"]) == (reporter, flow)]
            assert found.keys() == {(row["partner_iso3"], row["year"]) for row in own}
            for row in own:
                said = found[row["partner_iso3"], row["year"]]
                assert said["code"] == (row["potential_class"] or row["k_status"])
                for name, column in (("k", "k_ratio"), ("out", "k_pair_out_ratio")):
                    assert (said[name] is None) == (row[column] is None)
                    if row[column] is not None:
                        assert words.ratio(said[name]) == words.ratio(row[column])
                for name in ("actual", "predicted"):
                    assert (said[name] is None) == (row[f"{name}_usd"] is None)
                    if said[name] is not None:
                        assert words.money(said[name] * 1e6) == words.money(row[f"{name}_usd"])
                if said["certainty"]:
                    assert world["certainties"][said["certainty"]] == row["answer_certainty"]
                    place = f"{flow}/{row['year']}/{said['band']}"
                    assert world["typical"][place] == round(row["k_median_of_band"], 2)
                if said["flags"]:
                    own_trade, union = (bool(int(said["flags"]) & bit) for bit in (2, 4))
                    assert own_trade == row["class_depends_on_own_trade"]
                    assert union == (row["trade_flag"] is not None)
                seen += 1
            lasting = dict(zip(held["partners"], held["flows"][flow]["l"], strict=True))
            for partner, told in lasting.items():
                if partner == "BBB":
                    assert told == "high_leverage"
                else:
                    assert told == [
                        "huge_potential",
                        0.31,
                        0.012,
                        1.31,
                        0.71,
                        0.2,
                        0.09,
                        0.01,
                        2.5,
                        3,
                    ]
    assert seen == len(rows)


def test_other_rows(site: Path) -> None:
    assert handed(site / "data" / "country" / "AAA.js") == {
        "study_of_china": {
            "index": {"pca": [[2019, 0.625, 1, 0.25]]},
            "figures": {"internet_users_pct": [[2019, 55.25, "carry_forward"]]},
        }
    }
    study = handed(site / "data" / "study" / "CHN.js")
    assert study["study_of_china/s/random"]["rows"][0][:6] == [
        "AAA", 2019, "huge_potential", "ok", "firm", 0.5
    ]  # fmt: skip
    told = handed(site / "data" / "reporter" / "CHN.js")["told"]
    assert ["exports", "AAA", 2019, "study_of_china 1.3", "other figures"] in told
    assert handed(site / "data" / "reporter" / "AAA.js")["told"] == []


def test_every_page_is_whole_in_every_language(site: Path) -> None:
    found = pages(site)
    assert len(found) == len(PAGES) * len(LANGUAGES)
    for language, name, text in found:
        where = f"{language}/{name}"
        words = Words(language)
        assert f'<html lang="{language}">' in text, where
        assert f"<h1>{words.text(f'site_{name}.title')}</h1>" in text, where
        assert not re.search(
            r"site_\w+\.\w+|\{\w+\}", re.sub(r"<pre.*?</pre>", "", text, flags=re.S)
        ), where
        assert not re.search(r">\s*(None|nan|undefined)\s*<", text), where
        assert len(text.encode()) < MOST_BYTES


def test_nothing_asks_another_host(site: Path) -> None:
    own = [path for path in site.rglob("*") if path.suffix in (".html", ".css")]
    for path in own:
        text = path.read_text(encoding="utf-8")
        loading = re.findall(r"<(?:script|link|img|iframe)[^>]*>|@import[^;]*;|url\([^)]*\)", text)
        assert [tag for tag in loading if "//" in tag] == [], path
    for path in (*(site / "assets").glob("*.js"), *(site / "data").rglob("*.js")):
        assert "fetch(" not in path.read_text(encoding="utf-8"), path


def test_links_between_pages_lead_somewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#]+)', path.read_text(encoding="utf-8")):
            if not re.match(r"http|data:|(?:\.\./)+(?:gate\.html|marts/)", link):
                assert (path.parent / link).exists(), (path, link)


def test_hostile_names_are_text(site: Path) -> None:
    for _, name, text in pages(site):
        assert "<script>alert" not in text, name
    index = (site / "index.html").read_text(encoding="utf-8")
    assert "B &amp; &lt;script&gt;alert(1)&lt;/script&gt;" in index


def test_what_has_changed_is_told(root: Path, site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    first = find(root, "current").manifest()["previous_release_id"]
    assert f"than in release {first}" in text
    with Release.of(first, root) as before, Release.current(root) as after:
        old, new = (
            {
                (a, b, y): c
                for a, b, y, c in of.mart("rpt_answer")
                .filter("flow = 'total'")
                .project("reporter_iso3, partner_iso3, year, potential_class")
                .fetchall()
            }
            for of in (before, after)
        )
    moved = sum(old[key] != new[key] for key in new)
    assert moved
    assert Words("en").text("site_index.changed", n=moved, before=first) in text
    one = root / first / "site" / "index.html"
    assert Words("en").text("site_index.first_release") in one.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("models", "0.512 [0.250, 0.750]"), ("models", "&lt; 0.001"), ("models", "rejected"),
        ("robustness", "of 1 answers 1 stand"), ("replication", "1.750"),
        ("vintages", "potential expansion"), ("quality", "a name is not &lt;empty&gt;"),
        ("track", "-0.152 to -0.116"), ("vintages", "know &lt;this&gt;"), ("downloads", "Gaulier"),
    ],
)  # fmt: skip
def test_a_page_has_the_numbers_of_its_mart(site: Path, page: str, said: str) -> None:
    assert said in (site / f"{page}.html").read_text(encoding="utf-8")


def test_it_is_a_part_of_the_release(root: Path, tmp_path: Path) -> None:
    current = find(root, "current")
    assert complaints(current) == []
    files = current.manifest()["files"]
    assert "site/data/reporter/CHN.js" in files
    assert "site/zh/index.html" in files
    archive = tmp_path / "release.tar"
    export(root, "current", archive)
    restored, _ = restore(tmp_path / "elsewhere", archive)
    assert complaints(restored) == []
    (restored.folder / "site" / "index.html").chmod(0o644)
    (restored.folder / "site" / "index.html").write_text("another", encoding="utf-8")
    assert "site/index.html" in "".join(complaints(restored))


EMPTY = {
    "fct_track_record": ("site_track.nothing", "track"),
    "rpt_answer": ("site_index.nothing", "index"),
    "fct_gravity_coefficients": ("site_models.nothing", "models"),
    "rpt_class_robustness": ("site_robustness.nothing", "robustness"),
    "rpt_vintage_sensitivity": ("site_vintages.none_moved", "vintages"),
}


@pytest.mark.parametrize("mart", EMPTY)
def test_an_empty_mart_gives_a_sentence(tmp_path: Path, mart: str) -> None:
    released(tmp_path, "empty", empty=(mart,))
    site = tmp_path / "current" / "site"
    key, page = EMPTY[mart]
    for language in LANGUAGES:
        path = site / ("" if language == "en" else language) / f"{page}.html"
        assert Words(language).text(key) in path.read_text(encoding="utf-8")


def test_there_is_none_where_a_mart_is_lacking(tmp_path: Path) -> None:
    new = released(tmp_path, "odd", without="fct_track_record").release
    assert complaints(new) == []
    assert not (new.folder / "site").exists()


def test_the_command_writes_it_anew_and_spares_other_folders(
    root: Path, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out" / "pages"
    for _ in range(2):
        arguments = ["site", "--release-path", str(root), "--to", str(target), "--format", "json"]
        assert main(arguments) == 0
        said = json.loads(capsys.readouterr().out)
        assert Path(said["page"]) == target / "index.html"
        assert (target / "index.html").read_bytes() == (site / "index.html").read_bytes()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("precious", encoding="utf-8")
    assert main(["site", "--release-path", str(root), "--to", str(mine)]) == 3
    assert "holds no site" in capsys.readouterr().err
    assert (mine / "letter.txt").is_file()
