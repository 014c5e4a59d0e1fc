"""Samples and their descriptions beside their second computation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated, quoted
from trade_potential.audit.marts.sample import PAIR, Sample, samples_of

ROW = ["study_id", "spec_id", "pair_id", "year"]


def said_of(samples: Sequence[Sample]) -> str:
    """Which specifications are compared in part."""
    return "; ".join(
        f"{one.run.study_id}, {one.run.spec_id}: {one.said}" for one in samples if one.said
    )


def where_kept(samples: Sequence[Sample], pair: str, *, codes: bool = False) -> str:
    """Condition in SQL that a row is of a pair that is compared; empty: every row is.

    Args:
        samples: Made again.
        pair: Expression of the pair.
        codes: Whether it joins the codes of the trade figures, not those of today.
    """
    conditions = []
    for one in samples:
        if one.said:
            names = one.rows[PAIR[0]] + "-" + one.rows[PAIR[1]] if codes else one.rows["pair_id"]
            kept = ", ".join(quoted(name) for name in sorted(names.dropna().unique()))
            run = f"study_id = {quoted(one.run.study_id)} and spec_id = {quoted(one.run.spec_id)}"
            conditions.append(f"(not ({run}) or {pair} in ({kept or 'null'}))")
    return " and ".join(conditions)


def check_samples(gated: Gated) -> Iterator[Compared]:
    """Both samples that estimates rest on, every slot."""
    names = ["reporter_iso3", "partner_iso3", "scale_kind", "outcome_transform"]
    names += ["actual_usd", "outcome_divisor_usd", "imputed_share", "is_unreported"]
    found = samples_of(gated)
    where, said = where_kept(found, "pair_id"), said_of(found)
    for table, with_zeros in (("int_gravity__sample", False), ("int_gravity__ppml_sample", True)):
        slots = [name for name in gated.columns(table) if name[0] == "v" and name[1:].isdigit()]
        rows = [one.with_zeros if with_zeros else one.estimated for one in found]
        columns = [*ROW, *names, *slots]
        again = pd.concat([pd.DataFrame(columns=columns), *rows], ignore_index=True)
        published = gated.part(table, *columns, where=where)
        yield compared(table, published, again[columns], key=ROW, said=said)


def check_descriptives(gated: Gated) -> Iterator[Compared]:
    """Count, mean, standard deviation and range of the outcome and every term."""
    parts = []
    whole = [one for one in samples_of(gated) if not one.said]
    for one in whole:
        for term, slot in {"outcome": 0, **one.slots}.items():
            values = one.estimated[f"v{slot}"].to_numpy(dtype=float)
            values = values[~np.isnan(values)]
            if values.size:
                own = (one.run.study_id, one.run.spec_id, term, slot, values.size, values.mean())
                spread = values.std(ddof=1) if values.size > 1 else np.nan
                parts.append((*own, spread, values.min(), values.max()))
    numbers = ["position", "n_obs", "value_mean", "value_sd", "value_min", "value_max"]
    again = pd.DataFrame(parts, columns=["study_id", "spec_id", "term", *numbers])
    published = gated["fct_gravity_descriptives"]
    runs = {(one.run.study_id, one.run.spec_id) for one in samples_of(gated) if one.said}
    if runs:  # a part of the pairs has other means
        names = zip(published["study_id"], published["spec_id"], strict=True)
        published = published[[name not in runs for name in names]]
    yield compared(
        "fct_gravity_descriptives",
        published,
        again,
        key=["study_id", "spec_id", "term"],
        said="; ".join(f"not of {', '.join(run)}: too many rows" for run in sorted(runs)),
    )
