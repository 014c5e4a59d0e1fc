"""Why an economy or a pair is lost to a structural specification."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.marts.figures import countries_of_today, records
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.sample import transformed

SIDES = {
    "all": "no trade with an economy of the sample",
    "exporters": "no exports to an economy of the sample",
    "importers": "no imports from an economy of the sample",
}
"""What is said of an economy that has all its figures."""


def world_reasons(gated: Gated, lost: pd.DataFrame) -> pd.DataFrame:
    """Lost rows of the structural specifications with country, step and reason made again.

    Args:
        gated: Tables of the build.
        lost: Rows of the ledger; of them the keys are read.
    """
    if lost.empty:
        return lost
    today = countries_of_today(gated)
    traded = _traders(gated, today)
    last_year = max(year for _, year in traded)
    specifications = gated["stg_study__gravity_specifications"].set_index("spec_id")
    pairs = {spec: _missing(gated, spec, today) for spec in lost["spec_id"].unique()}
    scores = gated.part(
        "fct_development_index", "study_id", "index_spec_id", "country_iso3", "year"
    )
    scored = set(scores.itertuples(index=False, name=None))
    located = {spec: _located(rows) for spec, rows in pairs.items()}
    countries = set(gated["gate_countries"]["country_iso3"])

    def told(row: Any) -> tuple[str, str]:
        if row.lost_to == "pair":
            missing = pairs[row.spec_id].get((row.reporter_code, row.partner_code))
            said = "no pair in world_pairs" if missing is None else f"no value for {missing}"
            return "pair_figures", said
        if row.partner_code not in countries:
            return "country_code", "the code stands for no country of today"
        if (row.partner_code, row.year) not in traded:
            if row.year > last_year:
                return "trade_flow", f"world_trade ends in {last_year}"
            return "trade_flow", "no trade with anyone"
        missing = located[row.spec_id].get(row.partner_code)
        if missing is None:
            return "pair_figures", "no pair of the economy in world_pairs"
        if missing:
            return "pair_figures", f"no value for {missing} with any partner"
        index = specifications["index_spec_id"].get(row.spec_id)
        own = (row.study_id, index, row.partner_code, row.year)
        if not pd.isna(index) and own not in scored:
            return "regressors", "no value for development_index"
        return "trade_flow", SIDES[row.lost_to]

    said = [told(row) for row in records(lost)]
    codes = lost["partner_code"]
    return lost.assign(
        partner_iso3=codes.where(codes.isin(countries), None),
        step=[step for step, _ in said],
        reason=[reason for _, reason in said],
    )


def _traders(gated: Gated, today: dict[str, str]) -> set[tuple[str, int]]:
    """Economies with any flow in a year, under their codes of today."""
    return {
        (today.get(code, code), year)
        for side in ("exporter_code", "importer_code")
        for code, year in gated.distinct("gate_world_trade", side, "year").itertuples(index=False)
    }


def _missing(gated: Gated, spec_id: str, today: dict[str, str]) -> dict[tuple[str, str], str]:
    """Terms without a value, as a text, by exporter and importer with figures."""
    rows = gated["gate_world_pairs"]
    terms = gated["stg_study__gravity_terms"]
    terms = terms[terms["spec_id"] == spec_id].sort_values("position")
    variables = gated["stg_study__variables"].set_index("variable")
    texts: npt.NDArray[Any] = np.full(len(rows), "", dtype=object)
    for term in records(terms):
        own = variables.loc[term.variable]
        if own["derivation"] == "in_force":  # an agreement is in force or it is not
            continue
        figures = rows[own["pair_figure"]].astype(float) / own["divisor"]
        if own["derivation"] == "ln_times_indices":
            values = transformed(figures, "ln")
        else:
            floor = np.nan if pd.isna(term.floor_value) else term.floor_value
            values = transformed(figures, term.transform, term.divisor, floor)
        at = np.isnan(values)
        texts[at] += np.where(texts[at] == "", "", ", ") + term.term
    sides = zip(rows["origin_code"].map(today), rows["destination_code"].map(today), strict=True)
    return {
        pair: text
        for pair, text in zip(sides, texts, strict=True)
        if pair[0] != pair[1] and isinstance(pair[0], str) and isinstance(pair[1], str)
    }


def _located(pairs: dict[tuple[str, str], str]) -> dict[str, str]:
    """By exporter nothing where it has all terms with some partner, else what it lacks."""
    found: dict[str, set[str]] = {}
    for (exporter, _), text in pairs.items():
        found.setdefault(exporter, set()).add(text)
    return {code: min(texts) for code, texts in found.items()}
