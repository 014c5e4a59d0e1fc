"""K of every specification beside the panel's own fits, digests, and the second computation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pandas as pd
import pytest

from trade_potential import Panel
from trade_potential.audit.marts.compare import Compared
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.multiverse import check_multiverse
from trade_potential.errors import InputError
from trade_potential.multiverse import digests
from trade_potential.multiverse.design import Design, design_of
from trade_potential.multiverse.log_gravity import (
    DIMENSIONS,
    Figures,
    Model,
    classes_of,
    index_of,
    ratios,
)
from trade_potential.multiverse.rows import option_rows

SOLVED = 1e-9
"""The same least squares from moments with other columns beside them."""

PARTNERS, YEARS = [f"P{k:02d}" for k in range(14)], range(2011, 2019)
INDICATORS = ("users", "phones", "servers")
MODEL = Model(("lngdp", "index", "lndist"), "index", INDICATORS, "users")
CLASSES = pd.DataFrame(
    {
        "potential_class": ["huge_potential", "potential_expansion", "potential_reshaping"],
        "display_order": [1, 2, 3],
        "k_lower": [np.nan, 0.8, 1.2],
        "k_upper": [0.8, 1.2, np.nan],
        "is_lower_inclusive": [False, False, True],
        "is_upper_inclusive": [True, False, False],
    }
)
DESIGN = Design(
    DIMENSIONS,
    (
        ("as_ruled", "line_between"),
        ("2020-01-01", "2022-01-01"),
        ("pca_eigenvalue", "equal"),
        ("zscore", "minmax"),
        ("none", "phones"),
        ("2011-2018", "2011-2016"),
        ("ecommerce_share", "none"),
        ("mundlak", "random", "ppml"),
    ),
    (0,) * 8,
)


def figures(seed: int) -> Figures:
    rng = np.random.default_rng(seed)
    keys = [(name, year) for name in PARTNERS for year in YEARS]
    size = {name: rng.normal() for name in PARTNERS}
    rows = pd.DataFrame(keys, columns=["partner_iso3", "year"])
    n = len(rows)
    of = rows["partner_iso3"].map(size).to_numpy()
    common = 0.4 * of + rng.normal(size=n)
    indicators = rows.rename(columns={"partner_iso3": "country_iso3"}).assign(
        **{name: common + rng.normal(size=n) for name in INDICATORS}
    )
    trade = np.exp(20.0 + of + 0.3 * common + rng.normal(scale=0.4, size=n))
    panel = rows.assign(
        scaled_usd=trade * 0.1 * rows["year"].sub(2005),
        goods_trade_usd=trade,
        lngdp=of + rng.normal(scale=0.3, size=n),
        lndist=rng.normal(size=n),
    )
    return Figures(panel, indicators)


FIGURES = {
    (fill, vintage): figures(3 * k + j)
    for k, fill in enumerate(DESIGN.of("fill"))
    for j, vintage in enumerate(DESIGN.of("vintage"))
}
KEYS = pd.MultiIndex.from_frame(FIGURES["as_ruled", "2020-01-01"].panel[["partner_iso3", "year"]])


@pytest.fixture(scope="module")
def k_ratio() -> np.ndarray:
    return ratios(FIGURES, MODEL, DESIGN, KEYS)


@pytest.mark.parametrize("place", [(0,) * 8, (1, 0, 1, 1, 1, 1, 0, 1), (0, 1, 0, 1, 0, 1, 1, 2)])
def test_k_is_that_of_the_panel(k_ratio: np.ndarray, place: tuple[int, ...]) -> None:
    names = {d: DESIGN.options[k][place[k]] for k, d in enumerate(DIMENSIONS)}
    held = FIGURES[names["fill"], names["vintage"]]
    first, last = map(int, names["years"].split("-"))
    of = held.indicators
    index = index_of(
        of[list(INDICATORS)].to_numpy(),
        of["year"].between(first, last).to_numpy(),
        MODEL,
        (names["weights"], names["normalisation"], names["left_out"]),
    )
    outcome = {"ecommerce_share": "scaled_usd", "none": "goods_trade_usd"}[names["outcome"]]
    rows = held.panel.assign(index=index, log_trade=np.log(held.panel[outcome]))
    used = rows[rows["year"].between(first, last)]
    is_ppml = names["estimator"] == "ppml"
    with Panel.read(
        used,
        outcome=outcome if is_ppml else "log_trade",
        regressors=list(MODEL.terms),
        entity="partner_iso3",
        time="year",
    ) as panel:
        fit = panel.fit(names["estimator"])
        if names["estimator"] == "mundlak":
            means = used.groupby("partner_iso3")[list(MODEL.terms)].mean()
            for term in MODEL.terms:
                rows[f"mean({term})"] = rows["partner_iso3"].map(means[term])
        predicted = fit.predict(rows).to_numpy()
    expected = rows[outcome].to_numpy() / (predicted if is_ppml else np.exp(predicted))
    assert k_ratio[place] == pytest.approx(expected, rel=SOLVED)


def test_classes_have_their_bounds() -> None:
    k = np.array([0.5, 0.8, 0.9, 1.2, 3.0, np.nan])
    assert classes_of(k, CLASSES).tolist() == [1, 1, 2, 3, 3, 0]


def test_a_row_without_figures_has_no_k() -> None:
    held = FIGURES["as_ruled", "2020-01-01"]
    short = replace(held, indicators=held.indicators.iloc[1:])
    found = ratios({**FIGURES, ("as_ruled", "2020-01-01"): short}, MODEL, DESIGN, KEYS)
    assert np.isnan(found[0, 0, ..., 0]).all()
    assert np.isfinite(found[0, 1, ..., 0]).all()


def test_without_trade_there_is_no_k_and_the_others_keep_theirs(k_ratio: np.ndarray) -> None:
    held = FIGURES["as_ruled", "2020-01-01"]
    scaled = held.panel["scaled_usd"].where(held.panel["year"] < 2017, 0.0)
    without = replace(held, panel=held.panel.assign(scaled_usd=scaled))
    found = ratios({**FIGURES, ("as_ruled", "2020-01-01"): without}, MODEL, DESIGN, KEYS)
    early = np.array([year < 2017 for _, year in KEYS])
    first, of_years, scaled_one = (0, 0, 0, 0, 0), 1, 0  # years up to 2016 are estimated
    assert np.isnan(found[(*first, of_years, scaled_one)][..., ~early]).all()
    ours, theirs = found[(*first, of_years)], k_ratio[(*first, of_years)]
    assert ours[scaled_one][..., early] == pytest.approx(theirs[scaled_one][..., early], rel=SOLVED)
    assert ours[1] == pytest.approx(theirs[1], rel=SOLVED)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"years": ("2011-2018", "2016")}, "years '2016': not two years"),
        ({"left_out": ("none", "towers")}, "left_out 'towers' is no indicator"),
        ({"outcome": ("ecommerce_share", "log")}, "outcome 'log': none of ecommerce_share, none"),
        ({"normalisation": ("zscore", "rank")}, "normalisation 'rank': none of zscore, minmax"),
        ({"estimator": ("mundlak", "within", "ppml")}, "estimator 'within' predicts nothing"),
    ],
)
def test_an_option_that_there_is_not_is_refused(
    changed: dict[str, tuple[str, ...]], said: str
) -> None:
    options = tuple(
        changed.get(name, own) for name, own in zip(DIMENSIONS, DESIGN.options, strict=True)
    )
    with pytest.raises(InputError, match=said):
        ratios(FIGURES, MODEL, replace(DESIGN, options=options), KEYS)


def choices() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"study_id": "s", "dimension": name, "choice": choice, "position": k + 1,
             "is_default": k == own}
            for name, options, own in zip(DIMENSIONS, DESIGN.options, DESIGN.default, strict=True)
            for k, choice in enumerate(options)
        ]
    )  # fmt: skip


def test_a_design_is_read_from_its_rows() -> None:
    assert design_of(choices().sample(frac=1.0, random_state=1).sort_values(
        "dimension", key=lambda names: names.map(DIMENSIONS.index), kind="stable"
    ), "s") == DESIGN  # fmt: skip
    with pytest.raises(InputError, match="dimension fill: 2 options, 0 of them the default"):
        design_of(choices().assign(is_default=False), "s")
    with pytest.raises(InputError, match="none of study t"):
        design_of(choices(), "t")


WORLD_NUMBERS = {
    "status": ["ok", "ok", "not_computed", "not_computed"],
    "reason": [None, None, *["a smaller pair than make multiverse stores"] * 2],
    "specification_count": [4.0, 4.0, np.nan, np.nan],
    "share_same_class": [0.5, 0.5, np.nan, np.nan],
    "first_order_share": [1.0, 1.0, np.nan, np.nan],
    "total_share": [1.0, 1.0, np.nan, np.nan],
    "most_influential_choice": ["distance", "distance", None, None],
    "is_robust": [False, False, None, None],
}
"""A pair of the world seen from both sides, and one that is not stored."""


@dataclass
class Tables:
    """Marts as the SQL makes them, for the second computation."""

    frames: dict[str, pd.DataFrame]

    def differs(self) -> set[str]:
        relations = {name: duckdb.from_df(frame) for name, frame in self.frames.items()}
        found: list[Compared] = list(check_multiverse(Gated(relations)))
        rows = pd.concat([one.rows for one in found])
        return set(rows.loc[rows["status"] != "agrees", "quantity"])


@pytest.fixture
def tables(k_ratio: np.ndarray) -> Tables:
    """Two of the partner-years, with rows of the marts written out here once more."""
    keys, held = KEYS[[0, 9]], k_ratio[..., [0, 9]]
    codes = classes_of(held, CLASSES)
    orders = dict(zip(CLASSES["potential_class"], CLASSES["display_order"], strict=True))
    counts = option_rows("s", DESIGN, held, codes, keys, orders)
    own = [CLASSES["potential_class"][code - 1] for code in codes[DESIGN.default]]
    merged = counts.merge(choices(), on=["dimension", "choice", "study_id"])
    alone = classes_of(merged["k_ratio_alone"].to_numpy(), CLASSES)
    n = merged["n_specifications"]
    multiverse = pd.DataFrame(
        {
            **{c: merged[c] for c in ("study_id", "partner_iso3", "dimension", "choice", "year")},
            "spec_id": "r",
            "reporter_iso3": "CHN",
            "potential_class_alone": [CLASSES["potential_class"][code - 1] for code in alone],
            "status": "ok",
            "choice_position": merged["position"],
            "specification_count": n,
            "huge_share": merged["n_huge"] / n,
            "expansion_share": merged["n_expansion"] / n,
            "reshaping_share": merged["n_reshaping"] / n,
            "without_class_share": (
                n - merged["n_huge"] - merged["n_expansion"] - merged["n_reshaping"]
            ) / n,
            "switched_share": merged["n_switched"] / merged["n_switches"],
            "k_ratio_alone": merged["k_ratio_alone"],
            "is_default_choice": merged["is_default"],
        }
    )  # fmt: skip
    potential = pd.DataFrame(
        {
            "study_id": "s", "spec_id": "r", "reporter_iso3": "CHN", "is_default": True,
            "partner_iso3": keys.get_level_values(0), "year": keys.get_level_values(1),
            "potential_class": own,
        }
    )  # fmt: skip
    same = (codes == codes[DESIGN.default]).astype(float)
    rows = []
    for k in range(2):
        one, p = same[..., k], same[..., k].mean()
        totals = {name: one.var(axis=i).mean() for i, name in enumerate(DIMENSIONS)}
        best = min(totals, key=lambda name: (-round(totals[name], 12), name))
        at = tuple(i for i, name in enumerate(DIMENSIONS) if name != best)
        moves = p < 1.0
        rows.append(
            {
                "most_influential_choice": best if moves else None,
                "first_order_share": one.mean(axis=at).var() / (p * (1 - p)) if moves else np.nan,
                "total_share": totals[best] / (p * (1 - p)) if moves else np.nan,
                "share_same_class": p,
                "is_robust": bool(p >= 0.9),
            }
        )
    robustness = pd.concat([potential.drop(columns="is_default"), pd.DataFrame(rows)], axis=1)
    robustness = robustness.assign(
        kind="log_gravity", status="ok", reason=None, specification_count=len(DESIGN),
        robust_least_share=0.9,
    )  # fmt: skip
    studies = pd.DataFrame(
        {"study_id": ["s", "w"], "reporter_scope": ["one", "all_reported"],
         "reporter_iso3": ["CHN", None], "default_spec_id": "r", "last_year": 2020}
    )  # fmt: skip
    answers = pd.DataFrame(
        [("CHN", "KAZ", "huge_potential"), ("KAZ", "CHN", "huge_potential"),
         ("CHN", "TJK", "potential_reshaping"), ("TJK", "CHN", "potential_reshaping")],
        columns=["reporter_iso3", "partner_iso3", "potential_class"],
    ).assign(study_id="w", spec_id="r", flow="total", year=2020)  # fmt: skip
    world = answers.drop(columns="flow").assign(
        kind="world", robust_least_share=0.9, **WORLD_NUMBERS
    )
    robustness = pd.concat([robustness, world], ignore_index=True)
    # four specifications of which the distance alone decides
    shares = pd.DataFrame(
        {"study_id": ["w"], "first_iso3": "CHN", "second_iso3": "KAZ", "year": 2020,
         "n_specifications": 4, "n_huge": 2, "n_expansion": 0, "n_reshaping": 1,
         "distance_squares": 4, "distance_switched": 4, "pair_squares": 2, "pair_switched": 0}
    )  # fmt: skip
    of_world = pd.DataFrame(
        {"study_id": "w", "dimension": ["distance", "distance", "pair", "pair"],
         "choice": ["cities", "weighted", "in", "left_out"]}
    )  # fmt: skip
    earlier = answers.assign(year=2019)
    return Tables(
        {
            "fct_multiverse": multiverse,
            "rpt_class_robustness": robustness,
            "stg_multiverse__option_counts": counts,
            "stg_multiverse__pair_shares": shares,
            "stg_multiverse__specification_choices": pd.concat([choices(), of_world]),
            "rpt_answer": pd.concat([answers, earlier], ignore_index=True),
            "stg_study__studies": studies,
            "stg_study__potential_classes": CLASSES.assign(study_id="all"),
            "fct_trade_potential": potential,
        }
    )


def test_the_second_computation_agrees(tables: Tables) -> None:
    assert tables.differs() == set()


def test_stale_rows_and_years_that_are_not_computed_have_no_number(tables: Tables) -> None:
    numbers = {
        "fct_multiverse": ["specification_count", "huge_share", "expansion_share",
                           "reshaping_share", "without_class_share", "switched_share",
                           "k_ratio_alone", "potential_class_alone"],
        "rpt_class_robustness": ["specification_count", "share_same_class", "is_robust",
                                 "first_order_share", "total_share", "most_influential_choice"],
    }  # fmt: skip
    stale = "figures, choices or code have changed since: make multiverse"
    for mart, columns in numbers.items():
        empty = dict.fromkeys(columns)
        tables.frames[mart] = tables.frames[mart].assign(status="stale", **empty)
    frame = tables.frames["rpt_class_robustness"]
    not_stored = "a smaller pair than make multiverse stores"
    is_there = frame["partner_iso3"].ne("TJK") & frame["reporter_iso3"].ne("TJK")
    tables.frames["rpt_class_robustness"] = frame.assign(
        status=frame["status"].where(is_there, "not_computed"),
        reason=np.where(is_there, stale, not_stored),
    )
    assert tables.differs() == set()
    potential = tables.frames["fct_trade_potential"]
    more = potential.assign(year=1999)
    tables.frames["fct_trade_potential"] = pd.concat([potential, more], ignore_index=True)
    assert tables.differs() == {"rpt_class_robustness.rows"}
    own = tables.frames["rpt_class_robustness"]
    added = own[own["kind"] == "log_gravity"].assign(
        year=1999, status="not_computed", reason="make multiverse stores one year of this study"
    )
    tables.frames["rpt_class_robustness"] = pd.concat([own, added], ignore_index=True)
    assert tables.differs() == set()


@pytest.mark.parametrize(
    ("mart", "column", "value"),
    [
        ("fct_multiverse", "huge_share", 0.123),
        ("fct_multiverse", "switched_share", 0.77),
        ("fct_multiverse", "potential_class_alone", "nothing"),
        ("fct_multiverse", "k_ratio_alone", 7.0),
        ("rpt_class_robustness", "share_same_class", 0.123),
        ("rpt_class_robustness", "total_share", 0.123),
        ("rpt_class_robustness", "first_order_share", 0.123),
        ("rpt_class_robustness", "most_influential_choice", "weather"),
        ("rpt_class_robustness", "specification_count", 5),
        ("rpt_class_robustness", "status", "stale"),
    ],
)
def test_a_wrong_number_differs(tables: Tables, mart: str, column: str, value: object) -> None:
    frame = tables.frames[mart]
    changed = [value, *frame[column].tolist()[1:]]
    tables.frames[mart] = frame.assign(**{column: changed})
    assert f"{mart}.{column}" in tables.differs()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("share_same_class", 0.123),
        ("total_share", 0.123),
        ("first_order_share", 0.123),
        ("most_influential_choice", "pair"),
        ("specification_count", 5),
        ("status", "not_computed"),
        ("reason", "nobody knows"),
        ("kind", "log_gravity"),
        ("potential_class", "potential_expansion"),
        ("is_robust", True),
    ],
)
def test_a_wrong_number_of_the_world_differs(tables: Tables, column: str, value: object) -> None:
    frame = tables.frames["rpt_class_robustness"]
    at = int(np.argmax(frame["kind"] == "world"))
    held = frame[column].tolist()
    held[at] = value
    tables.frames["rpt_class_robustness"] = frame.assign(**{column: held})
    assert f"rpt_class_robustness.{column}" in tables.differs()


def test_a_pair_of_the_world_that_is_not_there_differs(tables: Tables) -> None:
    frame = tables.frames["rpt_class_robustness"]
    tables.frames["rpt_class_robustness"] = frame.iloc[:-1]
    assert "rpt_class_robustness.rows" in tables.differs()


def test_a_verdict_that_is_not_that_of_the_share_differs(tables: Tables) -> None:
    frame = tables.frames["rpt_class_robustness"]
    tables.frames["rpt_class_robustness"] = frame.assign(
        is_robust=[None if flag is None else not flag for flag in frame["is_robust"]]
    )
    assert tables.differs() == {"rpt_class_robustness.is_robust"}


def digest(**tables: pd.DataFrame) -> dict[str, str]:
    """Of studies s and t of one reporter, and w of the world, which rests on the same here."""
    scopes = pd.DataFrame({"study_id": [*"stw"], "reporter_scope": ["one", "one", "all_reported"]})
    scopes = scopes.assign(
        reporter_iso3="CHN", partner_scope="all_reported", trade_source="baci",
        ecommerce_series="press", default_spec_id="log",
    )  # fmt: skip
    mappings = pd.DataFrame({"source_code": ["ROM"], "country_iso3": ["ROU"]})
    held = {**tables, digests.STUDIES: scopes, "gate_country_code_mappings": mappings}
    relations = {name: duckdb.from_df(frame) for name, frame in held.items()}
    rows = digests.digest_rows(log_gravity=relations, world=relations)
    assert set(rows["code_digest"]) <= {digests.code(kind) for kind in digests.ENTRIES}
    return dict(zip(rows["study_id"], rows["input_digest"], strict=True))


def test_a_digest_is_of_the_figures_and_the_rows_of_the_study() -> None:
    name = "stg_multiverse__specification_choices"
    own = pd.concat([choices().assign(study_id=study, reason="why") for study in "stw"])
    own = own.reset_index(drop=True)
    figures_ = pd.DataFrame({"year": [2019, 2020], "observed_value": [1.0, 2.0]})
    before = digest(**{name: own, "gate_figures": figures_})
    assert set(before) == {"s", "t", "w"}
    assert len(set(before.values())) == 3
    shuffled = digest(**{name: own.sample(frac=1.0, random_state=1), "gate_figures": figures_})
    assert shuffled == before
    assert digest(**{name: own.assign(reason="else"), "gate_figures": figures_}) == before
    changed = own.assign(is_default=own["is_default"] & (own["study_id"] != "t"))
    after = digest(**{name: changed, "gate_figures": figures_})
    assert (after["s"] == before["s"], after["t"] == before["t"]) == (True, False)
    revised = digest(**{name: own, "gate_figures": figures_.assign(observed_value=[1.0, 2.5])})
    assert (revised["s"] == before["s"], revised["t"] == before["t"]) == (False, False)


def test_the_code_of_a_digest_is_what_the_numbers_come_from() -> None:
    files = {
        kind: {path.relative_to(digests.LIBRARY).as_posix() for path in digests.modules(kind)}
        for kind in digests.ENTRIES
    }
    used = {"gravity/estimators.py", "index/components.py", "ppml/solve.py", "linalg.py"}
    assert used <= files["log_gravity"]
    assert not {path for path in files["log_gravity"] if path.startswith("structural/")}
    assert {"multiverse/two_way.py", "structural/pair_refit.py", "linalg.py"} <= files["world"]
    for held in files.values():
        assert not {path for path in held if path.startswith(("audit/", "release/"))}
    assert digests.code("world") != digests.code("log_gravity")
