"""Why another specification says something else of a pair, from its prediction and not its K.

With trade N, a share s of the year and a prediction M s of another specification, and trade B and
prediction P of an answer: ln(other K / K) = ln(N / B) + ln(P / M). What leads from M to P are the
parts; that they add up to the difference is therefore a finding and not a definition.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from trade_potential.audit.cuts import cuts_in_words, cuts_of, in_digits
from trade_potential.audit.marts.answers import Answers, Floats, others_of
from trade_potential.audit.marts.figures import records
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.labels import ANSWER, one_key
from trade_potential.audit.marts.panel import panel_of

KEY = ["study_id", "spec_id", "estimator", "reporter_iso3", "partner_iso3", "flow", "year"]
PARTNERS = ["study_id", "spec_id", "estimator", "reporter_iso3", "flow", "year"]
"""What the partners of a year share."""

WORDS = {
    "mean_for_median_log": "benchmark of typical (median), not mean trade",
    "other_terms_log": "own regressors of the specification",
    "own_trade_log": "benchmark without the own trade of the pair",
    "partner_exports_log": (
        "benchmark by size and income of the partner, not by what it sells to others"
    ),
    "partner_imports_log": (
        "benchmark by size and income of the partner, not by what it buys from others"
    ),
    "trade_costs_log": (
        "benchmark without distance, ties and agreements as estimated on world trade"
    ),
    "trade_source_log": "trade by the source of the study",
    "year_level_log": "level that the partners of the year share",
}
"""Parts of a difference in the order of their names, which decides between equal ones."""

STRUCTURAL_WORDS = {
    "trade_costs_log": "other slopes of distance, ties and agreements",
    "other_terms_log": "other effects of the two economies",
}
"""The same where the other specification is structural too."""


def differences(gated: Gated, answers: Answers) -> pd.DataFrame:
    """Rows of rpt_answer_differences."""
    rows = pd.concat([_of_panels(gated), *_of_structural(gated, answers)], ignore_index=True)
    rows = rows.sort_values(KEY, ignore_index=True)  # means of partners have one order
    place = answers.at(rows)
    rows = rows.assign(
        **{name: answers.of(name, place) for name in answers.numbers},
        potential_class=answers.class_at(place),
    )
    effects = _Effects(gated, answers)
    rows = rows.assign(**_partners(rows, effects, answers))
    with np.errstate(divide="ignore", invalid="ignore"):
        rows["difference_log"] = np.where(
            (rows["k_ratio"] > 0.0) & (rows["other_k_ratio"] > 0.0),
            np.log(rows["other_k_ratio"] / rows["k_ratio"]),
            np.nan,
        )
        is_structural = rows["is_structural"].astype(bool)
        parts = pd.concat(
            [
                _panel_parts(rows[~is_structural], effects, answers),
                _structural_parts(rows[is_structural], effects, answers),
            ]
        ).reindex(rows.index)
    rows = rows.join(parts)
    known = rows["potential_class"].notna() & rows["other_class"].notna()
    agree = (rows["potential_class"] == rows["other_class"]).astype("boolean").mask(~known)
    rows["difference_reason"] = _with_cuts(gated, answers.study_id, rows, agree)
    columns = list(gated["rpt_answer_differences"].columns)
    return rows.assign(classes_agree=agree, answer_key=one_key(rows, ANSWER))[columns]


def _of_panels(gated: Gated) -> pd.DataFrame:
    """Every K of a panel that has a meaning, with the trade and the prediction behind it."""
    names = [*KEY[:5], "year", "k_status", "potential_class", "trade_source", "is_default"]
    potential = gated["fct_trade_potential"]
    potential = potential[[*names, "actual_usd", "predicted_usd", "k_ratio", "k_mean_ratio"]]
    # K of another outcome than goods trade is no other answer
    potential = potential[potential["trade_source"] != "own"]
    potential = potential[potential["k_status"] == "ok"].merge(
        gated["stg_study__studies"][["study_id", "flow"]], on="study_id"
    )
    traded = panel_of(gated).outcomes
    keys = ["study_id", "reporter_iso3", "partner_iso3", "year"]
    rows = potential.merge(traded[[*keys, "goods_trade_usd"]], on=keys)
    has_trade = rows["k_ratio"] > 0.0
    share = rows["actual_usd"] / rows["goods_trade_usd"].where(has_trade)
    return pd.DataFrame(
        {
            **{name: rows[name] for name in [*KEY, "trade_source", "is_default"]},
            "other_class": rows["potential_class"],
            "other_k_ratio": rows["k_ratio"],
            "other_trade_usd": rows["goods_trade_usd"].where(has_trade),
            "other_predicted_usd": rows["predicted_usd"] / share,
            "smearing_log": np.log((rows["k_ratio"] / rows["k_mean_ratio"]).where(has_trade)),
            "is_structural": False,
        }
    )


def _of_structural(gated: Gated, answers: Answers) -> list[pd.DataFrame]:
    """Flows of which another structural specification of the study says another class."""
    specifications = gated["stg_study__gravity_specifications"]
    runs = gated["stg_study__study_specifications"].merge(specifications, on="spec_id")
    runs = runs[(runs["model_kind"] == "structural") & (runs["study_id"] == answers.study_id)]
    runs = runs[["study_id", "spec_id"]].merge(gated["stg_study__studies"], on="study_id")
    return [
        others_of(gated, answers, run.spec_id).assign(
            study_id=run.study_id,
            spec_id=run.spec_id,
            estimator=run.default_estimator,
            trade_source=run.trade_source,
            is_default=False,
            is_structural=True,
        )
        for run in records(runs)
        if run.spec_id != answers.spec_id
    ]


class _Effects:
    """Effects of economies, and what they trade beyond size and income, by specification."""

    def __init__(self, gated: Gated, answers: Answers) -> None:
        rows = gated["fct_country_effects"]
        self._answers = answers
        rows = rows[rows["study_id"] == answers.study_id]
        self._held = {
            (spec_id, side, name): self._laid(part, name)
            for (spec_id, side), part in rows.groupby(["spec_id", "side"])
            for name in ("log_effect", "beyond_size_ratio")
        }

    def _laid(self, rows: pd.DataFrame, name: str) -> Floats:
        years = self._answers.place_of_year(rows["year"])
        places = self._answers.place(rows["country_iso3"])
        known = (years >= 0) & (places >= 0)
        found = np.full(self._answers.classes.shape[1:3], np.nan)
        found[years[known], places[known]] = rows[name].to_numpy(dtype=float)[known]
        return found

    def of(self, rows: pd.DataFrame, who: str, side: str, name: str, spec_id: str = "") -> Floats:
        """Of the reporter or the partner of each row; NaN without, by default of the answers."""
        held = self._held.get((spec_id or self._answers.spec_id, side, name))
        if held is None:
            return np.full(len(rows), np.nan)
        years = self._answers.place_of_year(rows["year"])
        places = self._answers.place(rows[f"{who}_iso3"])
        return np.where((years < 0) | (places < 0), np.nan, held[years, places])

    def sums(self, rows: pd.DataFrame, spec_id: str = "") -> tuple[Floats, Floats]:
        """Effects of both economies in exports and in imports of the reporter."""

        def both(exporter: str, importer: str) -> Floats:
            return self.of(rows, exporter, "exporter", "log_effect", spec_id) + self.of(
                rows, importer, "importer", "log_effect", spec_id
            )

        return both("reporter", "partner"), both("partner", "reporter")


def _partners(rows: pd.DataFrame, effects: _Effects, answers: Answers) -> dict[str, Floats]:
    """What a partner trades with everyone, and the share of imports in the trade of the two."""
    has_answer = np.isfinite(rows["predicted_usd"].to_numpy(dtype=float))
    bought, sold = (
        np.where(has_answer, effects.of(rows, "partner", side, "beyond_size_ratio"), np.nan)
        for side in ("importer", "exporter")
    )
    exports, imports = (
        answers.of("actual_usd", answers.at(rows, flow)) for flow in ("exports", "imports")
    )
    two_way = np.nan_to_num(exports) + np.nan_to_num(imports)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(two_way > 0.0, imports / two_way, np.nan)
    return {
        "partner_imports_ratio": bought,
        "partner_exports_ratio": sold,
        # of one side where the other is unknown, as SQL's least
        "hub_ratio": np.fmin(bought, sold),
        "import_share": np.where(has_answer, share, np.nan),
    }


def _weighted(
    rows: pd.DataFrame, answers: Answers, of_exports: Floats, of_imports: Floats
) -> Floats:
    """What two directions contribute to the flow of a row, to a total by their predictions."""
    exports, imports = (
        np.nan_to_num(answers.of("predicted_usd", answers.at(rows, flow)))
        for flow in ("exports", "imports")
    )
    total = (exports * of_exports + imports * of_imports) / (exports + imports)
    flow = rows["flow"]
    return np.select([flow == "exports", flow == "imports"], [of_exports, of_imports], total)


def _log_costs(rows: pd.DataFrame, effects: _Effects, answers: Answers) -> Floats:
    """Predictions of the answer without the effects of both economies."""
    logs = [
        np.log(answers.of("predicted_usd", answers.at(rows, flow))) - of_both
        for flow, of_both in zip(("exports", "imports"), effects.sums(rows), strict=True)
    ]
    return _weighted(rows, answers, *logs)


def _beyond(rows: pd.DataFrame, answers: Answers, flow: str, ratio: str) -> tuple[Floats, Floats]:
    """What a partner trades beyond its size, less what the pair itself adds, and nothing else."""
    place = answers.at(rows, flow)
    out, mean = (answers.of(name, place) for name in ("predicted_pair_out_usd", "predicted_usd"))
    beyond = np.log(rows[ratio].to_numpy(dtype=float)) + np.log(out / mean)
    return beyond, np.zeros(len(rows))


def _panel_parts(rows: pd.DataFrame, effects: _Effects, answers: Answers) -> pd.DataFrame:
    """Parts of the difference between a panel and the answer, in logarithms."""
    predicted, out = rows["predicted_usd"], rows["predicted_pair_out_usd"]
    trade = rows["actual_usd"].where(rows["actual_usd"] > 0.0)
    source = pd.Series(np.log(rows["other_trade_usd"] / trade), index=rows.index)
    own = np.log(predicted / out.where(out > 0.0))
    bought = _weighted(rows, answers, *_beyond(rows, answers, "exports", "partner_imports_ratio"))
    sold, nothing = _beyond(rows, answers, "imports", "partner_exports_ratio")
    sold = _weighted(rows, answers, nothing, sold)
    remainder = (
        np.log(predicted / rows["other_predicted_usd"])
        - rows["smearing_log"]
        - own
        - np.nan_to_num(bought)
        - np.nan_to_num(sold)
    ).where(source.notna() & rows["difference_log"].notna())
    groups = [rows[name] for name in PARTNERS]
    costs = pd.Series(_log_costs(rows, effects, answers), index=rows.index)
    costs = costs.where(rows["difference_log"].notna())
    costs = costs - costs.groupby(groups).transform("mean")
    level = remainder.groupby(groups).transform("mean")
    return pd.DataFrame(
        {
            "trade_source_log": source,
            "mean_for_median_log": rows["smearing_log"],
            "own_trade_log": own,
            "partner_imports_log": bought,
            "partner_exports_log": sold,
            "trade_costs_log": costs,
            "year_level_log": level,
            "other_terms_log": remainder - costs.fillna(0.0) - level.fillna(0.0),
        }
    )


def _structural_parts(rows: pd.DataFrame, effects: _Effects, answers: Answers) -> pd.DataFrame:
    """Parts of the difference between two structural specifications, in logarithms."""
    found = []
    for spec_id, own in rows.groupby("spec_id"):
        gaps = [
            one - other
            for one, other in zip(effects.sums(own), effects.sums(own, str(spec_id)), strict=True)
        ]
        of_effects = pd.Series(_weighted(own, answers, *gaps), index=own.index)
        costs = own["difference_log"] - of_effects
        of_effects = of_effects.where(costs.notna(), own["difference_log"])
        found.append(pd.DataFrame({"trade_costs_log": costs, "other_terms_log": of_effects}))
    return pd.concat(found).reindex(columns=list(WORDS)) if found else pd.DataFrame()


def in_words(ratio: float) -> str:
    """A factor: two decimals, four below 0.1, halves away from zero."""
    if ratio >= 1e6:
        return "above 1000000"
    unit = 100.0 if ratio >= 0.1 else 10000.0
    return in_digits(math.floor(ratio * unit + 0.5) / unit)


def _reasons(rows: pd.DataFrame, agree: pd.Series) -> pd.Series:
    """The two largest parts as factors, where classes differ and both K are above 0."""
    told = rows[(~agree).fillna(value=False).astype(bool) & rows["difference_log"].notna()]
    parts = told[list(WORDS)].to_numpy(dtype=float)
    sizes = np.where(np.isnan(parts), -1.0, np.abs(parts))
    order = np.argsort(-sizes, axis=1, kind="stable")[:, :2]
    factors = np.exp(np.take_along_axis(parts, order, axis=1))
    said = [list(WORDS.values()), list((WORDS | STRUCTURAL_WORDS).values())]
    words = [
        ", ".join(
            f"{said[is_structural][at]} x {in_words(factor)}"
            for at, factor in zip(of_row, of_factors, strict=True)
            if factor == factor
        )
        or None
        for of_row, of_factors, is_structural in zip(
            order.tolist(), factors.tolist(), told["is_structural"].astype(int), strict=True
        )
    ]
    return pd.Series(words, index=told.index, dtype="str").reindex(rows.index)


def _with_cuts(
    gated: Gated, answering: str, rows: pd.DataFrame, agree: pd.Series
) -> pd.Series[str]:
    """Reasons, and before them the cuts of a study that cuts elsewhere than the answering one."""
    classes = gated["stg_study__potential_classes"]
    reasons, here = _reasons(rows, agree), cuts_in_words(cuts_of(classes, answering))
    for study, own in rows[agree.notna()].groupby("study_id"):
        cuts = cuts_in_words(cuts_of(classes, str(study)))
        if cuts != here:
            said, of = f"classes cut elsewhere ({cuts})", reasons[own.index]
            reasons[own.index] = (said + ", " + of).where(of.notna(), said)
    return reasons
