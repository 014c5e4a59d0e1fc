"""Who could be asked about: specifications, pairs and countries of every study."""

from __future__ import annotations

import pandas as pd

from trade_potential.audit.marts.figures import Tables, countries_of_today, records

RUN = ["study_id", "spec_kind", "spec_id"]
OWN = "own"
"""Source of trade of a study whose outcome is a series of one's own."""


def source_of(studies: pd.DataFrame) -> pd.Series:
    """Source of the flows of each row: where it is one's own, that of its study alone."""
    source = studies["trade_source"]
    return source.where(source != OWN, OWN + " " + studies["study_id"].astype(object))


def panel_runs(gated: Tables) -> pd.DataFrame:
    """One row per study and panel specification that it runs, with the columns of both."""
    runs = gated["stg_study__study_specifications"][["study_id", "spec_id"]]
    specifications = gated["stg_study__gravity_specifications"]
    panel = specifications[specifications["model_kind"] == "panel"]
    runs = runs.merge(panel, on="spec_id")
    studies = gated["stg_study__studies"]
    runs = runs.merge(studies, on="study_id", suffixes=("", "_of_study"))
    own = runs["outcome_scaling"]
    return runs.assign(outcome_scaling=own.where(own.notna(), runs["outcome_scaling_of_study"]))


def specification_runs(gated: Tables) -> pd.DataFrame:
    """study_id, spec_kind, spec_id of every specification that uses figures; study is the study."""
    runs = gated["stg_study__study_specifications"][["study_id", "spec_id"]]
    indices = runs.merge(gated["stg_study__gravity_specifications"], on="spec_id")
    indices = indices.dropna(subset=["index_spec_id"])[["study_id", "index_spec_id"]]
    parts = [
        gated["stg_study__studies"][["study_id"]].assign(spec_kind="study", spec_id="as_of"),
        indices.set_axis(["study_id", "spec_id"], axis=1).assign(spec_kind="index"),
        panel_runs(gated)[["study_id", "spec_id"]].assign(spec_kind="gravity"),
    ]
    return pd.concat([part[RUN] for part in parts], ignore_index=True).drop_duplicates()


def years_of(studies: pd.DataFrame) -> pd.DataFrame:
    """study_id, year: every year of the studies."""
    years = [
        (row.study_id, year)
        for row in records(studies)
        for year in range(int(row.first_year), int(row.last_year) + 1)
    ]
    return pd.DataFrame(years, columns=["study_id", "year"]).astype({"year": "int64"})


def pair_years(gated: Tables, flows: pd.DataFrame) -> pd.DataFrame:
    """Every row that a study could have of its panel.

    Args:
        gated: Inputs and study file.
        flows: As ``outcomes.flows``.

    Returns:
        study_id, trade_source, reporter_code, partner_code, year, and the countries of today:
        reporter_iso3, partner_iso3, pair_id, null where a code stands for none.
    """
    studies = gated["stg_study__studies"]
    studies = studies[studies["study_id"].isin(panel_runs(gated)["study_id"])]
    listed = gated["stg_study__study_partners"]
    names = ["study_id", "trade_source", "reporter_code", "partner_code"]
    found = [pd.DataFrame(columns=names, dtype=object)]
    for study in records(studies):
        partners = listed.loc[listed["study_id"] == study.study_id, "partner_iso3"]
        if study.reporter_scope == "one" and study.partner_scope == "listed":
            pairs = pd.DataFrame({"reporter_code": study.reporter_iso3, "partner_code": partners})
        else:
            source = study.trade_source
            source = f"{OWN} {study.study_id}" if source == OWN else source
            inside = (flows["trade_source"] == source) & flows["year"].between(
                study.first_year, study.last_year
            )
            inside &= ~(flows["is_export_unreported"] & flows["is_import_unreported"])
            if study.reporter_scope == "one":
                inside &= flows["reporter_code"] == study.reporter_iso3
            if study.partner_scope == "listed":
                inside &= flows["partner_code"].isin(partners)
            pairs = flows.loc[inside, ["reporter_code", "partner_code"]].drop_duplicates()
        found.append(pairs.assign(study_id=study.study_id, trade_source=study.trade_source))
    rows = pd.concat(found).merge(years_of(studies), on="study_id")
    today = countries_of_today(gated)
    for side in ("reporter", "partner"):
        rows[f"{side}_iso3"] = rows[f"{side}_code"].map(today).astype("object")
    rows["pair_id"] = rows["reporter_iso3"] + "-" + rows["partner_iso3"]
    # Sums of the second computation are to have one order, whatever that of the rows in a file.
    order = ["study_id", "reporter_code", "partner_code", "year"]
    return rows.sort_values(order, ignore_index=True)


def country_years(gated: Tables, pairs: pd.DataFrame) -> pd.DataFrame:
    """study_id, country_code, country_iso3, year of every country whose figures a study needs.

    These are the partners, the reporters where a term is theirs, and every country where a study
    runs a structural specification.
    """
    terms, runs = gated["stg_study__gravity_terms"], panel_runs(gated)
    of_reporter = terms.loc[terms["side"] == "reporter", "spec_id"]
    needs_reporter = runs.loc[runs["spec_id"].isin(of_reporter), "study_id"]
    columns = ["study_id", "country_code", "country_iso3", "year"]
    partners = pairs[["study_id", "partner_code", "partner_iso3", "year"]]
    reporters = pairs.loc[
        pairs["study_id"].isin(needs_reporter),
        ["study_id", "reporter_code", "reporter_iso3", "year"],
    ]
    specifications = gated["stg_study__gravity_specifications"]
    structural = specifications.loc[specifications["model_kind"] == "structural", "spec_id"]
    asked = gated["stg_study__study_specifications"]
    of_all = asked.loc[asked["spec_id"].isin(structural), "study_id"]
    studies = gated["stg_study__studies"]
    everyone = years_of(studies[studies["study_id"].isin(of_all)]).merge(
        gated["gate_countries"][["country_iso3"]], how="cross"
    )
    everyone["country_code"] = everyone["country_iso3"]
    parts = [partners.set_axis(columns, axis=1), reporters.set_axis(columns, axis=1)]
    return pd.concat([*parts, everyone[columns]], ignore_index=True).drop_duplicates()
