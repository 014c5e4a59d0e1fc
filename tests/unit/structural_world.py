"""A made-up world: gated inputs, and the published tables of a first computation on them."""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import stats

from trade_potential.audit.structural.confirm import confirm
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.inputs import Inputs, Term, study_cells
from trade_potential.audit.structural.left_out import confirm_left_out
from trade_potential.audit.structural.published import Tables, published_of
from trade_potential.structural.estimate import StructuralFit, fit_world
from trade_potential.structural.pair_out import METHODS, PairOut
from trade_potential.structural.world import Codes, World

ECONOMIES = ("AUT", "BRA", "CHN", "DEU", "FRA", "IND", "JPN", "KAZ", "KGZ", "USA", "UZB", "VNM")
YEARS = range(2015, 2019)
STUDY, SPEC = "w", "s"
SLOPES = {
    "lndist": -0.8,
    "contiguity": 0.4,
    "language": 0.3,
    "colony": 0.2,
    "customs_union": 0.5,
    "free_trade_agreement": 0.3,
    "partial_agreement": 0.1,
}
FIGURES = {
    "lndist": ("distance_weighted_km", "level", "ln"),
    "contiguity": ("is_contiguous", "level", "none"),
    "language": ("has_common_official_language", "level", "none"),
    "colony": ("had_colonial_tie", "level", "none"),
    "customs_union": ("has_customs_union", "in_force", "none"),
    "free_trade_agreement": ("has_free_trade_agreement", "in_force", "none"),
    "partial_agreement": ("has_partial_agreement", "in_force", "none"),
}
TERMS = tuple(Term(name, *figure) for name, figure in FIGURES.items())
TYPES = {"customs_union": "CU", "free_trade_agreement": "FTA", "partial_agreement": "PSA"}


def pairs() -> pd.DataFrame:
    """Ordered pairs with their figures, the same in both directions."""
    rng = np.random.default_rng(14)
    n = len(ECONOMIES)
    figures = {
        "distance_weighted_km": rng.uniform(300.0, 15000.0, (n, n)),
        "is_contiguous": rng.random((n, n)) < 0.2,
        "has_common_official_language": rng.random((n, n)) < 0.25,
        "had_colonial_tie": rng.random((n, n)) < 0.15,
    }
    return pd.DataFrame(
        [
            {"origin_code": ECONOMIES[i], "destination_code": ECONOMIES[j]}
            | {name: values[min(i, j), max(i, j)] for name, values in figures.items()}
            for i, j in permutations(range(n), 2)
        ]
    )


def spells() -> pd.DataFrame:
    """Agreements that begin, end or last; one pair changes from one type to a deeper one."""
    rows = [
        ("AUT", "DEU", "CU", 2000, 2025),
        ("AUT", "FRA", "CU", 2000, 2025),
        ("DEU", "FRA", "CU", 2000, 2016),
        ("KAZ", "KGZ", "FTA", 2010, 2016),
        ("KAZ", "KGZ", "CU", 2017, 2025),
        ("CHN", "VNM", "FTA", 2016, 2025),
        ("JPN", "VNM", "FTA", 2005, 2025),
        ("KAZ", "UZB", "FTA", 2017, 2025),
        ("BRA", "IND", "PSA", 2009, 2025),
        ("CHN", "IND", "PSA", 2016, 2025),
        ("IND", "VNM", "PSA", 2001, 2017),
    ]
    columns = ["country_code_a", "country_code_b", "agreement_type", "from_year", "to_year"]
    return pd.DataFrame(rows, columns=columns)


def cells() -> pd.DataFrame:
    """A copy of ``_cells``."""
    return _cells().copy()


@cache
def _cells() -> pd.DataFrame:
    """Every ordered pair and year with terms and trade by a gravity equation, a third of it zero.

    UZB exports nothing in 2016: the cells of that exporter-year are not used.
    """
    rng = np.random.default_rng(15)
    held = pairs().merge(pd.DataFrame({"year": YEARS}), how="cross")
    held = held.rename(columns={"origin_code": "exporter", "destination_code": "importer"})
    held["lndist"] = np.log(held["distance_weighted_km"])
    for term, (figure, derivation, _) in FIGURES.items():
        if term != "lndist" and derivation == "level":
            held[term] = held[figure].astype(float)
    for term, kind in TYPES.items():
        of_kind = spells()[spells()["agreement_type"] == kind]
        held[term] = 0.0
        for row in of_kind.to_dict("records"):
            two = {row["country_code_a"], row["country_code_b"]}
            now = held["year"].between(row["from_year"], row["to_year"])
            held.loc[now & held["exporter"].isin(two) & held["importer"].isin(two), term] = 1.0
    sizes = {
        (side, code, year): rng.normal(0.0, 1.0)
        for side in ("out", "into")
        for code in ECONOMIES
        for year in YEARS
    }
    mean = np.array([SLOPES[term] * held[term] for term in SLOPES]).sum(axis=0)
    mean += [sizes["out", *key] for key in zip(held["exporter"], held["year"], strict=True)]
    mean += [sizes["into", *key] for key in zip(held["importer"], held["year"], strict=True)]
    noise = rng.gamma(0.5, 2.0, len(held)) * (rng.random(len(held)) > 0.33)
    silent = (held["exporter"] == "UZB") & (held["year"] == 2016)
    held["trade_usd"] = np.where(silent, 0.0, 1e9 * np.exp(mean) * noise)
    return held


def inputs(held: pd.DataFrame | None = None) -> Inputs:
    """The gated inputs that these cells come from: trade above zero, one code of another table.

    Montenegro has trade and no distance; ROM is a code of Romania, which has neither.
    """
    flows = (cells() if held is None else held).query("trade_usd > 0.0")
    flows = flows.rename(columns={"exporter": "exporter_code", "importer": "importer_code"})
    lost = pd.DataFrame(
        {"exporter_code": ["MNE", "DEU", "ROM"], "importer_code": ["DEU", "MNE", "USA"]}
    ).assign(year=2016, trade_usd=1e7)
    before = flows.assign(year=flows["year"] - len(YEARS))
    columns = ["exporter_code", "importer_code", "year", "trade_usd"]
    trade = pd.concat([flows, lost, before])[columns]
    countries = pd.DataFrame({"country_iso3": [*ECONOMIES, "MNE", "ROU"]})
    mappings = pd.DataFrame({"source_code": ["ROM", "ANT"], "country_iso3": ["ROU", None]})
    frames = (trade.sample(frac=1.0, random_state=3), countries, mappings, pairs(), spells())
    return Inputs(*(pa.Table.from_pandas(frame, preserve_index=False) for frame in frames))


def fitted(held: pd.DataFrame) -> StructuralFit:
    """The first computation on cells."""
    return fit_world(
        World.of(
            exporter=Codes.of(held["exporter"].tolist()),
            importer=Codes.of(held["importer"].tolist()),
            year=held["year"].to_numpy(),
            trade=held["trade_usd"].to_numpy(dtype=float),
            regressors={term: held[term].to_numpy(dtype=float) for term in SLOPES},
        )
    )


def tables(fit: StructuralFit, pair_out: PairOut | None = None) -> dict[str, pd.DataFrame]:
    """What a build publishes of an estimate, by table."""
    world, errors = fit.world, np.sqrt(np.diag(fit.covariance))
    economies, years = np.array(world.economies), np.array(world.years)
    z = stats.norm.ppf(0.975)
    coefficients = pd.DataFrame(
        {
            "term": world.terms,
            "coefficient": fit.coefficients,
            "std_error": errors,
            "p_value": 2.0 * stats.norm.sf(np.abs(fit.coefficients / errors)),
            "ci_low": fit.coefficients - z * errors,
            "ci_high": fit.coefficients + z * errors,
        }
    )
    one, other = (at.ravel() for at in np.indices(fit.covariance.shape))
    covariances = pd.DataFrame(
        {
            "term_1": np.array(world.terms)[one],
            "term_2": np.array(world.terms)[other],
            "covariance_value": fit.covariance.ravel(),
        }
    )
    sides = []
    for side, effects, total in zip(
        ("exporter", "importer"), (fit.exporters, fit.importers), world.totals(), strict=True
    ):
        year, at = np.nonzero(total > 0.0)
        sides.append(
            pd.DataFrame(
                {
                    "side": side,
                    "country_iso3": economies[at],
                    "year": years[year],
                    "log_effect": effects[year, at],
                    "trade_usd": total[year, at],
                }
            )
        )
    t, i, j = np.nonzero(world.is_used)
    own = {"exporter_iso3": economies[i], "importer_iso3": economies[j], "year": years[t]}
    predicted = pd.DataFrame(own | {"predicted_usd": fit.fitted[t, i, j]})
    fits: dict[str, Any] = {"status": fit.status, "reason": fit.reason or None, "n_obs": fit.n_obs}
    fits |= {"n_zero": fit.n_zeros, "n_pairs": fit.n_pairs, "deviance": fit.deviance}
    fits |= {"n_exporter_years": fit.n_exporter_years, "n_importer_years": fit.n_importer_years}
    held = {
        "fits": pd.DataFrame([fits | {"deviance_r_squared": fit.deviance_r_squared}]),
        "coefficients": coefficients,
        "covariances": covariances,
        "effects": pd.concat(sides, ignore_index=True),
        "pairs": predicted.assign(
            predicted_pair_out_usd=pair_out.predicted[t, i, j] if pair_out else np.nan,
            pair_out_method=np.array(METHODS)[pair_out.method[t, i, j]] if pair_out else None,
        ),
    }
    return {name: frame.assign(study_id=STUDY, spec_id=SPEC) for name, frame in held.items()}


def audited(
    given: dict[str, pd.DataFrame], from_inputs: Inputs | None = None, sample: int = 0
) -> pd.DataFrame:
    """What the audit says of published tables, with so many pairs left out."""
    read = inputs() if from_inputs is None else from_inputs
    made = study_cells(read, years=list(YEARS), terms=TERMS, index={})
    arrow = {name: pa.Table.from_pandas(frame) for name, frame in given.items()}
    found, published = Findings(STUDY, SPEC), published_of(Tables(**arrow), STUDY, SPEC, made)
    optimal = confirm(found, made, published, level=0.95)
    if optimal is not None and np.isfinite(published.pair_out).any():
        confirm_left_out(found, optimal, published, sample=sample)
    return found.frame()
