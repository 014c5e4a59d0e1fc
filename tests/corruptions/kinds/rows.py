"""Which rows a mistake concerns."""

import pandas as pd

from .form import FORMS, Case, Pick

Years = tuple[int, int]


def _within(frame: pd.DataFrame, years: Years | None) -> pd.Series:
    if years is None:
        return pd.Series(True, index=frame.index)
    return frame["year"].between(*years)


def _countries(case: Case, *, both: bool) -> list[str]:
    return [case.economy.iso3, case.economy.other] if both else [case.economy.iso3]


def observed(
    *codes: str, years: Years | None = None, vintage: str = "newest", both: bool = False
) -> Pick:
    """Figures of indicators (all where none is named) of the economy, and of the other with `both`.

    `vintage` is newest, before (the one before the newest) or all.
    """

    def pick(case: Case) -> pd.Series:
        frame = case.frames[case.file]
        taken = _within(frame, years)
        if case.economy.iso3:
            taken &= frame["country_code"].isin(_countries(case, both=both))
        if codes:
            taken &= frame["indicator_code"].isin(codes)
        if vintage != "all":
            taken &= frame["vintage_date"] == frame["indicator_code"].map(
                _date(case, 1 if vintage == "newest" else 2)
            )
        return taken

    return pick


def _date(case: Case, place: int) -> dict[str, object]:
    """The newest vintage of each indicator, or the one before; the only one where it is alone."""
    dates = (
        case.frames["observation_vintages"].groupby("indicator_code")["vintage_date"].apply(sorted)
    )
    return {str(code): known[-min(place, len(known))] for code, known in dates.items()}


def flows(flow: str | None = None, *, years: Years | None = None, both: bool = False) -> Pick:
    """Flows that the reporter states with the economy (all partners where none is named)."""

    def pick(case: Case) -> pd.Series:
        frame = case.frames[case.file]
        taken = _within(frame, years)
        if case.economy.iso3:
            taken &= frame["partner_code"].isin(_countries(case, both=both))
        return taken & (frame["flow"] == flow) if flow else taken

    return pick


def of_pairs(
    side: str = "either",
    *,
    years: Years | None = None,
    both: bool = False,
    partner: str | None = None,
) -> Pick:
    """Rows of pairs of the economy: as the first, the second or either; with a partner if named."""

    def pick(case: Case) -> pd.Series:
        frame = case.frames[case.file]
        first, second = FORMS[case.file].codes
        taken = _within(frame, years)
        if not case.economy.iso3:
            return taken
        countries = _countries(case, both=both)
        is_first, is_second = frame[first].isin(countries), frame[second].isin(countries)
        if partner is not None:
            is_first &= frame[second] == partner
            is_second &= frame[first] == partner
        return (
            taken & {"first": is_first, "second": is_second, "either": is_first | is_second}[side]
        )

    return pick


def of_country(*, years: Years | None = None, both: bool = False) -> Pick:
    """Rows of the economy in a file with one column of countries."""

    def pick(case: Case) -> pd.Series:
        frame = case.frames[case.file]
        return _within(frame, years) & frame[FORMS[case.file].codes[0]].isin(
            _countries(case, both=both)
        )

    return pick


def where(years: Years | None = None, **values: object) -> Pick:
    """Rows with these values, of any country."""

    def pick(case: Case) -> pd.Series:
        frame = case.frames[case.file]
        taken = _within(frame, years)
        for column, value in values.items():
            taken &= frame[column].isin(value if isinstance(value, (list, tuple)) else [value])
        return taken

    return pick


def every(case: Case) -> pd.Series:
    """All rows of the file."""
    return pd.Series(True, index=case.frames[case.file].index)


def longer_than_a_year(pick: Pick, first: str, last: str) -> Pick:
    """Rows of `pick` that another first year leaves a spell."""
    return lambda case: pick(case) & (case.frames[case.file][first] < case.frames[case.file][last])
