"""The page in headless Chromium, at the width of a desk and of a telephone."""

import shutil

import pytest

from pruning_core import Pruner

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")

QUERY = "When did the dam open?"
TEXT = "The dam opened in 1936. Cats purr. Many people saw it. 😀 Dogs bark."
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def model():
    return Pruner.from_pretrained()


@pytest.fixture(params=[1280, 390])
def page(request, browser, model, listen):
    address = listen(model, api_key="the-key")
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page = context.new_page()
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.seen, page.address = seen, address
    page.goto(address)
    yield page
    expected = "Failed to load resource: the server responded with a status of 4"
    assert all(text.startswith((address, "data:", expected)) for text in seen), seen
    context.close()


def fill(page, *texts, key="the-key"):
    page.get_by_label("Query").fill(QUERY)
    for number, text in enumerate(texts, 1):
        if number > 1:
            page.get_by_role("button", name="Add a document").click()
        page.get_by_label(f"Document {number}", exact=True).fill(text)
    page.locator("summary").click()
    page.get_by_label("Sent as").fill(key)
    page.get_by_role("button", name="Prune", exact=True).click()


def kept(page):
    return "".join(page.locator("article .text span").all_text_contents())


def asked(page):
    return sum(url.endswith("/v1/prune") for url in page.seen)


def test_what_stays_is_shown_and_copied_and_the_slider_asks_nobody(page, model):
    fill(page, TEXT)
    page.locator("article").wait_for()
    result = model.prune(QUERY, TEXT)
    assert kept(page) == result.text
    assert page.locator("article .text").text_content() == TEXT
    numbers = page.locator("article .numbers").text_content()
    assert f"Score {result.score:.3f}" in numbers
    assert f"{result.compression:.0%} removed".replace("%", " %") in numbers
    pieces = [TEXT[s.start : s.end] for s in result.sentences]
    spared = sum(model.count_tokens(TEXT[s.start : s.end]) for s in result.sentences if not s.kept)
    assert f"{spared} of {sum(map(model.count_tokens, pieces))} tokens spared" in numbers
    page.get_by_role("button", name="Copy what stays", exact=True).click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == result.text
    slider = page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == f"{model.config.default_threshold:.3g}"
    slider.focus()
    page.keyboard.press("End")
    assert kept(page) == model.prune(QUERY, TEXT, threshold=1).text
    page.keyboard.press("Home")
    assert kept(page) == TEXT
    assert "0 % removed" in page.locator("article .numbers").text_content()
    assert asked(page) == 1


def test_documents_come_best_first_and_what_goes_can_be_hidden(page):
    fill(page, "Cats purr. Dogs bark.", TEXT)
    page.locator("article").nth(1).wait_for()
    assert page.locator("article h3").all_text_contents() == ["Document 2", "Document 1"]
    assert page.locator("del").first.is_visible()
    page.get_by_label("Show what goes").uncheck()
    assert not page.locator("del").first.is_visible()


def test_a_hostile_document_stays_text(page):
    fill(page, f"{HOSTILE} {TEXT}")
    page.locator("article").wait_for()
    assert page.locator("article .text").text_content() == f"{HOSTILE} {TEXT}"
    assert page.locator("article img, article script").count() == 0
    assert page.title() == "Prune documents for a query"


def test_an_error_is_shown_and_the_next_try_works(page):
    fill(page, TEXT, key="wrong")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").text_content() == ("Not pruned: the key is missing or wrong")
    page.get_by_label("Sent as").fill("the-key")
    page.get_by_role("button", name="Prune", exact=True).click()
    page.locator("article").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_files_are_documents(page):
    page.get_by_label("Query").fill(QUERY)
    page.locator("#files").set_input_files(
        {"name": "dam.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}
    )
    assert page.get_by_label("dam.txt", exact=True).input_value() == TEXT
    data = page.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['Cats.'], 'cats.md'));"
        " return d; }"
    )
    page.dispatch_event("body", "drop", {"dataTransfer": data})
    page.get_by_label("cats.md", exact=True).wait_for()
    assert page.locator("textarea").count() == 2


def test_everything_is_reached_by_keyboard_and_nothing_is_wider_than_the_screen(page):
    page.get_by_label("Query").focus()
    page.keyboard.type(QUERY)
    page.keyboard.press("Tab")
    page.keyboard.type(TEXT)
    page.get_by_role("group").locator("summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("the-key")
    page.keyboard.press("Enter")
    page.locator("article").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    names = page.evaluate(
        "[...document.querySelectorAll('button, input, textarea')].every("
        "e => e.labels?.length || e.textContent || e.ariaLabel)"
    )
    assert names


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_read_in_light_and_dark(page, scheme):
    page.emulate_media(color_scheme=scheme)
    fill(page, TEXT)
    page.locator("article").wait_for()
    ratio = page.evaluate(
        """() => {
          const luminance = (css) => {
            const parts = css.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
              .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
          };
          const page = luminance(getComputedStyle(document.body).backgroundColor);
          return Math.min(...[...document.querySelectorAll("p, del, span, label, h1, a, summary")]
            .filter((e) => e.textContent)
            .map((e) => luminance(getComputedStyle(e).color))
            .map((v) => (Math.max(v, page) + 0.05) / (Math.min(v, page) + 0.05)));
        }"""
    )
    assert ratio >= 4.5  # of WCAG AA
