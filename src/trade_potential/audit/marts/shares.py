"""K by shares of an outcome of one's own, from gated series and verified predictions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.dimensions import class_of
from trade_potential.audit.marts.figures import records
from trade_potential.audit.marts.gated import Gated, quoted
from trade_potential.audit.marts.labels import of_classes
from trade_potential.audit.marts.outcomes import own_series

MART = "fct_share_potential"
KEY = ["study_id", "reporter_iso3", "partner_iso3", "year"]
Predictions = dict[tuple[str, str, int], float]


def check_shares(gated: Gated) -> Iterator[Compared]:
    """Every row and column of the mart."""
    published = gated[MART]
    again = share_potential(gated).reindex(columns=list(published.columns))
    yield compared(MART, published, again, key=KEY, by=["study_id"])


def share_potential(gated: Gated) -> pd.DataFrame:
    """Rows of fct_share_potential: of each study and year by itself, partner by partner."""
    rows = own_series(gated)
    if rows.empty:
        return pd.DataFrame(columns=list(gated[MART].columns))
    listed = gated["stg_study__study_partners"]
    named = set(zip(listed["study_id"], listed["partner_iso3"], strict=True))
    structural, predictions = _predictions(gated, sorted(set(rows["reporter_iso3"])))
    found: list[dict[str, Any]] = []
    for (study_id, year), own in rows.groupby(["study_id", "year"], sort=False):
        kept = [
            row
            for row in records(own)
            if row.partner_scope != "listed" or (study_id, row.partner_iso3) in named
        ]
        found += _of_year(kept, int(str(year)), structural, predictions)
    again = pd.DataFrame(found)
    ratios, classes = again["share_k"].where(again["k_status"] == "ok"), []
    for study, of_study in ratios.groupby(again["study_id"]):
        cuts = cuts_of(gated["stg_study__potential_classes"], str(study))
        classes.append(class_of(of_study, cuts))
    again = again.assign(potential_class=pd.concat(classes))
    found_classes = of_classes(gated, again)
    return again.assign(**found_classes[["class_order", "class_key"]])


def _predictions(gated: Gated, reporters: list[str]) -> tuple[str | None, Predictions]:
    """The structural study, and its predictions from or to some reporters."""
    specifications = gated["stg_study__gravity_specifications"]
    of_world = specifications.loc[specifications["model_kind"] == "structural", "spec_id"]
    studies = gated["stg_study__studies"]
    studies = studies[studies["default_spec_id"].isin(of_world)]
    if studies.empty:
        return None, {}
    study = records(studies)[0]
    codes = ", ".join(map(quoted, reporters))
    held = gated.part(
        "est_structural_pairs",
        *("exporter_iso3", "importer_iso3", "year", "predicted_usd"),
        where=f"study_id = {quoted(study.study_id)} and spec_id = {quoted(study.default_spec_id)} "
        f"and (exporter_iso3 in ({codes}) or importer_iso3 in ({codes}))",
    )
    return study.study_id, {
        (row.exporter_iso3, row.importer_iso3, row.year): row.predicted_usd for row in records(held)
    }


def _of_year(
    rows: list[Any], year: int, structural: str | None, predictions: Predictions
) -> list[dict[str, Any]]:
    """Partners of one study and year."""

    def predicted(row: Any) -> float:
        reporter, partner = row.reporter_iso3, row.partner_iso3
        ways = {"exports": [(reporter, partner)], "imports": [(partner, reporter)]}
        asked = ways.get(row.flow, [(reporter, partner), (partner, reporter)])
        total = sum(predictions.get((*way, year), 0.0) for way in asked)
        return total if total > 0.0 else np.nan

    mu = np.array([predicted(row) for row in rows])
    outcome = np.array([row.value_usd for row in rows], dtype=float)
    has = np.isfinite(mu)
    weight, volume = mu[has].sum(), outcome[has].sum()
    found = []
    for k, row in enumerate(rows):
        status = "ok"
        if not has[k]:
            status = "no_prediction"
        elif has.sum() == 1:
            status = "one_partner"
        elif volume == 0.0:
            status = "no_outcome"
        elif outcome[k] == 0.0:
            status = "no_recorded_trade"
        is_told = status in ("ok", "no_recorded_trade")
        found.append(
            {
                "study_id": row.study_id,
                "series_id": row.ecommerce_series,
                "reporter_iso3": row.reporter_iso3,
                "partner_iso3": row.partner_iso3,
                "flow": row.flow,
                "structural_study_id": structural if has[k] else None,
                "k_status": status,
                "year": year,
                "partner_count": int(has.sum()),
                "outcome_usd": outcome[k],
                "outcome_total_usd": volume if has.any() else np.nan,
                "outcome_share": outcome[k] / volume if is_told else np.nan,
                "predicted_usd": mu[k],
                "predicted_total_usd": weight if has.any() else np.nan,
                "predicted_share": mu[k] / weight if has[k] else np.nan,
                # not the quotient of the shares: the same number on another way
                "share_k": outcome[k] * weight / (volume * mu[k]) if is_told else np.nan,
            }
        )
    return found
