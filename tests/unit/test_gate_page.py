"""The report of the gate: all of fct_quality_results, every complaint, and nothing that runs."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pandas as pd
import pytest

from trade_potential.quality.complaints import SAMPLED, Complaint
from trade_potential.release import complaints, publish
from trade_potential.release.last_gate import report_refused, report_run, root_of
from trade_potential.reports.document import text_of
from trade_potential.reports.files import DOCUMENT, PAGE, write
from trade_potential.reports.page import HERE, page, said
from trade_potential.reports.report import (
    Acknowledgement,
    Check,
    Failed,
    Failing,
    Ran,
    Report,
    acknowledgements_of,
    checks_of,
    unlisted,
)
from trade_potential.reports.sentences import of_build, of_check, of_checks, of_release

NASTY = "</td><script>alert('x')</script><img src=\"http://evil.example/x\" onerror=alert(2)>"
CHECK = Check(
    "countries.pattern.country_iso3", "countries", "seeds/inputs/countries.csv",
    "expect_column_values_to_match_regex", "country_iso3", "a code has three capital letters",
    "error", "0 of 247 rows break the rule", "^[A-Z]{3}$", "", 247, 247, 0, 0, 0, True,
)  # fmt: skip
WARNING = CHECK._replace(
    check_id="trade.level", suite="trade", file="inputs/trade.parquet", severity="warning",
    rule="a flow is at most 6 times the other", observed=f"3 of 9 rows break the rule{SAMPLED}9",
    failing_keys="row 7: CHN, KAZ = 8.1 (a; b); key: CHN, UZB = 9.4; "
    "inputs/b.parquet, row 2: X = 1",
    rows_checked=9, rows_total=500_000, failing_count=14, acknowledged_count=13, new_count=1,
    passed=False,
)  # fmt: skip
KNOWN = Acknowledgement(
    WARNING.check_id, "CHN, KAZ = 8.*", "an analyst", "2026-11-30", "a re-export"
)
OTHERS = KNOWN._replace(row_pattern="MNG, * = 7*", reason="coal by rail")
REFUSED = Complaint(
    "seeds/inputs/countries.csv", 17, "KAX", "country_iso3", NASTY, "a code has three letters"
)
RAN = Ran("a1479692", "2026-12-01T04:00:00+00:00", current="000001-4160dc6d")


def build(
    ran: Ran = RAN,
    *,
    refused: tuple[Complaint, ...] = (),
    failing: tuple[Failing, ...] = (),
    failed: tuple[Failed, ...] = (),
    checks: tuple[Check, ...] = (),
) -> Report:
    more = unlisted(refused, failing, checks)
    verdict, sentence = of_build(ran, refused, more, failed, checks)
    return Report(
        of="build", verdict=verdict, sentence=sentence, ran=ran, complaints=refused, unlisted=more,
        failing=failing, failed=failed, checks=checks, acknowledged=(KNOWN, OTHERS),
    )  # fmt: skip


def of_release_with(*checks: Check) -> Report:
    verdict, sentence = of_release(checks)
    return Report(
        of="release", verdict=verdict, sentence=sentence, checks=checks,
        acknowledged=acknowledgements_of([KNOWN._asdict(), OTHERS._asdict()], checks),
    )  # fmt: skip


REPORTS = {
    "passed release": of_release_with(CHECK, WARNING),
    "without warnings": of_release_with(CHECK),
    "refused rows": build(refused=(REFUSED,), failing=(Failing("rules_of_countries", 1),)),
    "refused by the gate": build(
        refused=(REFUSED,), failing=(Failing("gate_has_no_errors", 1),),
        checks=(CHECK._replace(passed=False, failing_count=12, failing_keys="line 17: KAX = 1"),),
    ),
    "failed model": build(failed=(Failed("est_x", "python_models/est_x.py", NASTY),)),
    "held": build(RAN._replace(status="held", release_id="000002-aaaaaaaa"), checks=(CHECK,)),
    "check": Report(
        of="check", verdict="passed", sentence=of_check((), "rows")[1], warned=(REFUSED,)
    ),
}  # fmt: skip
every_report = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)


class Read(HTMLParser):
    """Elements with their attributes, and the text that a reader sees."""

    def __init__(self, text: str) -> None:
        """Read a whole page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.rows: list[str] = []
        self.seen = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append("")
        if tag not in ("meta", "input", "wbr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & {*self.open}:
            self.seen += data
            if "tr" in self.open:
                self.rows[-1] += data


def test_every_check_is_on_the_page_with_the_rows_it_has_seen() -> None:
    states = {"error": False, "warning": False}
    checks = [
        CHECK._replace(
            check_id=f"c{at}.x", rule=f"rule number {at}.", passed=passed, severity=severity,
            rows_total=1000 + at, failing_count=0 if passed else 2, new_count=0 if passed else new,
            acknowledged_count=0 if passed else 2 - new,
        )
        for at, (severity, passed, new) in enumerate(
            (s, p, n) for s in states for p in (True, False) for n in (0, 1, 2)
        )
    ]  # fmt: skip
    read = Read(page(of_release_with(*checks)))
    anchors = [of["id"] for _, of in read.elements if (of.get("id") or "").startswith("c")]
    assert sorted(str(anchor) for anchor in anchors) == sorted(of.check_id for of in checks)
    for of in checks:
        assert read.seen.count(of.rule) == 1
        assert f"247 of {of.rows_total:,}" in read.seen


def test_a_refused_row_is_one_row_with_place_column_value_and_rule() -> None:
    read = Read(page(REPORTS["refused rows"]))
    (row,) = [text for text in read.rows if "line 17" in text]
    for part in ("KAX", "country_iso3", NASTY, "a code has three letters"):
        assert part in row
    assert "seeds/inputs/countries.csv 1 complaint" in " ".join(read.seen.split())
    assert "Correct these lines of the file" in read.seen
    assert "None was made: the build ended before the gate." in read.seen


@every_report
def test_values_are_text_and_nothing_is_asked_of_any_host(report: Report) -> None:
    text = page(report)
    read = Read(text)
    assert read.open == []
    scripts = [of for tag, of in read.elements if tag == "script"]
    assert scripts == [{}]
    assert "img" not in {tag for tag, _ in read.elements}
    loading = {"src", "srcset", "data", "action", "poster", "background", "style", "ping"}
    for tag, of in read.elements:
        assert not loading & of.keys(), (tag, of)
        assert not [name for name in of if name.startswith("on")], (tag, of)
        href = of.get("href")
        assert href is None or (tag == "a" and re.fullmatch(r"#[a-z]+|current/gate\.html", href))
    for name in ("page.css", "page.js"):
        content = (HERE / name).read_text(encoding="utf-8")
        assert content in text
        assert not re.search(r"url\(|@import|fetch|https?:|innerHTML", content)
    (policy,) = [
        str(of["content"]) for tag, of in read.elements if of.get("http-equiv") and tag == "meta"
    ]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_sentence_says_what_is_refused_and_what_stays_current() -> None:
    rows = tuple(REFUSED._replace(row=row) for row in (17, 18, 19))
    refused = (*rows, rows[0]._replace(rule="the code is known"))
    assert of_build(RAN, refused, 0, (), ()) == ("refused", (
        "Refused: 3 rows in seeds/inputs/countries.csv break 2 rules; nothing was published, "
        "release 000001-4160dc6d stays current."
    ))  # fmt: skip
    assert REPORTS["refused by the gate"].sentence.startswith("Refused: 12 rows in seeds/inputs/")
    assert "11 rows more are not listed" in page(REPORTS["refused by the gate"])
    first = of_build(RAN._replace(current=None), refused[:1], 0, (), ())[1]
    assert first.startswith("Refused: 1 row in seeds/inputs/countries.csv breaks 1 rule; nothing")
    assert first.endswith("there is no release yet.")
    assert REPORTS["failed model"].sentence.startswith("Failed: 1 model could not be computed;")
    assert (REPORTS["held"].verdict, REPORTS["held"].sentence[:27]) == (
        "held", "Passed the gate, and held: "
    )  # fmt: skip
    test = Complaint(None, None, None, None, "a=1", "marts_agree")
    assert of_build(RAN, (test,), 0, (), ())[1].startswith("Refused: 1 test of what the build has")
    published = of_build(
        RAN._replace(status="published", release_id="000002-x"), (), 0, (), (CHECK,)
    )
    assert published == (
        "passed", "Passed: all 1 check of 1 input hold; published as release 000002-x."
    )  # fmt: skip
    assert of_checks((CHECK, WARNING)) == (
        "1 of 2 checks of 2 inputs hold, none refuses a row; 1 warns of 14 rows, 13 acknowledged "
        "and 1 new"
    )


def test_a_warning_says_which_row_is_news_and_who_knows_the_others() -> None:
    assert [(of.place, of.text, of.by) for of in said(WARNING, [KNOWN, OTHERS])] == [
        ("row 7", "CHN, KAZ = 8.1 (a; b)", KNOWN), ("key", "CHN, UZB = 9.4", None),
        ("inputs/b.parquet, row 2", "X = 1", None), ("like", "MNG, * = 7*", OTHERS),
    ]  # fmt: skip
    read = Read(page(REPORTS["passed release"]))
    assert any(
        "row 7" in row and "a re-export (an analyst, 2026-11-30)" in row for row in read.rows
    )
    assert any("CHN, UZB" in row and "new" in row for row in read.rows)
    assert "3 of 14 rows are listed." in read.seen
    assert "9 of 500,000 sample" in " ".join(read.seen.split())


def test_a_page_without_warnings_has_no_part_of_them() -> None:
    text = page(REPORTS["without warnings"])
    assert 'id="news"' not in text
    assert 'id="known"' not in text
    assert 'id="refused"' not in text
    assert 'id="news"' in page(REPORTS["passed release"])


@every_report
def test_the_document_keeps_to_its_schema_and_comes_back_equal(report: Report) -> None:
    schema = json.loads((HERE / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    said = json.loads(text_of(report))
    jsonschema.Draft202012Validator(schema).validate(said)
    assert tuple(Complaint(**of) for of in said["complaints"]) == report.complaints
    assert checks_of(said["checks"]) == tuple(sorted(report.checks))
    assert said["sentence"] == report.sentence
    assert said["counts"]["checks"] == len(report.checks)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**said, "verdict": "fine"})


def test_rows_as_text_and_in_any_order_give_the_same_bytes() -> None:
    checks = [CHECK._replace(check_id=f"c{at}") for at in range(5)] + [WARNING]
    typed = [of._asdict() for of in checks]
    texts = [{name: str(value) for name, value in row.items()} for row in reversed(typed)]
    one, other = (of_release_with(*checks_of(rows)) for rows in (typed, texts))
    assert page(one) == page(other)
    assert text_of(one) == text_of(other)
    moved = replace(one, checks=(*one.checks[:-1], one.checks[-1]._replace(observed="x")))
    assert page(moved) != page(one)


def mart(connection: duckdb.DuckDBPyConnection, checks: list[Check]) -> dict[str, Any]:
    """The mart of these checks; beside it the table `known`."""
    gate = pd.DataFrame([of._asdict() for of in checks])
    known = pd.DataFrame([KNOWN._asdict()]).assign(acknowledged_on=date(2026, 11, 30))
    connection.register("gate_rows", gate)
    connection.register("known_rows", known)
    connection.execute("create table gate as from gate_rows")
    connection.execute("create table known as from known_rows")
    return {"fct_quality_results": connection.table("gate")}


def test_a_release_holds_its_report_which_no_later_run_changes(tmp_path: Path) -> None:
    root = tmp_path / "release"
    for run in ("one", "two"):
        session = duckdb.connect()
        published = publish(
            root, mart(session, [CHECK, WARNING]), session=session,
            keys={"fct_quality_results": ["check_id"]}, run_id=run, about={},
            acknowledged=session.table("known"),
        )  # fmt: skip
        assert complaints(published.release) == []
        assert {PAGE, DOCUMENT} <= published.release.manifest()["files"].keys()
    first, second = sorted(path for path in root.iterdir() if path.name[0] == "0")
    for name in (PAGE, DOCUMENT):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert json.loads((second / DOCUMENT).read_bytes())["acknowledgements"] == [KNOWN._asdict()]
    before = {path: path.read_bytes() for path in root.rglob("gate.*")}
    assert report_refused(root, [REFUSED], "three") == str(root / PAGE)
    assert {path: path.read_bytes() for path in before} == before
    last = (root / PAGE).read_text(encoding="utf-8")
    assert 'href="current/gate.html"' in last
    assert second.name in last
    assert json.loads((root / DOCUMENT).read_bytes())["run"]["run_id"] == "three"


def test_a_run_tells_its_own_complaints_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "complaints.json").write_text(
        json.dumps({"invocation_id": "mine", "complaints": [REFUSED._asdict()]}), encoding="utf-8"
    )
    for run, verdict in (("mine", "refused"), ("another", "failed")):
        report_run(
            root=str(tmp_path / "release"), folder=str(tmp_path), invocation_id=run, published={},
            tests=[{"name": "rules_of_countries", "failures": 61}],
            warnings=[{"name": "listed_partners_have_rows", "failures": 2}],
            errors=[{"name": "est_x", "file": "x.py", "message": "\x1b[31mValueError\x1b[0m: no"}],
        )  # fmt: skip
        told = json.loads((tmp_path / "release" / DOCUMENT).read_bytes())
        assert told["verdict"] == verdict
        assert told["failed_models"][0]["message"] == "ValueError: no"
        assert told["warning_tests"] == [{"name": "listed_partners_have_rows", "failures": 2}]
        assert told["counts"]["complaints"] + told["counts"]["unlisted_complaints"] == 61


def test_what_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "release").write_text("a file", encoding="utf-8")
    told = write(tmp_path / "release", REPORTS["held"])
    assert told.startswith(f"{tmp_path / 'release' / PAGE} cannot be written: ")


def test_the_folder_of_releases_is_that_of_the_project(tmp_path: Path) -> None:
    assert root_of(tmp_path) == tmp_path / "release"
    (tmp_path / "dbt_project.yml").write_text("vars: {release_path: out/marts}", encoding="utf-8")
    assert root_of(tmp_path) == tmp_path / "out" / "marts"
    assert root_of(tmp_path, {"release_path": "/srv/x"}) == Path("/srv/x")


def test_acknowledgements_are_columns_of_the_seed() -> None:
    with (Path(__file__).parents[2] / "seeds/study/acknowledged_warnings.csv").open() as lines:
        assert tuple(next(csv.reader(lines))) == Acknowledgement._fields
