"""What is done to rows by mistake: units, labels, columns."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .form import FORMS, Case, Change


def chain(*changes: Change) -> Change:
    """One change after the other."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        for one in changes:
            part = one(part, case)
        return part

    return change


def scaled(by: float, *columns: str) -> Change:
    """Every figure times a factor."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        for column in columns or (FORMS[case.file].figure,):
            part[column] = part[column] * by
        return part

    return change


def in_local_currency(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """US$ taken for local currency at the mean rate."""
    return scaled(case.economy.local_per_usd)(part, case)


def in_renminbi(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Values in the currency of the reporter, at the rate of each year."""
    rates = case.frames["exchange_rates"].set_index("year")["lcu_per_usd"]
    return at_rates({int(year): float(rate) for year, rate in rates.items()})(part, case)


def at_rates(rates: Mapping[int, float]) -> Change:
    """Values times a rate of each year; a year without one stays."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        figure = FORMS[case.file].figure
        part[figure] = part[figure] * part["year"].map(rates).fillna(1.0)
        return part

    return change


def set_to(**values: object) -> Change:
    """Columns with one value."""

    def change(part: pd.DataFrame, _: Case) -> pd.DataFrame:
        return part.assign(**values)

    return change


def figure_is(value: float) -> Change:
    """A code for "missing" taken for a figure."""
    return lambda part, case: part.assign(**{FORMS[case.file].figure: value})


def shifted_by(amount: float, *columns: str) -> Change:
    """A constant added."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        for column in columns or (FORMS[case.file].figure,):
            part[column] = part[column] + amount
        return part

    return change


def add_to_year(years: int) -> Change:
    """Years written too high."""
    return lambda part, _: part.assign(year=part["year"] + years)


def scaled_whole(by: float, column: str) -> Change:
    """A count times a factor, as a whole number."""
    return lambda part, _: part.assign(**{column: (part[column] * by).astype(part[column].dtype)})


def negated(*columns: str) -> Change:
    """The opposite of a yes or no."""

    def change(part: pd.DataFrame, _: Case) -> pd.DataFrame:
        for column in columns:
            part[column] = ~part[column].astype(bool)
        return part

    return change


def columns_swapped(one: str, two: str) -> Change:
    """Two columns under each other's name."""
    return lambda part, _: part.assign(**{one: part[two], two: part[one]})


def labels_swapped(column: str, one: str, two: str) -> Change:
    """Two values of a column under each other's name."""
    return lambda part, _: part.assign(**{column: part[column].replace({one: two, two: one})})


def countries_swapped(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The economy's rows under the code of the other, and the other way round."""
    one, two = case.economy.iso3, case.economy.other
    for column in FORMS[case.file].codes:
        part[column] = part[column].replace({one: two, two: one})
    return part


def wrong_code(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The economy's figures are added to those of the other, and the economy has none."""
    form = FORMS[case.file]
    for column in form.codes:
        part[column] = part[column].replace({case.economy.iso3: case.economy.other})
    if len(form.codes) == 2:  # what the two trade with each other would stay at home
        part = part[part[form.codes[0]] != part[form.codes[1]]]
    others = [
        column for column in part.columns if column not in {*form.series, "year", form.figure}
    ]
    rules: dict[str, str] = {form.figure: "sum", **dict.fromkeys(others, "first")}
    return part.groupby([*form.series, "year"], as_index=False, sort=False).agg(rules)


def copied_from_other(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The economy has the other's figures (both stand in `part`)."""
    form = FORMS[case.file]
    one, two = case.economy.iso3, case.economy.other
    is_one = np.logical_or.reduce([part[column] == one for column in form.codes])
    copies = part[~is_one].copy()
    for column in form.codes:
        copies[column] = copies[column].replace({two: one})
    return pd.concat([part[~is_one], copies])


def with_other_added(share: float) -> Change:
    """The other's figures (both stand in `part`), or a share, are counted with the economy too."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        form = FORMS[case.file]
        keys = [*form.series, "year"]
        theirs = part.copy()
        for column in form.codes:
            theirs[column] = theirs[column].replace(
                {case.economy.iso3: "", case.economy.other: case.economy.iso3}
            )
        added = (
            part[keys]
            .merge(theirs.drop_duplicates(keys)[[*keys, form.figure]], on=keys, how="left")[
                form.figure
            ]
            .fillna(0.0)
        )
        part[form.figure] = part[form.figure] + share * added.to_numpy()
        return part

    return change


def dropped(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """Rows that were lost."""
    return part.iloc[:0]


def rounded_to(unit: float) -> Change:
    """Figures in full units."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        figure = FORMS[case.file].figure
        part[figure] = np.floor(part[figure] / unit) * unit
        return part

    return change


def digits_transposed(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The first two digits change places, as in typing (5.4 and 4.5)."""
    figure = FORMS[case.file].figure
    values = part[figure].to_numpy(dtype=float)
    scale = 10.0 ** (np.floor(np.log10(np.abs(values))) - 1)
    first, second = np.floor(values / scale / 10), np.floor(values / scale) % 10
    part[figure] = values + scale * 9 * (second - first)
    return part


def a_row_off(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """A sheet whose column of figures slipped by one row: each has the figure of the row above."""
    figure = FORMS[case.file].figure
    part[figure] = np.roll(part[figure].to_numpy(), 1)
    return part
