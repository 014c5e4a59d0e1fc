"""Labels, keys of one column and dates again, and what follows from them in the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.candidates import years_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated

STRUCTURAL = "ppml_structural"
LEAST_SQUARES, POISSON = ("least_squares", "identity"), ("ppml", "log")
ESTIMATORS = (
    ("pooled", *LEAST_SQUARES, "t", None),
    ("between", *LEAST_SQUARES, "t", None),
    ("within", *LEAST_SQUARES, "t", "entity"),
    ("twoway", *LEAST_SQUARES, "t", "entity, time"),
    ("random", *LEAST_SQUARES, "normal", None),
    ("mundlak", *LEAST_SQUARES, "normal", None),
    ("ppml", *POISSON, "normal", None),
    ("ppml_twoway", *POISSON, "normal", "entity, time"),
    (STRUCTURAL, *POISSON, "normal", "exporter-year, importer-year"),
)
"""Name, family, link, distribution, effects: as docs/methodology.md says, not as the code does."""
ENGLISH = "en"
ANSWER = ["reporter_iso3", "partner_iso3", "flow", "year"]
CLASS = ["study_id", "potential_class"]
ANSWER_NOTE = "Choose one flow: flows, the two sides of a pair and studies are never added up."
REPORT_NOTE = (
    "Choose one study (is_default_study): studies answer one question and are never added up."
)


NTH = "nth"
"""Of the combinations with one key."""
IN_WORDS = (
    *("reporter_name", "partner_name", "un_region", "un_region_label", "income_group"),
    *("income_group_label", "estimator", "estimator_label", "is_default_study", "reading_note"),
    *("class_label", "class_order", "class_key", "k_status_label", "probability_status_label"),
    "answer_key",
)
"""Columns of rpt_answer that ``check_answers_in_words`` makes again."""


def check_labels(gated: Gated) -> Iterator[Compared]:
    """Labels of every language, estimators and years."""
    for mart, again, key in (
        ("dim_label", labels(gated), ["code_kind", "code", "language"]),
        ("dim_estimator", estimators(gated), ["estimator"]),
        ("dim_date", dates(gated), ["year"]),
    ):
        yield compared(mart, gated[mart], again, key=key, by=[], tolerance=0.0)


def labels(gated: Gated) -> pd.DataFrame:
    """Rows of dim_label: those of the seed, and countries in English."""
    columns = ["code_kind", "code", "language", "label", "source_id"]
    countries = gated["gate_countries"].assign(code_kind="country", language=ENGLISH)
    countries = countries.rename(columns={"country_iso3": "code", "country_name": "label"})
    return pd.concat([gated["stg_study__labels"][columns], countries[columns]], ignore_index=True)


def estimators(gated: Gated) -> pd.DataFrame:
    """Rows of dim_estimator."""
    names = ["estimator", "family", "link", "distribution", "effects"]
    rows = pd.DataFrame(ESTIMATORS, columns=names)
    return rows.assign(
        # effects of pairs would take out what K is to show
        gives_k=~rows["effects"].fillna("").str.contains("entity"),
        estimator_label=in_words(gated, rows["estimator"]),
    )


def dates(gated: Gated) -> pd.DataFrame:
    """Rows of dim_date."""
    years = sorted(set(years_of(gated["stg_study__studies"])["year"]))
    ends = {"year_date": "01-01", "year_end_date": "12-31"}
    return pd.DataFrame({"year": years}).assign(
        **{name: pd.to_datetime([f"{year}-{end}" for year in years]) for name, end in ends.items()}
    )


def in_words(gated: Gated, codes: pd.Series, kind: str = "") -> pd.Series:
    """English labels of codes; missing without one.

    Args:
        gated: With the labels.
        codes: Any index.
        kind: What the codes are; "": the name of the series.
    """
    rows = gated["stg_study__labels"]
    rows = rows[(rows["code_kind"] == (kind or codes.name)) & (rows["language"] == ENGLISH)]
    return codes.map(dict(zip(rows["code"], rows["label"], strict=True))).astype("object")


def one_key(rows: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Columns of a key as one text; missing where one of them is."""
    found = pd.Series(
        ["/".join(map(str, parts)) for parts in rows[list(names)].itertuples(index=False)],
        index=rows.index, dtype="object",
    )  # fmt: skip
    return found.where(rows[list(names)].notna().all(axis=1))


def default_studies(studies: pd.DataFrame) -> set[str]:
    """Of each reporter and flow the study to look at first."""
    found: dict[tuple[str, str], tuple[object, ...]] = {}
    for row in studies.astype("object").where(studies.notna(), None).to_dict("records"):
        group = (row["reporter_iso3"] or "", row["flow"])
        rank = (
            row["revises_study_id"] is not None, row["partner_scope"] != "all_reported",
            -int(row["last_year"]), row["study_id"],
        )  # fmt: skip
        found[group] = min(found.get(group, rank), rank)
    return {str(rank[-1]) for rank in found.values()}


def of_classes(gated: Gated, rows: pd.DataFrame) -> pd.DataFrame:
    """Label, order and key of the class of each row; missing without one.

    Args:
        gated: With the classes.
        rows: study_id and potential_class, any index.

    Returns:
        class_label, class_order, class_key by the same index.
    """
    held = gated["stg_study__potential_classes"]
    names = {"class_label": "class_label", "display_order": "class_order"}
    found = pd.DataFrame(index=rows.index, columns=list(names.values()), dtype="object")
    for study, own in rows.groupby("study_id")["potential_class"]:
        cuts = cuts_of(held, str(study)).set_index("potential_class")
        for column, name in names.items():
            found.loc[own.index, name] = own.map(cuts[column])
    return found.assign(class_key=one_key(rows, CLASS))


def check_answers_in_words(gated: Gated) -> Iterator[Compared]:
    """What rpt_answer says beside its numbers follows from a few of its columns.

    Each combination of such a column with what follows from it is compared once. Of a column that
    is not the same in every row there are several, each numbered: one of them differs.
    """
    wrong = f"answer_key is distinct from concat_ws('/', {', '.join(ANSWER)})"
    others = gated.part("rpt_answer", *ANSWER, "answer_key", where=wrong)
    again = others.assign(answer_key=one_key(others, ANSWER))
    found = compared("rpt_answer by its key", others, again, key=ANSWER, by=[])
    yield replace(found, mart="rpt_answer")
    for key, again in _of_answers(gated):
        published = gated.distinct("rpt_answer", *key, *again.columns.difference(key))
        published = published.fillna(dict.fromkeys(key, ""))
        published[NTH] = published.groupby(key).cumcount()
        known = again.merge(published[[*key, NTH]], on=list(key))
        name = f"rpt_answer by {' and '.join(key)}"
        found = compared(name, published, known, key=[*key, NTH], by=[], tolerance=0.0)
        yield replace(found, mart="rpt_answer", columns=found.columns - {NTH})


def _of_answers(gated: Gated) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """By key: everything that follows from it; an empty text is the key of what is missing."""
    countries = gated["gate_countries"]
    yield (
        ["reporter_iso3"],
        countries[["country_iso3", "country_name"]].set_axis(
            ["reporter_iso3", "reporter_name"], axis=1
        ),
    )
    partners = countries[["country_iso3", "country_name", "un_region", "income_group"]]
    yield (
        ["partner_iso3"],
        partners.set_axis(
            ["partner_iso3", "partner_name", "un_region", "income_group"], axis=1
        ).assign(
            un_region_label=in_words(gated, partners["un_region"]),
            income_group_label=in_words(gated, partners["income_group"]),
        ),
    )
    studies = gated["stg_study__studies"]
    defaults = default_studies(studies)
    named = pd.DataFrame({"study_id": ["", *studies["study_id"]]})
    estimator = pd.Series(
        [STRUCTURAL if study else None for study in named["study_id"]], name="estimator"
    )
    yield (
        ["study_id"],
        named.assign(
            estimator=estimator,
            estimator_label=in_words(gated, estimator),
            is_default_study=named["study_id"].isin(defaults),
            reading_note=ANSWER_NOTE,
        ),
    )
    classes = gated["stg_study__potential_classes"]["potential_class"].unique()
    pairs = named.merge(pd.DataFrame({"potential_class": [None, *classes]}), how="cross")
    found = of_classes(gated, pairs)
    yield CLASS, pairs.assign(**found).fillna({"potential_class": ""})
    for status in ("k_status", "probability_status"):
        rows = gated["stg_study__labels"]
        codes = rows.loc[rows["code_kind"] == status, "code"].drop_duplicates().rename(status)
        yield [status], pd.DataFrame({status: codes, f"{status}_label": in_words(gated, codes)})
