"""Draw the pictures of the README and the docs from the marts.

Usage: python docs/figures.py [DATABASE] [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import altair as alt
import duckdb
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
COLOURS = {  # colour-blind safe (Okabe and Ito), light enough for dark text
    "Huge potential": "#e69f00",
    "Potential expansion": "#d9d9d9",
    "Potential reshaping": "#56b4e9",
}
LARGEST_PARTNERS = 30


ESTIMATORS = {
    "random": "random effects",
    "mundlak": "correlated random effects",
    "pooled": "pooled least squares",
    "between": "between partners",
    "ppml": "PPML",
}


def _class_colour() -> alt.Color:
    return alt.Color(
        "class_label:N",
        title=None,
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(orient="top", labelLimit=200),
    )


def heat_table(potential: pd.DataFrame) -> alt.LayerChart:
    """K of every partner and year of a small study, coloured by class."""
    base = alt.Chart(potential).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, orient="top", domain=False)),
        y=alt.Y("partner_name:N", title=None, axis=alt.Axis(domain=False, ticks=False)),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(color=_class_colour())
    numbers = base.mark_text(fontSize=12).encode(text=alt.Text("k_ratio:Q", format=".2f"))
    title = alt.Title(
        "China's e-commerce trade with Central Asia: K = actual / predicted",
        subtitle=f"study central_asia, {potential['spec_id'].iloc[0]} specification, "
        f"{ESTIMATORS[potential['estimator'].iloc[0]]} ({potential['estimator_status'].iloc[0]})",
        anchor="start",
    )
    return alt.layer(cells, numbers).properties(width=620, height=190, title=title)


def interval_plot(potential: pd.DataFrame) -> alt.LayerChart:
    """K with its interval for the largest partners of a wide study in its last year."""
    year = int(potential["year"].max())
    last = potential[potential["year"] == year]
    largest = last.nlargest(LARGEST_PARTNERS, "actual_usd_mn").sort_values("k_ratio")
    base = alt.Chart(largest).encode(
        y=alt.Y("partner_name:N", title=None, sort=largest["partner_name"].tolist())
    )
    scale = alt.Scale(type="log", nice=False)
    axis = alt.Axis(values=[0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 2, 4, 8], format="~g")
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X(
            "k_ratio_ci_low:Q", title="K, logarithmic, with 95 % interval", scale=scale, axis=axis
        ),
        x2="k_ratio_ci_high:Q",
        color=_class_colour(),
    )
    points = base.mark_point(
        filled=True, size=60, opacity=1, stroke="#333", strokeWidth=0.7
    ).encode(x=alt.X("k_ratio:Q", scale=scale, axis=axis), color=_class_colour())
    cuts = (
        alt.Chart(pd.DataFrame({"cut": [0.8, 1.2]}))
        .mark_rule(strokeDash=[4, 3], color="#666")
        .encode(x=alt.X("cut:Q", scale=scale, axis=axis))
    )
    title = alt.Title(
        f"The {LARGEST_PARTNERS} partners with the largest e-commerce trade, {year}",
        subtitle=f"study china_world, {largest['spec_id'].iloc[0]} specification, "
        f"{ESTIMATORS[largest['estimator'].iloc[0]]}, {last.shape[0]} partners in the year",
        anchor="start",
    )
    return alt.layer(cuts, bars, points).properties(width=620, height=470, title=title)


SIDE_BY_SIDE = {"pooled": "#999999", "random": "#e69f00", "mundlak": "#0072b2", "ppml": "#d55e00"}


def estimator_plot(compared: pd.DataFrame) -> alt.LayerChart:
    """Actual over predicted mean of the largest partners by four estimators."""
    year = int(compared["year"].max())
    largest = compared[compared["year"] == year].nlargest(LARGEST_PARTNERS, "actual_usd")
    largest = largest.sort_values("mundlak_k_mean_ratio")
    long = largest.melt(
        id_vars="partner_name",
        value_vars=[f"{name}_k_mean_ratio" for name in SIDE_BY_SIDE],
        var_name="estimator",
        value_name="k_ratio",
    )
    long["estimator"] = [ESTIMATORS[name.split("_")[0]] for name in long["estimator"]]
    names = [ESTIMATORS[name] for name in SIDE_BY_SIDE]
    scale = alt.Scale(type="log", nice=False, padding=12)
    axis = alt.Axis(values=[0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 2, 4, 8], format="~g")
    axis_title = "Actual / predicted mean, logarithmic"
    x = alt.X("k_ratio:Q", title=axis_title, scale=scale, axis=axis)
    y = alt.Y("partner_name:N", title=None, sort=largest["partner_name"].tolist())
    ranges = (
        alt.Chart(long)
        .mark_rule(color="#ccc")
        .encode(
            y=y,
            x=alt.X("min(k_ratio):Q", scale=scale, axis=axis, title=axis_title),
            x2="max(k_ratio):Q",
        )
    )
    points = (
        alt.Chart(long)
        .mark_point(filled=True, size=55, opacity=1)
        .encode(
            y=y,
            x=x,
            color=alt.Color(
                "estimator:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(SIDE_BY_SIDE.values())),
                legend=alt.Legend(orient="top", labelLimit=250),
            ),
            shape=alt.Shape(
                "estimator:N",
                title=None,
                scale=alt.Scale(domain=names, range=["circle", "diamond", "square", "triangle"]),
            ),
        )
    )
    cuts = (
        alt.Chart(pd.DataFrame({"cut": [0.8, 1.2]}))
        .mark_rule(strokeDash=[4, 3], color="#666")
        .encode(x=alt.X("cut:Q", scale=scale, axis=axis, title=axis_title))
    )
    title = alt.Title(
        f"Four benchmarks of the {LARGEST_PARTNERS} largest partners, {year}",
        subtitle="study china_world, recommended specification",
        anchor="start",
    )
    return alt.layer(ranges, cuts, points).properties(width=620, height=470, title=title)


def save(chart: alt.TopLevelMixin, target: Path) -> None:
    """Write a chart in the style of the docs."""
    styled = chart.configure_view(stroke=None).configure(
        font="DejaVu Sans", background="white", padding=16
    )
    styled.save(target, scale_factor=1.6)
    print(f"wrote {target}")


def main() -> None:
    """Read the marts and write trade_potential.png and estimators.png."""
    arguments = sys.argv[1:]
    database = arguments[0] if arguments else ROOT / "warehouse" / "trade_potential.duckdb"
    folder = Path(arguments[1]) if len(arguments) > 1 else ROOT / "docs" / "images"
    with duckdb.connect(database, read_only=True) as connection:
        potential = connection.execute("select * from marts.rpt_trade_potential").df()
        compared = connection.execute(
            "select countries.country_name as partner_name, compared.* "
            "from marts.rpt_estimator_comparison as compared "
            "inner join marts.dim_country as countries "
            "on compared.partner_iso3 = countries.country_iso3 "
            "where study_id = 'china_world' and spec_id = 'recommended'"
        ).df()
    small = potential[potential["study_id"] == "central_asia"]
    wide = potential[potential["study_id"] == "china_world"]
    folder.mkdir(parents=True, exist_ok=True)
    answer = alt.vconcat(heat_table(small), interval_plot(wide), spacing=30)
    save(answer, folder / "trade_potential.png")
    save(estimator_plot(compared), folder / "estimators.png")


if __name__ == "__main__":
    main()
