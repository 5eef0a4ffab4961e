from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sample_page import LANGUAGES, SYSTEMS, sample

from pyserini_xqg.report.write import write_page

type Open = Callable[..., Page]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page") / "sample.html"
    write_page(place, sample())
    return place


@pytest.fixture
def visit(browser: Browser, path: Path) -> Iterator[Open]:
    """Opens the page; in the end nothing must have complained, and nothing but the file must have been asked for."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def open_page(width: int = 1280, colours: str = "light", **settings: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=colours, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert set(asked) == {path.as_uri()}


def column(page: Page, table: int, place: int) -> list[str]:
    return (
        page.locator("table")
        .nth(table)
        .locator(f"tbody tr > :nth-child({place + 1}) > span:first-child")
        .all_inner_texts()
    )


def header(page: Page, table: int, place: int):
    return page.locator("table").nth(table).locator("thead th").nth(place)


def test_a_click_sorts_figures_from_the_largest_and_dashes_come_last_both_ways(visit: Open):
    page = visit()
    place = LANGUAGES.index("sw") + 1
    original = column(page, 0, place)
    figures = sorted((float(text) for text in original if text != "–"), reverse=True)
    header(page, 0, place).locator("button").click()
    assert column(page, 0, place) == [*(f"{value:.1f}" for value in figures), "–"]
    assert header(page, 0, place).get_attribute("aria-sort") == "descending"
    header(page, 0, place).locator("button").click()
    assert column(page, 0, place) == [*(f"{value:.1f}" for value in reversed(figures)), "–"]
    header(page, 0, place).locator("button").click()
    assert column(page, 0, place) == original
    assert header(page, 0, place).get_attribute("aria-sort") == "none"


def test_whole_rows_move(visit: Open):
    page = visit()
    before = set(page.locator("table").first.locator("tbody tr").all_inner_texts())
    header(page, 0, 4).locator("button").click()
    assert set(page.locator("table").first.locator("tbody tr").all_inner_texts()) == before


def test_the_keyboard_sorts_and_one_column_at_a_time(visit: Open):
    page = visit()
    header(page, 0, 0).locator("button").focus()
    page.keyboard.press("Enter")
    assert header(page, 0, 0).get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Space")
    assert column(page, 0, 0)[0] == f"h  {SYSTEMS[-1]}".replace("  ", " ")
    assert page.locator("[role=status]").inner_text() == "Sorted descending by System"
    header(page, 0, 1).locator("button").press("Enter")
    assert [header(page, 0, place).get_attribute("aria-sort") for place in (0, 1)] == ["none", "descending"]


def test_figures_sort_by_value_and_words_as_a_reader_would(visit: Open):
    page = visit()
    header(page, 1, 2).locator("button").click()
    assert column(page, 1, 2) == ["101", "12", "3", "n/a"]
    header(page, 1, 0).locator("button").click()
    assert column(page, 1, 0) == ["d2", "d9", "d17", "d101"]


def pasted(page: Page) -> str:
    """What the clipboard holds, as a person finds out."""
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), {id: 'pasted'}))")
    page.locator("#pasted").press("Control+v")
    return page.locator("#pasted").input_value()


# Another command each time: the clipboard outlives a page.
@pytest.mark.parametrize(("clipboard", "place"), [(True, 1), (False, 0)], ids=["with a clipboard", "without one"])
def test_a_command_is_copied(visit: Open, clipboard: bool, place: int):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    if not clipboard:
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("summary").click()
    button = page.locator(".copy").nth(place)
    button.click()
    expect(button).to_have_text(re.compile("^Copied"))
    assert page.locator("[role=status]").inner_text() == "Copied"
    assert button.evaluate("button => button === document.activeElement")
    assert pasted(page) == page.locator("code").nth(place).inner_text()
    expect(button).to_have_text(re.compile("^Copy(?!ied)"))


def test_where_the_browser_forbids_copying_the_command_is_selected(visit: Open):
    page = visit()
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false"
    )
    page.locator("summary").click()
    page.locator(".copy").first.click()
    expect(page.locator(".copy").first).to_have_text(re.compile(r"^Press Ctrl\+C"))
    assert page.evaluate("getSelection().toString()") == page.locator("code").first.inner_text()


def test_plots_are_drawn_in_the_pages_colours_and_their_words_stay_inside(visit: Open):
    light, dark = visit(), visit(colours="dark")
    drawn = light.locator("svg")
    assert drawn.count() == 4
    for place in range(4):
        plot = drawn.nth(place)
        box = plot.bounding_box()
        assert box is not None and box["width"] > 300 and box["height"] > 150
        marks = (
            "svg => [...svg.querySelectorAll('path, use')].filter(mark => mark.getBBox().width + "
            "mark.getBBox().height > 0).length"
        )
        assert plot.evaluate(marks) > 10
        outside = """svg => { const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1
                || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
        }).map(text => text.textContent) }"""
        assert plot.evaluate(outside) == []
        colours = "svg => [...svg.querySelectorAll('text')].map(text => getComputedStyle(text).fill)"
        for one, other in zip(plot.evaluate(colours), dark.locator("svg").nth(place).evaluate(colours), strict=True):
            assert one != other


def test_names_of_points_do_not_overlap(visit: Open):
    overlapping = """svg => {
        const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
        return boxes.flatMap(([name, one], n) => boxes.slice(n + 1).filter(([, other]) =>
            Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
                && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3
        ).map(([other]) => [name, other])) }"""
    page = visit()
    for place in range(4):
        assert page.locator("svg").nth(place).evaluate(overlapping) == []


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_light_and_dark_follow_the_system_until_the_reader_chooses_and_the_choice_is_kept(visit: Open):
    page = visit()
    light = ground(page)
    page.emulate_media(color_scheme="dark")
    dark = ground(page)
    assert light != dark
    button = page.locator(".theme")
    assert button.inner_text() == "Light"
    button.click()
    assert ground(page) == light and button.inner_text() == "Dark"
    page.reload()
    assert ground(page) == light


def contrast(page: Page, selector: str) -> float:
    """As WCAG 2 defines it, of an element's words on the page's ground."""

    def luminance(colour: str) -> float:
        channels = [int(channel) / 255 for channel in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (
            channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    words = page.locator(selector).first.evaluate(
        "element => { const style = getComputedStyle(element); return element.ownerSVGElement ? style.fill : "
        "style.color }"
    )
    one, other = sorted((luminance(words), luminance(ground(page))), reverse=True)
    return (one + 0.05) / (other + 0.05)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_kind_of_words_stands_out_from_its_ground(visit: Open, colours: str):
    page = visit(colours=colours)
    for selector in (
        "p",
        ".summary p",
        ".caption",
        "nav a",
        ".good > span",
        ".bad > span",
        ".quiet > span",
        "sup",
        ".theme",
        "svg text",
        "footer dd",
    ):
        assert contrast(page, selector) >= 4.5, selector


def test_the_page_never_scrolls_sideways(visit: Open):
    page = visit()
    page.locator("summary").click()
    for width in (320, 360, 768, 1280, 1800):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_tables_scroll_in_their_box_and_the_first_column_stays(visit: Open):
    page = visit(360)
    box = page.locator(".table .scroll").first
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    name = page.locator("tbody th").first
    before = name.bounding_box()
    box.evaluate("box => { box.scrollLeft = 200 }")
    after = name.bounding_box()
    assert before is not None and after is not None and abs(before["x"] - after["x"]) < 1


def test_the_tab_key_reaches_everything_in_order_and_what_has_the_focus_shows_it(visit: Open):
    page = visit()
    page.evaluate("document.querySelector('details').open = true")
    wanted = page.evaluate("document.querySelectorAll('a[href], button, summary, [tabindex=\"0\"]').length")
    # Listening in the page spares a question after each key.
    page.evaluate("""() => { window.reached = []; window.unmarked = []; addEventListener('focusin', ({ target }) => {
        reached.push(target);
        if (getComputedStyle(target).outlineStyle === 'none') unmarked.push(target.outerHTML);
    }) }""")
    for _ in range(wanted):
        page.keyboard.press("Tab")
    assert page.evaluate("unmarked") == []
    assert page.evaluate("new Set(reached).size") == wanted
    assert page.evaluate(
        "reached.every((one, n) => n === 0 || (reached[n - 1].compareDocumentPosition(one) & "
        "Node.DOCUMENT_POSITION_FOLLOWING) !== 0)"
    )


def test_the_skip_link_leads_to_the_content(visit: Open):
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_the_keyboard_opens_commands(visit: Open):
    page = visit()
    page.locator("summary").press("Enter")
    assert page.locator(".copy").first.is_visible()


def test_contents_lead_to_each_section(visit: Open):
    page = visit()
    for link in page.locator("nav a").all():
        name = (link.get_attribute("href") or "").removeprefix("#")
        assert page.locator(f"[id='{name}']").inner_text() == link.inner_text()


def test_hostile_words_are_only_words(visit: Open):
    page = visit()
    assert page.locator("tbody td", has_text='<script>alert(1)</script> & "quotes"').count() == 1
    assert page.locator("script").count() == 1


def test_the_policy_stops_a_script_that_was_put_in(browser: Browser, path: Path, tmp_path: Path):
    changed = tmp_path / "changed.html"
    changed.write_text(
        path.read_text(encoding="utf-8").replace(
            "</body>", "<script>window.ran = 1</script><img src='https://example.com/'></body>"
        ),
        encoding="utf-8",
    )
    page = browser.new_page()
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(changed.as_uri())
    assert page.evaluate("window.ran") is None
    assert asked == [changed.as_uri()]
    page.close()


def test_on_paper_everything_is_open_and_in_light_colours(visit: Open):
    page = visit(colours="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("code").first.is_visible() and not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('section p')).color") == "rgb(27, 33, 38)"
    assert page.locator(".scroll").first.evaluate("box => getComputedStyle(box).overflowX") == "visible"


def test_without_scripts_nothing_promises_what_it_cannot_do(visit: Open):
    page = visit(java_script_enabled=False)
    page.locator("summary").click()
    assert page.locator("code").first.is_visible()
    assert not page.locator(".copy").first.is_visible() and not page.locator(".theme").is_visible()
