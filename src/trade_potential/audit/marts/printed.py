"""Whether the printed tables of the reference study agree with each other, from the print alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.dimensions import class_of
from trade_potential.audit.marts.figures import Tables

CELL = ["exhibit", "row_label", "column_label"]

LEAST_INDEX = 1e-7
"""What the regression takes for an index of 0."""

NORMAL = 1.959964
"""Quantile of the printed intervals."""

SLACK = 1.0 + 1e-9
"""Rounding of a difference that equals its limit."""

ROUNDING_OF_MOMENTS = 0.0005
"""What the rounding of 40 printed cells may move a moment by."""


def check_printed(gated: Tables) -> Iterator[Compared]:
    """Every check of the print."""
    mart = "rpt_printed_consistency"
    key = ["check_name", *CELL]
    yield compared(mart, gated[mart], consistency(gated), key=key, by=[])


def printed(gated: Tables) -> pd.DataFrame:
    """Every printed figure, and the class that the rule of the study gives every printed K.

    Returns:
        Columns of the seed, and rounding: half a unit of the last printed digit.
    """
    figures = gated["stg_published__printed_figures"]
    rule = gated["stg_published__printed_classes"]
    k = figures[figures["exhibit"] == "k"]
    names = class_of(k["printed_value"], rule)
    order = rule.set_index("potential_class")["display_order"].astype(float)
    classes = k.assign(
        exhibit="k_class", printed_text=names, printed_value=names.map(order), decimals=0
    )
    rows = pd.concat([figures, classes[names.notna()]], ignore_index=True)
    return rows.assign(rounding=0.5 * 10.0 ** -rows["decimals"].astype(float))


def consistency(gated: Tables) -> pd.DataFrame:
    """Rows of rpt_printed_consistency: a figure beside what others make of it.

    ``allowed`` is the difference that the rounding of all figures makes, to first order.
    """
    rows = printed(gated).dropna(subset=["printed_value"])
    found = pd.concat(
        [_moments(rows), _coefficients(rows), _models(rows), _weights(rows), _signs(rows)],
        ignore_index=True,
    )
    difference = found["recomputed_value"] - found["printed_value"]
    return found.assign(
        difference=difference, is_consistent=difference.abs() <= found["allowed"] * SLACK
    )


def _checks(
    name: str, claim: str, rows: pd.DataFrame, recomputed: Any, allowed: Any
) -> pd.DataFrame:
    return rows[[*CELL, "printed_value"]].assign(
        check_name=name, claim=claim, recomputed_value=recomputed, allowed=allowed
    )


def _moments(rows: pd.DataFrame) -> pd.DataFrame:
    """Descriptives of the index from its printed cells."""
    cells = rows.loc[rows["exhibit"] == "index", "printed_value"].clip(lower=LEAST_INDEX)
    moments = {
        "n_obs": float(len(cells)),
        "mean": cells.mean(),
        "sd": cells.std(ddof=1),
        "min": cells.min(),
        "max": cells.max(),
    }
    own = rows[(rows["exhibit"] == "descriptives") & (rows["row_label"] == "cbec")]
    own = own[own["column_label"].isin(moments)]
    is_exact = own["column_label"].isin(["n_obs", "min"])
    return _checks(
        "index_and_descriptives",
        "the same of the 40 printed cells of the index",
        own,
        own["column_label"].map(moments),
        own["rounding"] + np.where(is_exact, 0.0, ROUNDING_OF_MOMENTS),
    )


def _wide(rows: pd.DataFrame, exhibit: str, *columns: str) -> pd.DataFrame:
    """Printed values of an exhibit by row, its columns side by side."""
    own = rows[rows["exhibit"] == exhibit]
    wide = own.pivot_table(index="row_label", columns="column_label", values="printed_value")
    return wide.reindex(columns=columns)


def _cells(wide: pd.DataFrame, exhibit: str, column: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "exhibit": exhibit,
            "row_label": wide.index,
            "column_label": column,
            "printed_value": wide[column].to_numpy(),
        },
        index=wide.index,
    )


def _coefficients(rows: pd.DataFrame) -> pd.DataFrame:
    """Coefficients that stand in two tables, and the difference of two columns."""
    own = rows[rows["exhibit"] == "hausman"]
    wide = _wide(rows, "hausman", "fixed", "random", "difference")
    rounding = own.groupby("row_label")["rounding"].max()
    models = _wide(rows, "random_effects", "coefficient").drop("r_squared", errors="ignore")
    both = wide.loc[wide.index.isin(models.index)]
    return pd.concat(
        [
            _checks(
                "coefficient_in_both_tables",
                "coefficient of the table of random effects",
                _cells(both, "hausman", "random"),
                models["coefficient"].reindex(both.index),
                2.0 * rounding.reindex(both.index),
            ),
            _checks(
                "difference_of_coefficients",
                "fixed - random",
                _cells(wide, "hausman", "difference"),
                wide["fixed"] - wide["random"],
                3.0 * rounding,
            ),
        ]
    )


def _models(rows: pd.DataFrame) -> pd.DataFrame:
    """T statistics and intervals of the printed coefficients."""
    own = rows[(rows["exhibit"] == "random_effects") & (rows["row_label"] != "r_squared")]
    columns = ("coefficient", "standard_error", "t_statistic", "ci_low", "ci_high")
    wide = _wide(own, "random_effects", *columns)
    coefficients = own[own["column_label"] == "coefficient"].set_index("row_label")
    rounding, slope, error = (
        coefficients["rounding"],
        wide["coefficient"],
        wide["standard_error"],
    )
    t = slope / error
    found = [
        _checks(
            "t_is_coefficient_over_error",
            "coefficient / standard error",
            _cells(wide, "random_effects", "t_statistic"),
            t,
            0.005 + rounding * (1.0 + t.abs()) / error,
        )
    ]
    found += [
        _checks(
            "interval_is_normal",
            f"coefficient {sign} 1.959964 x standard error",
            _cells(wide, "random_effects", end),
            slope + (NORMAL if sign == "+" else -NORMAL) * error,
            (2.0 + NORMAL) * rounding,
        )
        for end, sign in (("ci_low", "-"), ("ci_high", "+"))
    ]
    return pd.concat(found)


def _weights(rows: pd.DataFrame) -> pd.DataFrame:
    """Weights of components, which sum to 1."""
    own = rows[rows["row_label"].str.startswith("component_weight")]
    if own.empty:
        return pd.DataFrame()
    cell = {"exhibit": ["index_diagnostics"], "row_label": ["component_weight"]}
    cells = pd.DataFrame(cell | {"column_label": ["value"], "printed_value": [1.0]})
    claim = "the weights of the components sum to 1"
    total, rounding = own["printed_value"].sum(), own["rounding"].sum()
    return _checks("weights_sum_to_1", claim, cells, total, rounding)


def _signs(rows: pd.DataFrame) -> pd.DataFrame:
    """K of a log model, which is exp of a residual."""
    own = rows[rows["exhibit"] == "k"]
    claim = "K of the log model that the text describes is positive"
    return _checks("k_is_positive", claim, own, own["printed_value"].clip(lower=0.0), 0.0)
