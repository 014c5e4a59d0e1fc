"""Trade of every reporter with every partner, made up by a known gravity equation."""

from __future__ import annotations

from itertools import permutations

import duckdb
import numpy as np
import pandas as pd
from tests.build.project import ROOT, Project

STUDY = "made_up_world"
SPEC = "made_up_gravity"
COUNTRIES = ("ARG", "EGY", "GRC", "IDN", "KEN", "MAR", "NGA", "PER", "POL", "SWE", "THA", "UKR")
"""None of the small world's: the gate compares real economies with real trade and distances."""
YEARS = range(2012, 2020)
TERMS = {
    # term: (variable, transform, side, slope)
    "lngdp_exporter": ("gdp_usd", "ln", "reporter", 0.9),
    "lngdp_importer": ("gdp_usd", "ln", "partner", 0.7),
    "lndist": ("distance_capitals_km", "ln", "partner", -1.1),
    "border": ("is_contiguous", "none", "partner", 0.5),
}
CONSTANT = -13.0


def gdp_usd(project: Project) -> pd.DataFrame:
    """Country, year and GDP of the newest vintage, straight from the seed."""
    rows = duckdb.read_csv(str(project.root / "seeds" / "inputs" / "observations.csv"))
    figures = rows.filter("indicator_code = 'NY.GDP.MKTP.CD'").aggregate(
        "country_code, year, arg_max(observed_value, vintage_date) as gdp_usd"
    )
    return figures.df()


def made_up_pairs() -> pd.DataFrame:
    """One row per ordered pair, in the columns of country_pairs."""
    rng = np.random.default_rng(6)
    places = duckdb.read_csv(str(ROOT / "seeds" / "inputs" / "countries.csv")).df()
    at = np.radians(places.set_index("country_iso3")[["latitude_deg", "longitude_deg"]])
    rows = []
    for reporter, partner in permutations(COUNTRIES, 2):
        (north, east), (other_north, other_east) = at.loc[reporter], at.loc[partner]
        cosine = np.sin(north) * np.sin(other_north)
        cosine += np.cos(north) * np.cos(other_north) * np.cos(east - other_east)
        # The gate compares with the great circle.
        distance = float(np.round(6371.0 * np.arccos(cosine) * rng.uniform(0.9, 1.1), 1))
        rows.append(
            (reporter, partner, "made_up", distance, distance, distance, bool(rng.random() < 0.2))
        )
    columns = ["reporter_code", "partner_code", "source_id", "distance_km"]
    columns += ["distance_capitals_km", "distance_weighted_km", "is_contiguous"]
    return pd.DataFrame(rows, columns=columns).assign(
        has_common_official_language=False, had_colonial_tie=False, is_partner_landlocked=False
    )


def made_up_panel(project: Project) -> pd.DataFrame:
    """Exports of every ordered pair and year with what made them; a tenth is missing."""
    rng = np.random.default_rng(7)
    gdp = gdp_usd(project).set_index(["country_code", "year"])["gdp_usd"]
    rows = []
    for pair in made_up_pairs().to_dict("records"):
        reporter, partner = str(pair["reporter_code"]), str(pair["partner_code"])
        effect = rng.normal(0.0, 0.3)
        for year in YEARS:
            x = {
                "lngdp_exporter": np.log(gdp[reporter, year]),
                "lngdp_importer": np.log(gdp[partner, year]),
                "lndist": np.log(pair["distance_capitals_km"]),
                "border": float(pair["is_contiguous"]),
            }
            slopes = sum(TERMS[term][3] * value for term, value in x.items())
            value = CONSTANT + slopes + effect + rng.normal(0.0, 0.2)
            if rng.random() < 0.9:
                key = {"reporter_code": reporter, "partner_code": partner, "year": year}
                rows.append({**key, **x, "trade_usd": float(np.exp(value))})
    return pd.DataFrame(rows)


def add_world(project: Project) -> pd.DataFrame:
    """Add the made-up figures and a study of all of their pairs; returns the panel."""
    panel = made_up_panel(project)
    flows = panel.assign(flow="export", valuation="FOB", source_id="made_up")

    def appended(seed: str, frame: pd.DataFrame) -> None:
        def change(header: list[str], rows: list[list[str]]) -> None:
            text = frame.reindex(columns=header).astype("object").where(frame.notna(), "")
            rows.extend(
                [str(v).lower() if isinstance(v, bool) else str(v) for v in row]
                for row in text.itertuples(index=False)
            )

        project.edit_seed(seed, change)

    appended("inputs/trade_flows", flows)
    appended("inputs/country_pairs", made_up_pairs())
    _add_study(project)
    return panel


def _add_study(project: Project) -> None:
    """Rows of the study seeds: a new study needs no SQL."""

    def added(seed: str, *rows: dict[str, str], like: str = "") -> None:
        def change(header: list[str], given: list[list[str]]) -> None:
            model = next((dict(zip(header, r, strict=True)) for r in given if r[0] == like), {})
            given.extend([(model | row).get(name, "") for name in header] for row in rows)

        project.edit_seed(seed, change)

    study = {"study_id": STUDY, "study_name": "World", "reporter_iso3": ""}
    study |= {"reporter_scope": "all_reported", "partner_scope": "all_reported", "flow": "exports"}
    study |= {"outcome_scaling": "none", "default_spec_id": SPEC, "revises_study_id": ""}
    study |= {"first_year": str(YEARS[0]), "last_year": str(YEARS[-1])}
    added("study/studies", study, like="china_world")
    added("study/study_specifications", {"study_id": STUDY, "spec_id": SPEC})
    spec = {"spec_id": SPEC, "spec_name": "World gravity", "outcome_scaling": "none"}
    added("study/gravity_specifications", spec, like="total_trade")
    terms = [
        {
            "spec_id": SPEC,
            "term": term,
            "variable": variable,
            "transform": transform,
            "side": side,
            "position": str(position),
            "divisor": "1.0",
        }
        for position, (term, (variable, transform, side, _)) in enumerate(TERMS.items(), start=1)
    ]
    added("study/gravity_terms", *terms)
    source = {"source_id": "made_up", "dataset": "Made up by a gravity equation"}
    added("inputs/sources", source, like="wb_wdi")
