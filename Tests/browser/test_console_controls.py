"""The dashboard and the emergency controls in a real browser, with a user on the page while an operator switches."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.console import Operator

ZONE = ZoneInfo("Asia/Shanghai")
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def operator(console_site):
    return Operator(console_site, "operator")


@pytest.fixture
def console(console_site, operator, open_browser):
    browser = open_browser(console_site, operator)
    browser.speak("en")
    yield browser
    operator.act("/controls/resume", {"reason": "a test has ended"})
    operator.act("/controls/method", {"method": "MOCK", "is_off": False, "reason": "a test has ended"})


def do(browser, action, **fields):
    """An action of the controls, as an operator does it."""
    browser.open("/admin/controls")
    browser.click(f"[data-open={action}]")
    browser.fill(**fields, reason="a test")
    browser.click(f"#{action} [type=submit]")
    browser.until(lambda: not browser.shown("dialog"), "the page after " + action)


def days():
    today = datetime.now(ZONE).date()
    return today - timedelta(days=1), today


def dashboard(browser, more=""):
    first, last = days()
    browser.open(f"/admin/dashboard?from={first - timedelta(days=1)}&to={last}{more}")
    browser.see("canvas")


def charts(browser):
    """What each chart of the page shows, and how many colours it was painted in."""
    return browser.driver.execute_script("""
        return [...document.querySelectorAll("canvas")].map((canvas) => {
          const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          const { labels, datasets } = Chart.getChart(canvas).data;
          const table = canvas.closest("section").querySelector("table");
          return { colours: new Set(pixels).size, labels, series: datasets.map(({ label, data }) => ({ label, data })),
            rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim())) };
        });""")


def test_charts_are_drawn_and_the_tables_beneath_say_the_same(console_site, figures, console):
    dashboard(console, "&by=day")
    rates, causes, durations, amounts, refunds = charts(console)
    for chart in (rates, causes, durations, amounts, refunds):
        assert chart["colours"] > 10 and chart["series"], chart
    for place, row in enumerate(rates["rows"]):
        assert row[0] == rates["labels"][place]
        for series, cell in zip(rates["series"], row[1:], strict=True):
            shown = None if series["data"][place] is None else f"{series['data'][place]:.1f} %"
            assert cell.startswith(shown) if shown else not any(map(str.isdigit, cell)), (series, cell)
    for place, row in enumerate(causes["rows"]):
        counts = [series["data"][place] for series in causes["series"]]
        assert row == [causes["labels"][place], *map(str, counts), str(sum(counts))]
    for place, row in enumerate(durations["rows"]):
        assert [float(cell.split()[0]) for cell in row[2:]] == pytest.approx(
            [series["data"][place] for series in durations["series"]], abs=0.1)
    for place, row in enumerate(amounts["rows"]):
        paid, refunded = (series["data"][place] for series in amounts["series"])
        assert [float(cell) for cell in row[3:]] == pytest.approx([paid, refunded, paid - refunded])
    assert sum(refunds["series"][1]["data"]) == int(console_site.value(
        "SELECT COUNT(*) FROM refunds WHERE status = 'SUCCEEDED'"))
    # The sums are those of the tables themselves.
    total = int(console_site.value("SELECT SUM(amount) FROM payments WHERE status = 'SUCCEEDED'"))
    assert sum(amounts["series"][0]["data"]) == pytest.approx(total / 100)


def test_a_period_is_chosen_and_taken_home_as_a_table(figures, console):
    dashboard(console)
    console.click(".links a:nth-child(2)")
    console.until(lambda: "by=" not in console.driver.current_url, "seven days")
    assert console.see("[name=by]").get_attribute("value") == "day"
    first, last = days()
    for name, day in (("from", first), ("to", last)):
        console.driver.execute_script("arguments[0].value = arguments[1]", console.see(f"[name={name}]"), str(day))
    console.driver.execute_script("arguments[0].value = 'hour'", console.see("[name=by]"))
    console.click(".filters [type=submit]")
    console.until(lambda: "by=hour" in console.driver.current_url, "hours")
    chart = charts(console)[0]
    assert len(chart["labels"]) > 12 and {label[:10] for label in chart["labels"]} == {str(first), str(last)}
    address = console.see("section:nth-of-type(4) a[href*='statistics.csv']").get_attribute("href")
    text = console.driver.execute_async_script(
        "fetch(arguments[0]).then((answer) => answer.text()).then(arguments[1])", address)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted({row["slot"][:16].replace("T", " ") for row in rows}) == chart["labels"]


def test_charts_follow_the_theme(figures, console):
    dashboard(console)
    colour = "return Chart.getChart(document.querySelector('canvas')).options.plugins.legend.labels.color"
    light = console.driver.execute_script(colour)
    console.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    console.until(lambda: console.driver.execute_script(colour) != light, "the dark colours")


@pytest.mark.parametrize("action, method", [("off", "WeChat Pay"), ("backup", "Alipay"), ("up", "WeChat Pay")])
def test_a_question_about_a_method_names_it(console, action, method):
    console.open("/admin/controls")
    console.click(f"[data-open={action}-{method.split()[0].lower()}]")
    assert console.text("dialog p").startswith(method + ": ")


def test_a_method_is_switched_off_while_a_user_is_on_its_pages(console_site, operator, console):
    user = console_site.new_user()
    placed = user.order()
    console.take_session(user)
    console.open("/coin")
    console.click(".card:nth-child(1)")
    console.click(".choice:has([value=MOCK])")
    console.new_tab(f"/coin/pay/{placed['order_no']}")
    console.take_session(operator)
    do(console, "off-mock")
    assert console.shown("[data-open=on-mock]")
    console.take_session(user)
    # The coin centre that was open takes no order by it any more and says why.
    console.look_at_tab(0)
    console.click("#buy [type=submit]")
    console.until(lambda: console.text("[data-error]"), "what is wrong")
    assert console.path == "/coin"
    console.open("/coin")
    assert "Mock" in console.text(".choice.off") and not console.shown(".choice:has([value=MOCK])")
    # The payment that runs can be gone on with, and arrives.
    console.look_at_tab(1)
    console.open(f"/coin/pay/{placed['order_no']}")
    console.click("[data-mock-result=success]")
    console.wait_state("PAID")
    assert user.balance() == 100
    # What the browser notes is the refusal of the order.
    assert all("503" in problem for problem in console.problems())
    console_site.assert_ledger_holds()


def test_letters_for_minutes_are_no_pause_without_an_end(console_site, console):
    console.open("/admin/controls")
    console.click("[data-open=pause]")
    console.fill(minutes="abc", reason="a test")
    console.click("#pause [type=submit]")
    assert "a whole number of minutes" in console.text("#pause [data-error]")
    assert console_site.value("SELECT mode FROM site_controls") == "OPEN"
    assert any("400" in problem for problem in console.problems())


@pytest.mark.parametrize("language, words", [("zh-CN", "维护中"), ("en", "Back soon")])
def test_a_pause_is_told_to_users_as_text_until_somebody_ends_it(console_site, operator, console, language, words):
    user = console_site.new_user()
    do(console, "pause", notice_zh=f"维护中 {MARKUP}", notice_en=f"Back soon {MARKUP}", minutes="30")
    assert f"Back soon {MARKUP}" in console.text(".facts")
    console.take_session(user)
    console.speak(language)
    console.open("/coin")
    assert f"{words} {MARKUP}" in console.text(".maintenance") and not console.all(".maintenance img")
    assert not console.shown("#buy [type=submit]")
    console.take_session(operator)
    do(console, "resume")
    console.take_session(user)
    console.open("/coin")
    assert not console.shown(".maintenance") and console.shown("#buy [type=submit]")
