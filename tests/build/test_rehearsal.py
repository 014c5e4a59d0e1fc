"""What a build would refuse is refused in seconds, without a build and without a trace of one."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.build.mistakes import MISTAKES, PARTNERS, Mistake, changes_of
from tests.build.project import Change, Project

from trade_potential.errors import InputError
from trade_potential.own.front import Study
from trade_potential.rehearsal import check
from trade_potential.rehearsal.__main__ import main
from trade_potential.rehearsal.compiled import FOLDER, digest_of, keep

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def project(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose rules dbt has compiled, and that was never built."""
    found = Project.copied_to(tmp_path_factory.mktemp("rehearsal") / "project", parsed=built)
    target = found.root / FOLDER / "target"
    target.mkdir(parents=True)
    shutil.move(found.root / "target" / "partial_parse.msgpack", target)
    (found.root / "target").rmdir()
    checked = check(found.root)
    assert checked is not None
    assert (checked.lines, checked.stage) == ([], "sample")
    return found


@contextmanager
def changed(project: Project, changes: dict[str, Change]) -> Iterator[None]:
    """Seeds with the changes, and afterwards as they were."""
    paths = [project.root / "seeds" / f"{seed}.csv" for seed in changes]
    before = {path: path.read_bytes() for path in paths}
    try:
        for seed, change in changes.items():
            project.edit_seed(seed, change)
        yield
    finally:
        for path, content in before.items():
            path.write_bytes(content)


def state_of(root: Path) -> dict[str, str]:
    """Every file of a project and its checksum."""
    return {
        path.relative_to(root).as_posix(): hashlib.md5(path.read_bytes()).hexdigest()  # noqa: S324
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.slow(reason="a check for each, two minutes of a core")
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line(project: Project, mistake: Mistake) -> None:
    with changed(project, changes_of(mistake)):
        before = state_of(project.root)
        found = check(project.root, studies=["mine"])
        assert state_of(project.root) == before
    assert found is not None
    assert len(found.lines) == 1 + mistake.more, found.lines
    place = f"/{mistake.file}, "
    (line,) = [of for of in found.lines if place in of and all(text in of for text in mistake.told)]
    assert f"column {mistake.column}: " in line
    assert "(rule: " in line
    assert "\n" not in line


def test_the_study_without_a_mistake_is_sound(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = Mistake("", "", (), partners=(*PARTNERS, "TWN"))
    with changed(project, changes_of(sound)):
        assert main(["mine", "--project", str(project.root)]) == 0
    said = capsys.readouterr()
    warned, result = said.out.splitlines()
    assert warned.startswith("warning: seeds/study/study_partners.csv, line 16, column partner_iso")
    assert "mine, TWN: 0 of 6 years kept, lost at" in warned
    assert result.startswith("checked in ")
    assert said.err == ""


def test_refusals_are_the_last_lines(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with changed(project, changes_of(MISTAKES["reporter unknown"])):
        assert main(["--project", str(project.root), "--until", "rows"]) == 1
    head, line = capsys.readouterr().out.splitlines()
    assert head.startswith("refused, 1 line, in ")
    assert line.startswith('seeds/study/studies.csv, line 6, column reporter_iso3: "VIE" (rule: ')
    report = json.loads((project.root / FOLDER / "gate.json").read_bytes())
    (told,) = report["complaints"]
    assert (told["file"], told["row"], told["value"]) == ("seeds/study/studies.csv", 6, "VIE")
    assert (project.root / FOLDER / "gate.html").is_file()
    assert not (project.root / "release").exists()


def test_a_rule_that_has_changed_is_not_compiled_unasked(project: Project) -> None:
    path = project.root / "tests" / "data" / "one_study_answers.sql"
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n-- changed\n", encoding="utf-8")
    try:
        assert check(project.root, until="rows", may_compile=False) is None
    finally:
        path.write_text(before, encoding="utf-8")
    assert check(project.root, until="rows", may_compile=False) is not None


def test_a_whole_build_leaves_the_plan_of_the_next_check(built: Project) -> None:
    """Its SQL is that of the manifest, so that a first check need not compile."""
    digest = digest_of(built.root)
    plan = keep(built.root, built.root / "target" / "manifest.json", digest)
    assert plan is not None
    assert {step.kind for step in plan.steps} == {"seed", "model", "python", "gate", "test"}
    assert {"rules_of_studies", "studies_have_rows"} <= {step.name for step in plan.steps}


def test_a_study_that_there_is_not_is_named(project: Project) -> None:
    with pytest.raises(InputError, match="no study nobody; there are central_asia, "):
        check(project.root, studies=["central_asia", "nobody"])


def test_what_is_no_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is no project: it has no dbt_project\.yml"):
        check(tmp_path)


def test_rows_of_ones_own_are_checked_without_compiling_anew(project: Project) -> None:
    own = project.root / "own"
    study = Study.new(
        "mine", reporter="VNM", partners=PARTNERS, years=(2016, 2020), spec="total_trade",
        project=project.root,
    )  # fmt: skip
    try:
        assert study.check() == []
        path = own / "study_partners.csv"
        sound = path.read_text(encoding="utf-8")
        path.write_text(sound.replace("mine,KAZ,", "mine,KAZ,1\nmine,DEU,"), encoding="utf-8")
        found = check(project.root, studies=["mine"], may_compile=False)
        assert found is not None
        assert found.lines
        assert all(line.startswith("own/study_partners.csv, line ") for line in found.lines)
        path.write_text(sound.replace("KAZ", "KAZ,1,2"), encoding="utf-8")
        found = check(project.root, may_compile=False)
        assert found is not None
        assert found.stage == "form"
        assert found.lines[0].startswith("own/study_partners.csv, line 2")
    finally:
        shutil.rmtree(own)
    found = check(project.root, may_compile=False)
    assert found is not None
    assert found.lines == []
