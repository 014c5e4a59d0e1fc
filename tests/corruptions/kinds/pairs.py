"""Mistakes in distances and ties of pairs, in places of countries and in agreements."""

from . import changes as c
from . import exchanged as e
from . import mixed as m
from .form import WHOLE, Change, Economy, Kind
from .rows import Pick, every, longer_than_a_year, of_country, of_pairs, where

PAIRS, WORLD, PLACES, SPELLS = (
    ("country_pairs",),
    ("world_pairs",),
    ("countries",),
    ("agreement_spells",),
)
ALL_KM = ("distance_km", "distance_capitals_km", "distance_weighted_km")
MILES, SEA_MILES = 1 / 1.609344, 1 / 1.852

# Of the pair of reporter and economy.
_PAIRS: tuple[tuple[str, Pick, Change], ...] = (
    ("in miles", of_country(), c.scaled(MILES, *ALL_KM)),
    ("in nautical miles", of_country(), c.scaled(SEA_MILES, *ALL_KM)),
    ("in metres", of_country(), c.scaled(1e3, *ALL_KM)),
    ("in thousands of km", of_country(), c.scaled(1e-3, *ALL_KM)),
    ("one column in miles", of_country(), c.scaled(MILES, "distance_km")),
    ("capitals in miles", of_country(), c.scaled(MILES, "distance_capitals_km")),
    ("weighted in miles", of_country(), c.scaled(MILES, "distance_weighted_km")),
    ("lost a digit", of_country(), c.scaled(0.1, *ALL_KM)),
    ("one column lost a digit", of_country(), c.scaled(0.1, "distance_km")),
    ("digits transposed", of_country(), c.digits_transposed),
    ("of another partner", of_country(both=True), c.copied_from_other),
    ("two partners swapped", of_country(both=True), c.countries_swapped),
    ("round trip", of_country(), c.scaled(2.0, *ALL_KM)),
    ("by road", of_country(), c.scaled(1.35, *ALL_KM)),
    ("around the other side of the globe", of_country(), e.other_way_round(*ALL_KM)),
    ("with its sign reversed", of_country(), c.scaled(-1.0, *ALL_KM)),
    ("0 for unknown", of_country(), c.scaled(0.0, *ALL_KM)),
    ("border forgotten or made up", of_country(), c.negated("is_contiguous")),
    ("common language made up", of_country(), c.negated("has_common_official_language")),
    ("colonial tie made up", of_country(), c.negated("had_colonial_tie")),
    ("coast forgotten or made up", of_country(), c.negated("is_partner_landlocked")),
    ("lost", of_country(), c.dropped),
)
_ALL_PAIRS: tuple[tuple[str, Pick, Change], ...] = (
    ("in miles", every, c.scaled(MILES, *ALL_KM)),
    ("weighted in miles", every, c.scaled(MILES, "distance_weighted_km")),
    ("in metres", every, c.scaled(1e3, *ALL_KM)),
    ("borders reversed", every, c.negated("is_contiguous")),
    (
        "borders under coasts and coasts under borders",
        every,
        c.columns_swapped("is_contiguous", "is_partner_landlocked"),
    ),
    (
        "borders and languages under each other",
        every,
        c.columns_swapped("is_contiguous", "has_common_official_language"),
    ),
    ("partners a row off in the sheet", every, m.partners_a_row_off("partner_code")),
)
# Of all pairs of the economy, both ways.
_WORLD: tuple[tuple[str, Pick, Change], ...] = (
    ("in miles", of_pairs(), c.scaled(MILES, *ALL_KM)),
    ("weighted in miles", of_pairs(), c.scaled(MILES, "distance_weighted_km")),
    ("in miles one way", of_pairs("first"), c.scaled(MILES, *ALL_KM)),
    ("in metres", of_pairs(), c.scaled(1e3, *ALL_KM)),
    ("one pair in miles", of_pairs(partner="CHN"), c.scaled(MILES, *ALL_KM)),
    ("one pair lost a digit", of_pairs(partner="CHN"), c.scaled(0.1, *ALL_KM)),
    ("of another economy", of_pairs(both=True), e.copied_pairs),
    ("two economies swapped", of_pairs(both=True), c.countries_swapped),
    ("around the other side of the globe", of_pairs(), e.other_way_round(*ALL_KM)),
    ("borders forgotten", of_pairs(), c.set_to(is_contiguous=False)),
    ("borders forgotten one way", of_pairs("first"), c.set_to(is_contiguous=False)),
    ("colonial ties with all", of_pairs(), c.set_to(had_colonial_tie=True)),
    ("languages reversed", of_pairs(), c.negated("has_common_official_language")),
    ("lost one way", of_pairs("first"), c.dropped),
    ("lost", of_pairs(), c.dropped),
)
_ALL_WORLD: tuple[tuple[str, Pick, Change], ...] = (
    ("in miles", every, c.scaled(MILES, *ALL_KM)),
    ("weighted in miles", every, c.scaled(MILES, "distance_weighted_km")),
    ("in metres", every, c.scaled(1e3, *ALL_KM)),
    (
        "borders and ties under each other",
        every,
        c.columns_swapped("is_contiguous", "had_colonial_tie"),
    ),
    ("borders reversed", every, c.negated("is_contiguous")),
    ("destinations a row off in the sheet", every, m.partners_a_row_off("destination_code")),
)
_PLACES: tuple[tuple[str, Pick, Change], ...] = (
    (
        "latitude and longitude swapped",
        of_country(),
        c.columns_swapped("latitude_deg", "longitude_deg"),
    ),
    ("west for east", of_country(), c.scaled(-1.0, "longitude_deg")),
    ("south for north", of_country(), c.scaled(-1.0, "latitude_deg")),
    ("place in radians", of_country(), c.scaled(0.0174533, "latitude_deg", "longitude_deg")),
    ("place 0, 0 for unknown", of_country(), c.set_to(latitude_deg=0.0, longitude_deg=0.0)),
    ("place of another country", of_country(both=True), e.places_swapped),
    ("coast forgotten or made up", of_country(), c.negated("is_landlocked")),
    (
        "two-letter codes of two countries swapped",
        of_country(both=True),
        e.column_swapped("country_iso2"),
    ),
    ("names of two countries swapped", of_country(both=True), e.column_swapped("country_name")),
    ("lost", of_country(), c.dropped),
)
_SPELLS: tuple[tuple[str, Pick, Change], ...] = (
    ("counted from signature, two years early", of_pairs(), c.shifted_by(-2)),
    ("a year late", longer_than_a_year(of_pairs(), "from_year", "to_year"), c.shifted_by(1)),
    ("of goods taken for customs unions", of_pairs(), c.set_to(agreement_type="CU")),
    (
        "partial ones taken for free trade",
        of_pairs(),
        c.labels_swapped("agreement_type", "PSA", "FTA"),
    ),
    ("two economies swapped", of_pairs(both=True), e.spells_swapped),
    ("ended in 2019", of_pairs(), c.set_to(to_year=2019)),
    ("in two digits", of_pairs(), c.shifted_by(-1900)),
    ("first and last year swapped", of_pairs(), c.columns_swapped("from_year", "to_year")),
    ("lost", of_pairs(), c.dropped),
)

_BRAZIL, _MEXICO = Economy("BRA", "ARG", 3.0), Economy("MEX", "TUR", 17.0)
PAIRED = (
    *(Kind(f"distance and ties: {name}", PAIRS, pick, change) for name, pick, change in _PAIRS),
    *(
        Kind(f"all distances and ties: {name}", PAIRS, pick, change, (WHOLE,))
        for name, pick, change in _ALL_PAIRS
    ),
    *(Kind(f"world pairs: {name}", WORLD, pick, change) for name, pick, change in _WORLD),
    *(
        Kind(f"all world pairs: {name}", WORLD, pick, change, (WHOLE,))
        for name, pick, change in _ALL_WORLD
    ),
    *(Kind(f"countries: {name}", PLACES, pick, change) for name, pick, change in _PLACES),
    *(Kind(f"agreements: {name}", SPELLS, pick, change) for name, pick, change in _SPELLS),
    Kind("agreements of all pairs lost since 2010", SPELLS, e.since(2010), c.dropped, (WHOLE,)),
    Kind(
        "agreements of all pairs a year late",
        SPELLS,
        longer_than_a_year(every, "from_year", "to_year"),
        c.shifted_by(1),
        (WHOLE,),
    ),
    Kind("distance of Brazil in miles", PAIRS, of_country(), c.scaled(MILES, *ALL_KM), (_BRAZIL,)),
    Kind("distances of Brazil in miles", WORLD, of_pairs(), c.scaled(MILES, *ALL_KM), (_BRAZIL,)),
    Kind(
        "code of Romania taken for Russia",
        ("country_code_mappings",),
        where(source_code="ROM"),
        c.set_to(country_iso3="RUS"),
        (WHOLE,),
    ),
)
