"""Draw the pictures of the README and the docs from the marts.

Usage: python docs/figures.py [DATABASE] [FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import altair as alt
import duckdb
import pandas as pd
from figure_answers import ANSWERS, answer_matrix
from figure_rows import QUERIES, SMALL, WIDE, cuts_of, in_words, missing, ticks_of

from trade_potential.inference.registry import ESTIMATORS

ROOT = Path(__file__).resolve().parents[1]
PALETTE = ("#e69f00", "#d9d9d9", "#56b4e9", "#f0e442", "#009e73", "#cc79a7")
"""Of classes in their order: colour-blind safe (Okabe and Ito), light enough for dark text."""
LARGEST_PARTNERS = 30
SIDE_BY_SIDE = {"pooled": "#999999", "random": "#e69f00", "mundlak": "#0072b2", "ppml": "#d55e00"}


def _title(text: str, *lines: str) -> alt.Title:
    style = {"anchor": "start", "frame": "group", "offset": 10}
    return alt.Title(text, subtitle=lines, subtitleFontSize=11, subtitleColor="#444", **style)


def _class_colour(classes: pd.DataFrame) -> alt.Color:
    words = in_words(classes)
    return alt.Color(
        "class_rule:N",
        title=None,
        scale=alt.Scale(domain=list(words.values()), range=list(PALETTE[: len(words)])),
        legend=alt.Legend(orient="top", labelLimit=300, symbolOpacity=1),
    )


def heat_table(potential: pd.DataFrame, classes: pd.DataFrame) -> alt.LayerChart:
    """K of every partner and year of a small study, coloured by class."""
    shown = potential.assign(class_rule=potential["class_label"].map(in_words(classes)))
    first = shown.iloc[0]
    base = alt.Chart(shown).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, orient="top", domain=False)),
        y=alt.Y("partner_name:N", title=None, axis=alt.Axis(domain=False, ticks=False)),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(color=_class_colour(classes))
    numbers = base.mark_text(fontSize=12).encode(text=alt.Text("k_ratio:Q", format=".2f"))
    title = _title(
        f"{first['study_name']}: K = actual / predicted",
        f"study {first['study_id']}, {first['spec_id']} specification, "
        f"{ESTIMATORS[first['estimator']].words} ({first['estimator_status']})",
    )
    return alt.layer(cells, numbers).properties(width=620, height=190, title=title)


def _cut_lines(classes: pd.DataFrame, **axes: object) -> alt.Chart:
    return (
        alt.Chart(pd.DataFrame({"cut": cuts_of(classes)}))
        .mark_rule(strokeDash=[4, 3], color="#666")
        .encode(x=alt.X("cut:Q", **axes))
    )


def interval_plot(potential: pd.DataFrame, found: Mapping[str, pd.DataFrame]) -> alt.LayerChart:
    """K with its interval for the largest partners of a wide study in its last year."""
    classes = found["classes"]
    year = int(potential["year"].max())
    last = potential[potential["year"] == year]
    last = last.assign(class_rule=last["class_label"].map(in_words(classes)))
    largest = last.nlargest(LARGEST_PARTNERS, "actual_usd_mn").sort_values("k_ratio")
    base = alt.Chart(largest).encode(
        y=alt.Y("partner_name:N", title=None, sort=largest["partner_name"].tolist())
    )
    axes = {
        "title": "K, logarithmic, with 95 % interval",
        "scale": alt.Scale(type="log", nice=False, padding=12),
        "axis": alt.Axis(values=ticks_of(classes), format="~g"),
    }
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("k_ratio_ci_low:Q", **axes),
        x2="k_ratio_ci_high:Q",
        color=_class_colour(classes),
    )
    points = base.mark_point(
        filled=True, size=60, opacity=1, stroke="#333", strokeWidth=0.7
    ).encode(x=alt.X("k_ratio:Q", **axes), color=_class_colour(classes))
    title = _title(
        f"The {len(largest)} largest partners in the sample, {year}",
        f"study {WIDE}, {largest['spec_id'].iloc[0]} specification, "
        f"{ESTIMATORS[largest['estimator'].iloc[0]].words}, {len(last)} partners in the year",
        *missing(found, largest, year),
    )
    layers = alt.layer(_cut_lines(classes, **axes), bars, points)
    return layers.properties(width=620, height=470, title=title)


def estimator_plot(found: Mapping[str, pd.DataFrame]) -> alt.LayerChart:
    """Actual over predicted mean of the largest partners by four estimators."""
    classes, compared = found["classes"], found["compared"]
    year = int(compared["year"].max())
    largest = compared[compared["year"] == year].nlargest(LARGEST_PARTNERS, "actual_usd")
    largest = largest.sort_values("mundlak_k_mean_ratio")
    long = largest.melt(
        id_vars="partner_name",
        value_vars=[f"{name}_k_mean_ratio" for name in SIDE_BY_SIDE],
        var_name="estimator",
        value_name="k_ratio",
    )
    long["estimator"] = [ESTIMATORS[name.split("_")[0]].words for name in long["estimator"]]
    names = [ESTIMATORS[name].words for name in SIDE_BY_SIDE]
    axes = {
        "title": "Actual / predicted mean, logarithmic",
        "scale": alt.Scale(type="log", nice=False, padding=12),
        "axis": alt.Axis(values=ticks_of(classes), format="~g"),
    }
    y = alt.Y("partner_name:N", title=None, sort=largest["partner_name"].tolist())
    ranges = (
        alt.Chart(long)
        .mark_rule(color="#ccc")
        .encode(y=y, x=alt.X("min(k_ratio):Q", **axes), x2="max(k_ratio):Q")
    )
    colours = alt.Scale(domain=names, range=list(SIDE_BY_SIDE.values()))
    shapes = alt.Scale(domain=names, range=["circle", "diamond", "square", "triangle"])
    legend = alt.Legend(orient="top", labelLimit=250)
    points = (
        alt.Chart(long)
        .mark_point(filled=True, size=55, opacity=1)
        .encode(
            y=y,
            x=alt.X("k_ratio:Q", **axes),
            color=alt.Color("estimator:N", title=None, scale=colours, legend=legend),
            shape=alt.Shape("estimator:N", title=None, scale=shapes),
        )
    )
    title = _title(
        f"Four benchmarks of the {len(largest)} largest partners in the sample, {year}",
        f"study {WIDE}, {largest['spec_id'].iloc[0]} specification",
        *missing(found, largest, year),
    )
    layers = alt.layer(ranges, _cut_lines(classes, **axes), points)
    return layers.properties(width=620, height=470, title=title)


def require_drawing(script: str) -> None:
    """Stop in one line where only the environment of a build is there, which draws nothing."""
    if find_spec("vl_convert") is None:
        sys.exit(f"{script}: vl-convert is not installed: run make docs, which installs it")


def save(chart: alt.TopLevelMixin, target: Path) -> None:
    """Write a chart in the style of the docs."""
    styled = chart.configure_view(stroke=None).configure(
        font="DejaVu Sans", background="white", padding=16
    )
    styled.save(target, scale_factor=1.6)
    print(f"wrote {target}")


def main() -> None:
    """Read the marts and write answers.png, trade_potential.png and estimators.png."""
    require_drawing("docs/figures.py")
    arguments = sys.argv[1:]
    database = arguments[0] if arguments else ROOT / "warehouse" / "trade_potential.duckdb"
    folder = Path(arguments[1]) if len(arguments) > 1 else ROOT / "docs" / "images"
    with duckdb.connect(database, read_only=True) as connection:
        potential = connection.execute("select * from marts.rpt_trade_potential").df()
        found = {name: connection.execute(query).df() for name, query in QUERIES.items()}
        answers = connection.execute(ANSWERS).df()
    for study in {SMALL, WIDE} - set(potential["study_id"]):
        sys.exit(f"docs/figures.py: study {study} is not in {database}; it draws nothing else")
    small = potential[potential["study_id"] == SMALL]
    wide = potential[potential["study_id"] == WIDE]
    folder.mkdir(parents=True, exist_ok=True)
    save(answer_matrix(answers, found["classes"]), folder / "answers.png")
    of_china = alt.vconcat(
        heat_table(small, found["classes"]), interval_plot(wide, found), spacing=30
    )
    save(of_china, folder / "trade_potential.png")
    save(estimator_plot(found), folder / "estimators.png")


if __name__ == "__main__":
    main()
