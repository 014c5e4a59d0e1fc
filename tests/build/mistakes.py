"""Mistakes of an economist in the rows of a study, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tests.build.changes import rows_added, rows_like, value_set
from tests.build.project import Change

STUDY = {
    "study_id": "mine", "study_name": "Vietnam and its neighbours", "reporter_iso3": "VNM",
    "reporter_scope": "one", "partner_scope": "listed", "flow": "exports",
    "outcome_scaling": "none", "trade_source": "baci", "ecommerce_series": "",
    "default_spec_id": "recommended", "default_estimator": "ppml", "first_year": "2015",
    "last_year": "2020", "as_of_date": "2026-11-01",
}  # fmt: skip
PARTNERS = ("KAZ", "DEU", "CHN", "USA")


class Mistake(NamedTuple):
    """One mistake.

    Attributes:
        file: Seed of the line that is told.
        column: Its column.
        told: What the line holds, beside its file and column.
        study: Values of the study's row that are others.
        partners: Rows of study_partners.
        runs: Rows of study_specifications.
        changes: Changes of other seeds.
        more: Further lines that are told of it.
    """

    file: str
    column: str
    told: tuple[str, ...]
    study: Mapping[str, str] = {}
    partners: tuple[str, ...] = PARTNERS
    runs: tuple[str, ...] = ("recommended",)
    changes: Mapping[str, Change] = {}
    more: int = 0


def changes_of(mistake: Mistake) -> dict[str, Change]:
    """What is done to the seeds, by name."""
    listed = [f"mine,{row}" if "," in row else f"mine,{row},1" for row in mistake.partners]
    made: dict[str, Change] = {
        "study/studies": rows_like("central_asia", {**STUDY, **mistake.study}),
        "study/study_partners": rows_added(*listed),
        "study/study_specifications": rows_added(*(f"mine,{run}" for run in mistake.runs)),
    }
    for seed, change in mistake.changes.items():
        before = made.get(seed)
        made[seed] = change if before is None else _both(before, change)
    return made


def _both(first: Change, second: Change) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        first(header, rows)
        second(header, rows)

    return change


def _cuts(*rows: str) -> Change:
    def change(_: list[str], table: list[list[str]]) -> None:
        table[:] = [row.split(",") for row in rows]

    return change


def _specification(*terms: str) -> dict[str, Change]:
    """A specification `own` with these terms."""
    return {
        "study/gravity_specifications": rows_like("total_trade", {"spec_id": "own"}),
        "study/gravity_terms": rows_added(*(f"own,{term}" for term in terms)),
    }


GDP = "lnPgdp,gdp_per_capita_ppp_intl_usd,ln,partner,1,1.0,"
LOW, MIDDLE, HIGH = (
    "all,huge_potential,Huge potential,1,,0.8,false,true",
    "all,potential_expansion,Potential expansion,2,0.8,1.2,false,false",
    "all,potential_reshaping,Potential reshaping,3,1.2,,true,false",
)
STUDIES, LISTED, RUNS = "studies.csv", "study_partners.csv", "study_specifications.csv"
CLASSES, TERMS = "potential_classes.csv", "gravity_terms.csv"

MISTAKES: dict[str, Mistake] = {
    "reporter unknown": Mistake(
        STUDIES, "reporter_iso3", ('"VIE"', "country_iso3"), study={"reporter_iso3": "VIE"}
    ),
    "partner unknown": Mistake(
        LISTED, "partner_iso3", ('"GER"', "country_iso3"), partners=("KAZ", "GER")
    ),
    "partner twice": Mistake(
        LISTED, "study_id, partner_iso3", ("mine, KAZ", "the key is unique"),
        partners=("KAZ", "DEU", "KAZ"),
    ),
    "partner is the reporter": Mistake(
        LISTED, "partner_iso3", ("mine, VNM", "another country"), partners=("KAZ", "VNM")
    ),
    "no partner": Mistake(
        STUDIES, "default_spec_id", ("mine, recommended", "no partner is listed"), partners=()
    ),
    "group as a partner": Mistake(
        LISTED, "partner_iso3", ('"ASEAN"', "country_iso3"), partners=("ASEAN",)
    ),
    "years without figures": Mistake(
        STUDIES, "default_spec_id", ("0 of ", "BACI has no figures after 2020"),
        study={"first_year": "2021", "last_year": "2023"},
    ),
    "years exchanged": Mistake(
        STUDIES, "last_year", ("at least first_year",),
        study={"first_year": "2020", "last_year": "2015"},
    ),
    "columns exchanged": Mistake(
        STUDIES, "as_of_date", ('"2015"', "date"), study={"as_of_date": "2015"}
    ),
    "date in another form": Mistake(
        STUDIES, "as_of_date", ('"01.11.2026"', "date"), study={"as_of_date": "01.11.2026"}
    ),
    "figure with a comma": Mistake(
        STUDIES, "minimum_prediction_usd", ('"1,5"', "point"),
        study={"minimum_prediction_usd": "1,5"},
    ),
    "study twice": Mistake(
        STUDIES, "study_id", ('"mine"', "the key is unique"),
        changes={"study/studies": rows_like("mine", {})},
    ),
    "no default specification": Mistake(
        STUDIES, "default_spec_id", ("present",), study={"default_spec_id": ""}
    ),
    "specification that is not run": Mistake(
        STUDIES, "default_spec_id", ('"recommended"', "study_specifications.csv runs"),
        runs=("total_trade",),
    ),
    "specification unknown": Mistake(
        RUNS, "spec_id", ('"recomended"',), runs=("recommended", "recomended")
    ),
    "estimator unknown": Mistake(
        STUDIES, "default_estimator", ('"ols"', "one of pooled"), study={"default_estimator": "ols"}
    ),
    "estimator of another model": Mistake(
        STUDIES, "default_estimator", ("recommended, panel: ppml_structural",),
        study={"default_estimator": "ppml_structural"},
    ),
    "flow unknown": Mistake(STUDIES, "flow", ('"export"', "one of"), study={"flow": "export"}),
    "variable unknown": Mistake(
        TERMS, "variable", ('"gdp"',), runs=("recommended", "own"),
        changes=_specification("lngdp,gdp,ln,partner,1,1.0,"),
    ),
    "positions with a gap": Mistake(
        TERMS, "position", ("1 to 3 for 2 terms", "without a gap"), runs=("recommended", "own"),
        changes=_specification(GDP, "lnpop,population_persons,ln,partner,3,10000.0,"),
    ),
    "specification without terms": Mistake(
        "gravity_specifications.csv", "spec_id", ('"own"', "has a term"),
        runs=("recommended", "own"), changes=_specification(),
    ),
    "more terms than rows": Mistake(
        STUDIES, "default_spec_id", ("mine, own: 2 rows for 2 terms and a constant",),
        study={"default_spec_id": "own", "first_year": "2019", "last_year": "2020"},
        partners=("KAZ",), runs=("own",),
        changes=_specification(GDP, "lnpop,population_persons,ln,partner,2,10000.0,"),
    ),
    "cuts in another order": Mistake(
        CLASSES, "k_lower", ('"0.8"', "gap"),
        changes={"study/potential_classes": _cuts(LOW.replace("0.8", "0.7"), MIDDLE, HIGH)},
        more=1,  # the classes are not those of the method either
    ),
    "gap between classes": Mistake(
        CLASSES, "k_lower", ('"1.3"', "gap"),
        changes={"study/potential_classes": _cuts(LOW, MIDDLE, HIGH.replace("1.2", "1.3"))},
        more=1,  # the classes are not those of the method either
    ),
    "cut in per cent": Mistake(
        CLASSES, "k_lower", ('"0.8"', "these overlap"),
        changes={"study/potential_classes": _cuts(LOW.replace("0.8", "80"), MIDDLE, HIGH)},
        more=1,  # the classes are not those of the method either
    ),
    "currency of another reporter": Mistake(
        STUDIES, "ecommerce_series", ("of CHN for reporter DEU",),
        study={"reporter_iso3": "DEU", "trade_source": "national",
               "outcome_scaling": "ecommerce_share", "ecommerce_series": "100ec_extended"},
        partners=("KAZ",),
    ),
    "share of reconciled trade": Mistake(
        STUDIES, "trade_source", ('"baci"', "is not scaled"),
        study={"reporter_iso3": "CHN", "outcome_scaling": "ecommerce_share",
               "ecommerce_series": "100ec_extended"},
        partners=("KAZ",),
    ),
    "currency without an exchange rate": Mistake(
        "ecommerce_volumes.csv", "currency", ('"EUR"', "a currency of seeds/inputs/exchange_rates"),
        changes={"inputs/ecommerce_volumes": value_set("currency", "EUR", quote_id="100ec_2012")},
    ),
    "world trade without figures": Mistake(
        STUDIES, "first_year", ("mine: 2021 to 2024, figures of 20",),
        study={"reporter_iso3": "", "reporter_scope": "all_reported", "flow": "total",
               "partner_scope": "all_reported", "default_spec_id": "structural",
               "default_estimator": "ppml_structural", "first_year": "2021", "last_year": "2024"},
        partners=(), runs=("structural",), more=2,  # there is one study of every pair already
    ),
    "reporter without own figures": Mistake(
        STUDIES, "default_spec_id", ("no trade reported",), study={"trade_source": "national"},
    ),
    "reporter without trade": Mistake(
        STUDIES, "default_spec_id", ("BACI lists no trade of TWN",), study={"reporter_iso3": "TWN"},
    ),
    "share of variance in per cent": Mistake(
        "index_specifications.csv", "component_threshold", ("85", "no percentage"),
        changes={
            "study/index_specifications": rows_like("pca_11", {
                "index_spec_id": "own", "component_rule": "cumulative_share",
                "component_threshold": "85", "min_terms": "1",
            }),
            "study/index_terms": rows_added("own,internet_users_pct,none,,1,1,"),
        },
    ),
}  # fmt: skip
