"""The verdict in plain words, and what helps where something is refused."""

from __future__ import annotations

from collections.abc import Sequence

from trade_potential.quality.complaints import Complaint
from trade_potential.reports.report import ERROR, Check, Failed, Ran, Report, Verdict, rows_of

NEW, KNOWN = "new_count", "acknowledged_count"
AT_NAMES = 3
"""Files that a sentence names; of more it has the number."""


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def refused(complaints: Sequence[Complaint], more: int = 0) -> str:
    """What is refused, without what follows of it; `more` rows are not listed."""
    rows = rows_of(complaints) + more
    files = sorted({of.file for of in complaints if of.file})
    rules = len({(of.file, of.column, of.rule) for of in complaints})
    if not files:
        of_tests = len({of.rule for of in complaints})
        return f"{counted(of_tests, 'test')} of what the build has computed {_do(of_tests, 'fail')}"
    named = ", ".join(files) if len(files) <= AT_NAMES else counted(len(files), "file")
    whole_files = all(of.row is None and of.key is None for of in complaints)
    what = counted(rows, "complaint" if whole_files else "row")
    verb = "names" if whole_files and rows == 1 else "name" if whole_files else _do(rows, "break")
    return f"{what} {'about' if whole_files else 'in'} {named} {verb} {counted(rules, 'rule')}"


def _do(number: int, verb: str) -> str:
    return f"{verb}s" if number == 1 else verb


def of_build(
    ran: Ran,
    complaints: Sequence[Complaint],
    more: int,
    failed: Sequence[Failed],
    checks: Sequence[Check],
) -> tuple[Verdict, str]:
    """Verdict on a whole build."""
    stays = f"release {ran.current} stays current" if ran.current else "there is no release yet"
    if ran.status == "published":
        return "passed", f"Passed: {of_checks(checks)}; published as release {ran.release_id}."
    if ran.status == "held":
        return "held", (
            f"Passed the gate, and held: release {ran.release_id} is too far from the one before "
            f"and waits until somebody accepts or rejects it; {stays}."
        )
    if complaints and ran.status is None:
        text = f"Refused: {refused(complaints, more)}"
        if failed:
            text += f", and {counted(len(failed), 'model')} could not be computed"
        return "refused", f"{text}; nothing was published, {stays}."
    why = f"{counted(len(failed), 'model')} could not be computed" if failed else (
        "the release could not be written" if ran.status else "a test of the build's SQL failed"
    )  # fmt: skip
    return "failed", f"Failed: {why}; nothing was published, {stays}."


def of_check(complaints: Sequence[Complaint], stage: str) -> tuple[Verdict, str]:
    """Verdict on a check of the rows."""
    if complaints:
        text = f"Refused: {refused(complaints)}; nothing was built."
        return "refused", text
    far = "" if stage == "sample" else ", as far as the rows themselves tell"
    return "passed", (
        f"Passed: no row that a build would refuse before it estimates{far}. The gate on figures "
        "across years and files is left to the build."
    )


def of_checks(checks: Sequence[Check]) -> str:
    """What became of the checks of the gate."""
    whole = (
        f"{counted(len(checks), 'check')} of {counted(len({of.suite for of in checks}), 'input')}"
    )
    failed = [of for of in checks if not of.passed]
    if not failed:
        return f"all {whole} hold"
    errors = sum(of.severity == ERROR for of in failed)
    said = f"{len(checks) - len(failed):,} of {whole} hold, "
    said += f"{errors:,} {_do(errors, 'refuse')} rows" if errors else "none refuses a row"
    warned = [of for of in failed if of.severity != ERROR]
    if not warned:
        return said
    new, known = (sum(getattr(of, name) for of in warned) for name in (NEW, KNOWN))
    seen = f"{known:,} acknowledged and {new:,} new" if new else "all of them acknowledged"
    said += f"; {len(warned):,} {_do(len(warned), 'warn')} of {counted(new + known, 'row')}"
    return f"{said}, {seen}"


def of_release(checks: Sequence[Check]) -> tuple[Verdict, str]:
    """Verdict on the gate of a release."""
    is_refused = any(not of.passed and of.severity == ERROR for of in checks)
    text = of_checks(checks)
    return ("refused", f"Refused: {text}.") if is_refused else ("passed", f"Passed: {text}.")


def helps(file: str | None, report: Report) -> str:
    """What helps where something of a file is refused."""
    if file is None:
        return (
            "Not a row of an input: what the build has computed contradicts itself. The test has "
            "the name under Rule; `logs/dbt.log` has its SQL."
        )
    of_gate = any(of.file == file for of in report.errors)
    advice = (
        "The gate compares figures with other years, files and sources: look at unit, digits, "
        "year and country first, in the source that `seeds/inputs/sources.csv` names. An error "
        "cannot be acknowledged. "
        if of_gate else ""
    )  # fmt: skip
    if file.endswith(".csv"):
        return (
            f"{advice}Correct these lines of the file; the header is line 1. `make check` then "
            "says in seconds what is left."
        )
    if file.startswith("table "):
        return f"{advice}Correct the rows with these keys in the table that the var `inputs` names."
    return (
        f"{advice}Rows count from 1 in the file. Correct what writes the file, or fetch it again, "
        "then build."
    )
