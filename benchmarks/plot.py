"""CPU seconds against rows, ours and peers, one panel per job."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from benchmarks.jobs import JOBS, OURS, SCAN, label, programs_of
from benchmarks.results import Results, middle

COLOURS = {  # Okabe and Ito; the scan stands behind
    OURS: "#d55e00",
    "linearmodels": "#0072b2",
    "statsmodels": "#009e73",
    "pyfixest": "#cc79a7",
    "gretl": "#e69f00",
    "plm": "#56b4e9",
    "numpy_eigh": "#7f6fc9",
    "numpy_svd": "#4d4d4d",
    SCAN: "#bbbbbb",
}
SHAPES = {
    OURS: "circle",
    "linearmodels": "square",
    "statsmodels": "diamond",
    "pyfixest": "triangle-up",
    "gretl": "triangle-down",
    "plm": "triangle-right",
    "numpy_eigh": "triangle-left",
    "numpy_svd": "cross",
    SCAN: "stroke",
}
SCAN_LABEL = "one scan of the same file"
COLUMNS = 3
POWER = "'1e' + round(log(datum.value) / LN10)"
"""Label of a power of ten, as the tables write it."""


def _label(program: str) -> str:
    return SCAN_LABEL if program == SCAN else label(program)


def points(results: Results) -> pd.DataFrame:
    """Medians by job, program and rows; tasks that were stopped with what they had used by then."""
    rows = []
    for job in JOBS.values():
        if job.name.startswith("scan_"):
            continue
        lines = [(f"scan_{job.kind}", SCAN)]
        lines += [(job.name, program) for program in programs_of(job)]
        for name, program in lines:
            for size in results.sizes([job.name]):
                runs = results.of(name, program, size)
                cpu = middle(runs, "cpu_s")
                if cpu is None:
                    continue
                is_whole = all(run.outcome == "ok" for run in runs)
                rows.append(
                    {
                        "job": job.title,
                        "program": _label(program),
                        "rows": size,
                        "cpu_s": cpu,
                        "is_whole": is_whole,
                    }
                )
    return pd.DataFrame(rows)


def chart(results: Results) -> alt.TopLevelMixin:
    """One panel per job on common logarithmic axes."""
    found = points(results)
    used = [p for p in COLOURS if _label(p) in set(found["program"])]
    names = [_label(program) for program in used]
    span = [float(found["rows"].min()) * 0.7, float(found["rows"].max()) * 1.4]
    seconds = [min(0.1, float(found["cpu_s"].min()) * 0.8), float(found["cpu_s"].max()) * 1.5]
    powers = [10.0**k for k in range(-2, 10)]
    axis: dict[str, Any] = {
        "labelFontSize": 11,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    x = alt.X(
        "rows:Q",
        title="rows",
        scale=alt.Scale(type="log", domain=span, nice=False),
        axis=alt.Axis(values=powers, labelExpr=POWER, **axis),
    )
    y = alt.Y(
        "cpu_s:Q",
        title="CPU seconds",
        scale=alt.Scale(type="log", domain=seconds, nice=False),
        axis=alt.Axis(values=powers, format="~g", **axis),
    )
    colour = alt.Color(
        "program:N",
        title=None,
        scale=alt.Scale(domain=names, range=[COLOURS[program] for program in used]),
        legend=alt.Legend(
            orient="bottom", columns=4, labelLimit=300, labelFontSize=12, symbolSize=90
        ),
    )
    shape = alt.Shape(
        "program:N",
        title=None,
        scale=alt.Scale(domain=names, range=[SHAPES[program] for program in used]),
    )
    panels = []
    for title in found["job"].drop_duplicates():
        mine = found[found["job"] == title]
        base = alt.Chart(mine).encode(x=x, y=y, color=colour)
        whole = base.transform_filter("datum.is_whole")
        lines = whole.mark_line(strokeWidth=1.8)
        marks = whole.mark_point(filled=True, size=60, opacity=1).encode(shape=shape)
        stopped = base.transform_filter("!datum.is_whole").mark_text(
            text="✕", fontSize=15, fontWeight="bold"
        )
        panels.append(
            alt.layer(lines, marks, stopped).properties(
                width=250, height=240, title=alt.Title(title, anchor="start", fontSize=13)
            )
        )
    return alt.concat(*panels, columns=COLUMNS, spacing=22).properties(
        title=alt.Title(
            "CPU seconds of one process against rows",
            subtitle="Both axes logarithmic and the same in every panel; lower is better. "
            "✕: stopped at a limit, with the seconds used until then.",
            anchor="start",
            fontSize=15,
            subtitleFontSize=12,
            offset=14,
        )
    )
