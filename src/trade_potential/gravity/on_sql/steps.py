"""The SQL of the gravity models, in the order in which the warehouse runs it."""

from __future__ import annotations

from dataclasses import dataclass

from trade_potential.sql.render import macros


@dataclass(frozen=True)
class Steps:
    """Statements by the name of the model, each on tables of models before it.

    Outside are the sample and what Python decides: fits, weights, time_shifts.
    tests/unit/test_gravity_engines.py compares the text with that of models/gravity.

    Attributes:
        prefix: What the tables are called before the names of the models.
        fit_prefix: What those of the fits are called before theirs.
        keys: Columns that tell samples apart.
        pair: Column of the pair.
        time: Column of the time, whole numbers.
        n_terms: Regressors v1, v2, ...; v0 is the outcome.
    """

    prefix: str
    fit_prefix: str
    keys: list[str]
    pair: str
    time: str
    n_terms: int

    def table(self, name: str) -> str:
        """The table of a model."""
        return self.prefix + name

    @property
    def slots(self) -> list[int]:
        """Of the outcome and the regressors."""
        return list(range(self.n_terms + 1))

    @property
    def _panel(self) -> tuple[list[str], str, str]:
        return self.keys, self.pair, self.time

    def of_moments(self, *, with_times: bool = True) -> dict[str, str]:
        """From the sample to the moments; without times what two-way effects need is left out."""
        sql, at, slots, keys, pair = macros(), self.table, self.slots, self.keys, self.pair
        shifted, means = at("shifted_sample"), at("pair_means")
        of_pairs = (at("origins"), means, at("pair_products"), at("grand_means"))
        steps = {
            "origins": sql.slot_origins(at("sample"), keys, slots),
            "shifted_sample": sql.shifted_panel(at("sample"), at("origins"), *self._panel, slots),
            "pair_means": sql.means_by_pair(shifted, keys, pair, slots),
            "pair_products": sql.products_by_pair(shifted, means, keys, pair, slots),
            "grand_means": sql.grand_means(means, keys, slots),
        }
        over_times: tuple[str, ...] = ()
        if with_times:
            steps["time_sums"] = sql.deviations_by_time(shifted, means, *self._panel, slots)
            steps["time_overlaps"] = sql.overlaps_of_times(shifted, means, *self._panel)
            over_times = (at("time_sums"), at("time_overlaps"), self.time)
        return steps | {"moments": sql.panel_moments(*of_pairs, keys, slots, *over_times)}

    def of_scores(self) -> dict[str, str]:
        """From fits to the sums of products of their scores; the scores of rows are a view."""
        sql, at, slots, keys, pair = macros(), self.table, self.slots, self.keys, self.pair
        fits, weights, shifts = (self.fit_prefix + n for n in ("fits", "weights", "time_shifts"))
        means, grand, of_twoway = at("pair_means"), at("grand_means"), at("twoway_scores")
        panel, design = (*self._panel, slots), list(range(2 * self.n_terms + 1))
        return {
            "scores": sql.row_scores(
                at("shifted_sample"), means, grand, fits, weights, shifts, *panel, True
            ),
            "time_scores": sql.scores_by_time(at("scores"), keys, self.time, design),
            "twoway_scores": sql.twoway_scores_by_pair(at("scores"), keys, pair, design),
            "meat": sql.clustered_meats(
                means, at("pair_products"), grand, fits, weights, of_twoway, keys, pair, slots
            ),
        }

    def of_between(self) -> str:
        """Scores of pairs under the between estimator, which no model asks for."""
        tables = (self.table("pair_means"), self.table("grand_means"), self.fit_prefix + "fits")
        return str(macros().between_scores(*tables, self.keys, self.pair, self.slots))

    def of_powers(self) -> dict[str, str]:
        """From the pooled fit to the products of its powers."""
        sql, at, fits = macros(), self.table, self.fit_prefix + "fits"
        powers = sql.pooled_fit_powers(at("shifted_sample"), fits, *self._panel, self.slots)
        products = sql.power_products(at("fit_powers"), self.keys, self.slots)
        return {"fit_powers": powers, "reset_products": products}
