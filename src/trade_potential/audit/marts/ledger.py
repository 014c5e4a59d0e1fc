"""The ledger of lost rows beside its second computation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.lost_world import world_reasons
from trade_potential.audit.marts.panel import panel_of
from trade_potential.audit.marts.sample import PAIR, ZERO, samples_of
from trade_potential.audit.marts.samples import said_of, where_kept

KEY = ["study_id", "spec_kind", "spec_id", "lost_to", "reporter_code", "partner_code", "year"]
COLUMNS = [*KEY, "partner_iso3", "step", "reason"]
NAMES = {"lost_step": "step", "lost_reason": "reason"}


def check_ledger(gated: Gated) -> Iterator[Compared]:
    """Every row that a panel, an index, PPML or a world loses, its step and its reason.

    Which rows a world loses another audit counts (decision 027); here it is why.
    """
    found = samples_of(gated)
    where = where_kept(found, "reporter_code || '-' || partner_code", codes=True)
    published = gated.part("fct_row_ledger", *COLUMNS, where=where)
    of_world = published[published["spec_kind"] == "structural"]
    again = [_of_panels(gated), _of_ppml(gated), _of_indices(gated), world_reasons(gated, of_world)]
    yield compared(
        "fct_row_ledger",
        published,
        pd.concat(again, ignore_index=True)[COLUMNS],
        key=KEY,
        said=said_of(found),
    )


def _of_panels(gated: Gated) -> pd.DataFrame:
    parts = [one.rows[one.rows["lost_step"].notna()] for one in samples_of(gated)]
    lost = pd.concat(
        [pd.DataFrame(columns=[*COLUMNS, *NAMES]).drop(columns=list(NAMES.values())), *parts]
    )
    is_zero = lost["lost_reason"].astype(str).str.startswith(ZERO)
    lost_to = np.where(is_zero, "logarithms", "all")
    return lost.rename(columns=NAMES).assign(spec_kind="gravity", lost_to=lost_to)


def _of_ppml(gated: Gated) -> pd.DataFrame:
    """Rows that PPML leaves out by itself, as its verified estimates say."""
    rows = gated["est_gravity_losses"].rename(columns={"estimator": "lost_to"})
    sides = rows["pair_id"].astype(str).str.split("-", n=1)
    own = {side: sides.str[k] for k, side in enumerate(PAIR)}
    return rows.assign(spec_kind="gravity", partner_iso3=sides.str[1], **own)


def _of_indices(gated: Gated) -> pd.DataFrame:
    parts = [
        index.rows[index.rows["lost_step"].notna()].assign(
            study_id=index.study_id, spec_id=index.spec_id
        )
        for index in panel_of(gated).indices
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    names = {"country_code": "partner_code", "country_iso3": "partner_iso3", **NAMES}
    rows = pd.concat(parts, ignore_index=True).rename(columns=names)
    return rows.assign(spec_kind="index", lost_to="all", reporter_code=None)
