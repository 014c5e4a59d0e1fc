"""What answers say in words, and answers that there are none, beside their second computation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.answers import answers_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.differences import KEY, differences, in_words
from trade_potential.audit.marts.figures import countries_of_today, records
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.labels import ANSWER, IN_WORDS, check_answers_in_words

WORDS = ["other_answers", "difference_reason", "trade_flag"]
SOURCE = "baci"
"""Trade of every answer."""


def check_answers(gated: Gated) -> Iterator[Compared]:
    """Differences first: what an answer says of others is made of them."""
    again = differences(gated, answers_of(gated))
    mart = "rpt_answer_differences"
    yield compared(mart, gated[mart], again, key=KEY)
    is_told = " or ".join(f"{name} is not null" for name in WORDS)
    published = gated.part(
        "rpt_answer",
        *(*ANSWER, *WORDS),
        where=f"{is_told}",
    )
    found = compared("rpt_answer in words", published, words(gated, again), key=ANSWER, by=[])
    yield replace(found, mart="rpt_answer")
    yield from check_answers_in_words(gated)
    # an answer without a prediction has nothing else, and one with a prediction has no reason
    known = (*ANSWER, *WORDS, *IN_WORDS)
    rest = [name for name in gated.columns("rpt_answer") if name not in known]
    said = ("study_id", "spec_id", "trade_source", "k_status", "k_reason", "probability_status")
    published = gated.part(
        "rpt_answer",
        *(*ANSWER, *rest),
        where=f"predicted_usd is null or k_reason is not null or trade_source <> '{SOURCE}'",
    )
    nothing = unanswered(gated).reindex(columns=[*ANSWER, *rest])
    found = compared("rpt_answer without K", published, nothing, key=ANSWER, by=[])
    yield replace(found, mart="rpt_answer", columns=frozenset([*ANSWER, *said]))


def words(gated: Gated, others: pd.DataFrame) -> pd.DataFrame:
    """Answers of which there is something to say: what others say, and what is wrong with trade."""
    told = others[others["is_default"].astype(bool) | (others["estimator"] == "ppml_structural")]
    told = told.assign(order=told["study_id"] + told["spec_id"] + told["estimator"])
    told = told.sort_values("order")
    name = told["study_id"] + "/" + told["spec_id"]
    k = told["other_k_ratio"].map(in_words)
    of_class = (" " + told["other_class"].astype("str")).fillna("")
    reason = name + ": " + told["difference_reason"]
    told = told.assign(
        other_answers=name + "/" + told["estimator"] + " " + k + of_class,
        difference_reason=reason,
    )
    found = _joined(told, "other_answers").merge(
        _joined(told, "difference_reason"), on=ANSWER, how="left"
    )
    return found.merge(flags(gated), on=ANSWER, how="outer")


def _joined(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Texts of an answer as one, in the order of the rows."""
    texts: dict[tuple[object, ...], list[str]] = {}
    for *at, text in rows[[*ANSWER, name]].dropna().itertuples(index=False, name=None):
        texts.setdefault(tuple(at), []).append(text)
    joined = [(*at, ", ".join(found)) for at, found in texts.items()]
    return pd.DataFrame(joined, columns=[*ANSWER, name])


def flags(gated: Gated) -> pd.DataFrame:
    """Answers with a note on the trade of the year, the reporter's before the partner's."""
    notes = gated["gate_trade_notes"]
    world = gated.arrow("gate_world_trade", "source_id", where="true")
    notes = notes[notes["source_id"].isin(world["source_id"].unique().to_pylist())]
    iso3 = notes["country_code"].map(countries_of_today(gated))
    noted: dict[Any, str] = notes["flag"].groupby([iso3, notes["year"]]).max().to_dict()
    if not noted:
        return pd.DataFrame(columns=[*ANSWER, "trade_flag"])
    conditions = " or ".join(
        f"(year = {year} and '{country}' in (reporter_iso3, partner_iso3))"
        for country, year in noted
    )
    rows = gated.part("rpt_answer", *ANSWER, where=conditions)
    found = [
        noted.get((reporter, year)) or noted.get((partner, year))
        for reporter, partner, _, year in rows.itertuples(index=False, name=None)
    ]
    return rows.assign(trade_flag=pd.Series(found, index=rows.index, dtype="object"))


def unanswered(gated: Gated) -> pd.DataFrame:
    """Pairs and years for which a study has K and the structural model none: status and reason."""
    answers = answers_of(gated)
    asked = gated["fct_trade_potential"][["reporter_iso3", "partner_iso3", "year"]]
    asked = asked.drop_duplicates(ignore_index=True)
    has = np.isfinite(answers.of("predicted_usd", answers.at(asked, "total")))
    years = gated.arrow("gate_world_trade", "year", where="true")["year"].to_numpy()
    last = int(years.max()) if len(years) else None
    lost = gated["fct_row_ledger"]
    lost = lost[(lost["spec_kind"] == "structural") & (lost["lost_to"] == "all")]
    reasons = lost.set_index(["study_id", "spec_id", "partner_iso3", "year"])["reason"].to_dict()
    study = _answering(gated)
    names = ["study_id", "spec_id", "k_status", "k_reason"]
    found = pd.DataFrame(
        [(*row, *_why(row, study, last, reasons)) for row in records(asked[~has])],
        columns=[*asked.columns, *names],
    )
    flows = pd.DataFrame({"flow": ["exports", "imports", "total"]})
    found = found.assign(trade_source=SOURCE, probability_status=found["k_status"])
    return found.merge(flows, how="cross")


def _answering(gated: Gated) -> Any:
    """The one study whose default specification is structural and runs; None without."""
    specifications = gated["stg_study__gravity_specifications"]
    is_structural = specifications["model_kind"] == "structural"
    names = specifications.loc[is_structural, "spec_id"]
    runs = gated["stg_study__study_specifications"]
    runs = runs[runs["spec_id"].isin(names)][["study_id", "spec_id"]]
    studies = gated["stg_study__studies"].merge(runs, on="study_id")
    found = records(studies[studies["spec_id"] == studies["default_spec_id"]])
    return found[0] if found else None


def _why(
    row: Any, study: Any, last: int | None, reasons: dict[Any, str]
) -> tuple[str | None, str | None, str, str]:
    """Study, specification, status and reason of a pair without K; the partner's reason first."""
    own = (None, None) if study is None else (study.study_id, study.spec_id)
    if last is not None and row.year > last:
        return *own, "after_last_trade_year", f"world_trade ends in {last}"
    if study is None:
        return *own, "no_structural_study", "no study runs a structural specification"
    if not study.first_year <= row.year <= study.last_year:
        covered = f"study {study.study_id} covers {study.first_year}-{study.last_year}"
        return *own, "outside_years_of_study", covered
    for code in (row.partner_iso3, row.reporter_iso3):
        if (reason := reasons.get((*own, code, row.year))) is not None:
            return *own, "economy_not_in_sample", f"{code}: {reason}"
    return *own, "economy_not_in_sample", "the structural model has no estimate of the pair"
