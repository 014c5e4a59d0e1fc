"""Every number of every peer, and what the text of a call says about it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd
from tests.reference.peers.make_data import STUDIES, make
from tests.reference.peers.python_peers import peer_rows
from tests.reference.peers.rows import bandwidth

HERE = Path(__file__).resolve().parent
FILES = ("plm.csv", "gretl.csv")


@cache
def panels() -> dict[str, pd.DataFrame]:
    """The panels by name."""
    return make()


@cache
def stored_rows() -> pd.DataFrame:
    """What R and gretl gave."""
    return pd.concat(
        pd.read_csv(HERE / name, keep_default_na=False, na_values={"value": [""]}) for name in FILES
    )


@cache
def all_rows(dataset: str) -> pd.DataFrame:
    """Numbers on a panel: those of R and gretl as stored, the others computed now."""
    found = stored_rows()
    own = peer_rows(panels()[dataset], STUDIES[dataset], dataset=dataset)
    return pd.concat([found[found["dataset"] == dataset], own], ignore_index=True)


def variant(peer: str, option: str) -> str:
    """Which estimate of the variance of the effects a call uses."""
    if "unbalanced=stata" in option:
        return "stata sa"
    if peer == "plm" or "small_sample" in option or "unbalanced=bc" in option:
        return "baltagi_chang"
    return "harmonic"


def lag_of(option: str, n_years: int) -> int:
    """Lags of a call with the covariance of Driscoll and Kraay."""
    if named := re.search(r"(?:maxlags?|lag|bandwidth) ?= ?(\d+)", option):
        return int(named.group(1))
    return int(n_years**0.25) if option == "vcovSCC(m)" else bandwidth(n_years)


@cache
def components(dataset: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Standard deviations of the effects and the rest by estimator and variant."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    rows = all_rows(dataset)
    for row in rows[rows["quantity"].isin(["sigma_u", "sigma_e"])].to_dict("records"):
        key = str(row["estimator"]), variant(str(row["peer"]), str(row["option"]))
        found.setdefault(key, {})[str(row["quantity"])] = float(row["value"])
    return {key: (item["sigma_u"], item["sigma_e"]) for key, item in found.items()}
