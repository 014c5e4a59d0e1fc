"""Every page in every language: no error, no other host, values of the marts, accessible."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from trade_potential.release.front import Release
from trade_potential.words import LANGUAGES, Words

HERE = Path(__file__).parent
NAMES = (
    "index", "choose", "partner", "track", "quality", "models", "robustness", "replication",
    "vintages", "method", "glossary", "downloads",
)  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SAMPLE = 40
UNREADABLE = ("undefined", "NaN", "[object", "site_")
DESKTOP, PHONE = 1280, 360


def path_of(language: str, name: str) -> str:
    return f"{'' if language == 'en' else language + '/'}{name}.html"


@contextmanager
def opened(
    browser: Browser, address: str, *, width: int = DESKTOP, scheme: Any = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """A page that has shown itself, and what went wrong on the way."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    page.on("requestfailed", lambda of: wrong.append(f"failed {of.url}"))
    page.on(
        "console", lambda of: wrong.append(of.text) if of.type in ("error", "warning") else None
    )
    home = address.split("/site")[0] + "/"
    page.on(
        "request",
        lambda of: (
            None if of.url.startswith((home, "data:", "blob:")) else wrong.append(f"asked {of.url}")
        ),
    )
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    try:
        yield page, wrong
    finally:
        context.close()


@pytest.fixture(params=["http", "file"])
def address(request: pytest.FixtureRequest, site: Path, served: str) -> Callable[[str], str]:
    root = served if request.param == "http" else site.as_uri()
    return lambda path: f"{root}/{path}"


def test_the_list_of_pages_is_the_site_s(site: Path) -> None:
    assert {path.stem for path in site.glob("*.html")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_opens_without_an_error_and_asks_nobody_else(
    browser: Browser, address: Callable[[str], str], language: str, name: str
) -> None:
    with opened(browser, address(path_of(language, name))) as (page, wrong):
        assert wrong == []
        assert page.locator("h1").inner_text() == Words(language).text(f"site_{name}.title")
        text = page.inner_text("body")
        assert [sign for sign in UNREADABLE if sign in text] == []


def test_a_page_that_asks_another_host_is_noticed(browser: Browser, tmp_path: Path) -> None:
    planted = tmp_path / "site" / "index.html"
    planted.parent.mkdir()
    planted.write_text(
        '<html data-ready="1"><img src="http://example.invalid/a.png"></html>', encoding="utf-8"
    )
    with opened(browser, planted.as_uri()) as (page, wrong):
        page.wait_for_timeout(200)
        assert any("asked http://example.invalid" in text for text in wrong)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_accessible_and_fits_a_phone(
    browser: Browser, served: str, name: str, scheme: str
) -> None:
    width = PHONE if scheme == "dark" else DESKTOP
    address = f"{served}/{path_of('en', name)}"
    with opened(browser, address, width=width, scheme=scheme) as (page, _):
        page.evaluate((HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        told = [f"{of['id']}: {of['nodes'][0]['html'][:120]}" for of in found["violations"]]
        assert told == []
    with opened(browser, address, width=PHONE) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_those_of_the_mart(
    browser: Browser, served: str, releases: Path, language: str
) -> None:
    words = Words(language)
    with Release.current(releases) as release:
        mart = release.mart("rpt_answer")
        places = mart.project("reporter_iso3, partner_iso3, flow, year").order("all").fetchall()
        chance = random.Random(language)  # noqa: S311 (which rows)
        for reporter, partner, flow, year in chance.sample(places, SAMPLE):
            found = mart.filter(
                f"reporter_iso3 = '{reporter}' and partner_iso3 = '{partner}' and flow = '{flow}' "
                f"and year = {year}"
            )
            row = dict(zip(found.columns, found.fetchall()[0], strict=True))
            said = f"reporter={reporter}&partner={partner}&flow={flow}&year={year}"
            with opened(browser, f"{served}/{path_of(language, 'choose')}#{said}") as (page, wrong):
                assert wrong == []
                for shows, text in _expected(row, words).items():
                    assert page.locator(f'[data-shows="{shows}"]').inner_text() == text, (
                        said,
                        shows,
                    )


def _expected(row: dict[str, Any], words: Words) -> dict[str, str]:
    """What the card of a row shows, by what it says it shows."""
    found = {}
    for column in ("actual_usd", "predicted_usd"):
        found[column] = "\u2013" if row[column] is None else words.money(row[column])
    found["k_ratio"] = "\u2013" if row["k_ratio"] is None else words.ratio(row["k_ratio"])
    if row["potential_class"]:
        found["k_pair_out_ratio"] = words.ratio(row["k_pair_out_ratio"])
    if row["lasting_class"]:
        low, high = (words.ratio(row[f"k_lasting_ci_{end}"]) for end in ("low", "high"))
        found["k_lasting_ci"] = words.text("site_script.interval", low=low, high=high)
    return found


def test_the_address_holds_the_choice_and_nonsense_is_named(browser: Browser, served: str) -> None:
    with opened(browser, f"{served}/partner.html#reporter=UZB&partner=KAZ&year=2019") as (page, _):
        assert page.locator("#reporter").input_value() == "UZB"
        page.locator("#flow").select_option("exports")
        page.wait_for_function("location.hash.includes('flow=exports')")
        page.locator("header nav.languages a[lang=zh]").click()
        page.wait_for_selector("html[lang=zh][data-ready]", state="attached")
        assert page.locator("#reporter").input_value() == "UZB"
        assert page.locator("#flow").input_value() == "exports"
    with opened(browser, f"{served}/index.html#reporter=XYZ&year=1850") as (page, wrong):
        assert wrong == []
        told = page.locator("#message").inner_text()
        assert "XYZ" in told
        assert "1850" in told
        assert page.locator("#reporter").input_value() == "CHN"


def test_every_control_works(browser: Browser, served: str) -> None:
    for name in ("index", "choose", "partner"):
        with opened(browser, f"{served}/{name}.html") as (page, wrong):
            for select in page.locator("select").all():
                values = [of.get_attribute("value") for of in select.locator("option").all()]
                for value in (values[0], values[len(values) // 2], values[-1]):
                    select.select_option(value)
                    page.wait_for_timeout(60)
            buttons = [of.get_attribute("id") for of in page.locator("button[id]:visible").all()]
            for button in buttons:
                page.locator(f"#{button}").click()
            for head in ("partner", "actual", "actual", "certainty"):
                if page.locator(f'[data-sort="{head}"]').count():
                    page.locator(f'[data-sort="{head}"]').click()
            assert wrong == []


def test_the_ranking_sorts_and_two_partners_stand_side_by_side(
    browser: Browser, served: str, tmp_path: Path
) -> None:
    with opened(browser, f"{served}/index.html#reporter=UZB") as (page, _):
        page.locator('[data-sort="partner"]').click()
        names = page.locator("#ranking tbody th").all_inner_texts()
        assert names == sorted(names, key=str.casefold)
    with opened(browser, f"{served}/choose.html#reporter=UZB&partner=KAZ&second=KGZ") as (page, _):
        assert page.locator(".card").count() == 2
        with page.expect_download() as file:
            page.locator("#csv").click()
        file.value.save_as(tmp_path / "rows.csv")
        head, *rows = (tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines()
        assert head.startswith("reporter_iso3,partner_iso3,flow,year,")
        assert {row.split(",")[1] for row in rows} == {"KAZ", "KGZ"}


def test_it_prints_and_can_be_used_with_the_keyboard(browser: Browser, served: str) -> None:
    with opened(browser, f"{served}/index.html") as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        assert len(page.pdf(format="A4")) > 20_000
        page.emulate_media(media="print")
        assert not page.locator("header nav").first.is_visible()
