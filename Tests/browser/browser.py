"""A real browser with the few verbs that the tests speak."""

import functools
import urllib.parse

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from support import noted_secrets

PHONE, DESK = (390, 844), (1440, 900)
WAIT_SECONDS = 20


class Browser:
    def __init__(self, base, stripe_port=None):
        self.base = base
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                         "--hide-scrollbars", "--ignore-certificate-errors", "--lang=zh-CN"]:
            options.add_argument(argument)
        if stripe_port:
            options.add_argument(
                "--host-resolver-rules=" + ", ".join(
                    f"MAP {host}.stripe.com:443 127.0.0.1:{stripe_port}" for host in ["js", "api"]))
        options.add_experimental_option("prefs", {
            "intl.accept_languages": "zh-CN"})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))

    def begin(self, base, language="zh-CN", size=DESK, dark=False, script=True, agent=None, zone=None):
        """A visitor who was never here before."""
        self.base = base
        self.note_secrets()
        while len(self.driver.window_handles) > 1:
            self.driver.switch_to.window(self.driver.window_handles[-1])
            self.driver.close()
        self.driver.switch_to.window(self.driver.window_handles[0])
        self.driver.get("about:blank")
        self.cdp("Network.clearBrowserCookies")
        self.cdp("Emulation.setScriptExecutionDisabled", value=not script)
        self.cdp("Network.setUserAgentOverride", userAgent=agent or self.own_agent, acceptLanguage=language)
        self.cdp("Emulation.setTimezoneOverride", timezoneId=zone or "")
        self.dress(size, dark)
        self.problems()
        return self

    @functools.cached_property
    def own_agent(self):
        return self.driver.execute_script("return navigator.userAgent")

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def quit(self):
        self.note_secrets()
        self.driver.quit()

    def note_secrets(self):
        for cookie in self.driver.get_cookies():
            if cookie["name"] in noted_secrets.SESSION_COOKIES:
                noted_secrets.note("session cookie", cookie["value"])

    def dress(self, size, dark):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def speak(self, language):
        self.driver.execute_cdp_cmd("Network.setCookie", {
            "name": "coinpay_lang", "value": language, "url": self.base})

    def offline(self, is_offline):
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    def take_session(self, client):
        """Signs in with the cookie of a client that has done so."""
        self.driver.execute_cdp_cmd("Network.setCookie", {
            "name": "coinpay_session", "value": client.session.cookies["coinpay_session"],
            "url": self.base, "httpOnly": True})

    def open(self, path):
        self.driver.get(self.base + path)

    @property
    def path(self):
        return urllib.parse.urlsplit(self.driver.current_url).path

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def shown(self, selector):
        return [element for element in self.all(selector) if element.is_displayed()]

    def until(self, condition, what):
        def look(_):
            # A page that reloads under our eyes is looked at again.
            try:
                return condition()
            except StaleElementReferenceException:
                return None
            except WebDriverException as error:
                if "does not belong to the document" not in str(error):
                    raise
                return None

        return WebDriverWait(self.driver, WAIT_SECONDS, poll_frequency=0.05).until(
            look, f"waited for {what} at {self.driver.current_url}")

    def see(self, selector):
        """The first shown element, waited for."""
        return self.until(lambda: (self.shown(selector) or [None])[0], selector)

    def text(self, selector):
        """What stands there; read in one look, since a script may put another element in its place."""
        found = self.until(lambda: [element.text for element in self.driver.find_elements(By.CSS_SELECTOR, selector)
                                    if element.is_displayed()], selector)
        return found[0]

    def new_tab(self, path):
        """Opens a second tab and looks at it."""
        self.driver.switch_to.new_window("tab")
        self.open(path)

    def look_at_tab(self, number):
        self.driver.switch_to.window(self.driver.window_handles[number])

    def click(self, selector):
        def click_first():
            for element in self.shown(selector)[:1]:
                # A bar that sticks to the window's edge may lie over what selenium takes for visible.
                self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
                element.click()
                return True
            return False

        self.until(click_first, selector)

    def fill(self, **fields):
        for name, value in fields.items():
            field = self.see(f"[name={name}]")
            field.clear()
            field.send_keys(value)

    def wait_path(self, start):
        self.until(lambda: self.path.startswith(start), f"the page {start}")

    def wait_state(self, state):
        self.until(lambda: self.shown(f'[data-state="{state}"]'), f"the state {state}")

    @property
    def balance(self):
        return int(self.text(".wallet [data-balance]").replace(",", ""))

    def focused(self, expression):
        return self.driver.execute_script(f"return document.activeElement.{expression}")

    def overflow(self):
        """Elements that reach beyond the window."""
        return self.driver.execute_script("""
            const width = document.documentElement.clientWidth;
            return [...document.body.querySelectorAll("*")].filter((element) => {
              const box = element.getBoundingClientRect();
              return box.width && (box.right > width + 1 || box.left < -1)
                && !element.closest(".table, .skip, .side");
            }).map((element) => element.outerHTML.slice(0, 120));""")

    def problems(self):
        """What the browser complained about since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING")]
