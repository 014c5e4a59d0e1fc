"""A series by partner and year: its rows, what it covers, and the file of own series."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from trade_potential.errors import InputError
from trade_potential.plain_text import aligned

SEED = Path("seeds/inputs/own_outcomes.csv")


@dataclass(frozen=True)
class OutcomeRow:
    """One figure: the columns of own_outcomes, in their order.

    ``value_as_given`` is the number of the file in ``unit_as_given``; ``value_usd`` is it in
    current US$. What is not known of url and accessed_on is empty.
    """

    series_id: str
    reporter_iso3: str
    partner_iso3: str
    unit_as_given: str
    url: str
    year: int
    value_as_given: float
    value_usd: float
    accessed_on: str


COLUMNS = tuple(field.name for field in fields(OutcomeRow))
NUMBERS = ("year", "value_as_given", "value_usd")


@dataclass(frozen=True)
class Outcome:
    """A series as it was read.

    Attributes:
        series_id: Its name.
        reporter_iso3: Whose outcome it is.
        source: File, and sheet of a workbook.
        layout: long, years or partners (as columns).
        unit: Currency and multiple of the figures in the file.
        rows: By partner and year.
        missing: Partners and years of the table without a figure.
        notes: What was left out or presumed.
    """

    series_id: str
    reporter_iso3: str
    source: str
    layout: str
    unit: str
    rows: tuple[OutcomeRow, ...]
    missing: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]

    @property
    def partners(self) -> tuple[str, ...]:
        """Partners with a figure, in order."""
        return tuple(sorted({row.partner_iso3 for row in self.rows}))

    @property
    def years(self) -> tuple[int, ...]:
        """Years with a figure, in order."""
        return tuple(sorted({row.year for row in self.rows}))

    def coverage(self) -> str:
        """What was read, for people: years with their partners, and partners with their years."""
        years, held = self.years, {(row.partner_iso3, row.year) for row in self.rows}
        said = [
            f"{self.source}",
            f"series {self.series_id} of {self.reporter_iso3}, {self._shape()}, in {self.unit}: "
            f"{len(self.rows)} figures, {len(self.partners)} partners, {years[0]}-{years[-1]}"
            + (f", {len(self.missing)} missing" if self.missing else ""),
            *self.notes,
        ]
        by_year = [["year", "partners", "US$ million"]]
        for year in years:
            own = [row.value_usd for row in self.rows if row.year == year]
            by_year.append([str(year), str(len(own)), f"{sum(own) / 1e6:,.3f}"])
        by_partner = [["partner", "years", "first", "last", "gaps"]]
        for partner in self.partners:
            own_years = [year for year in years if (partner, year) in held]
            gaps = [str(y) for y in range(own_years[0], own_years[-1]) if y not in own_years]
            by_partner.append(
                [partner, *map(str, (len(own_years), own_years[0], own_years[-1])), " ".join(gaps)]
            )
        lines = "".join(f"{line}\n" for line in said)
        return f"{lines}\n{aligned(by_year)}\n{aligned(by_partner)}"

    def _shape(self) -> str:
        return "long" if self.layout == "long" else f"{self.layout} as columns"

    def csv_text(self, before: tuple[tuple[str, ...], ...] = ()) -> str:
        """Header and rows in the form of the seed, behind rows of other series."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(before)
        writer.writerows(astuple(row) for row in self.rows)
        return text.getvalue()

    def write(self, file: str | Path) -> int:
        """Write the rows into a file of own series; those of other series stay.

        Returns:
            How many rows of the same series were replaced.

        Raises:
            InputError: The file is there and is none of own series.
        """
        target = Path(file)
        before: list[tuple[str, ...]] = []
        if target.is_file() and target.stat().st_size:
            with target.open(encoding="utf-8-sig", newline="") as text:
                header, *before = [tuple(row) for row in csv.reader(text) if row]
            if header != COLUMNS:
                rule = f"a file of own series has the header {','.join(COLUMNS)}"
                raise InputError(f'{target}, line 1: "{",".join(header)}" (rule: {rule})')
        kept = tuple(row for row in before if row[0] != self.series_id)
        part = target.with_name(f".{target.name}.part")
        part.write_text(self.csv_text(kept), encoding="utf-8", newline="")
        part.replace(target)  # readers see the old file or the new one
        return len(before) - len(kept)
