# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium for tests of pages, and the pictures of pages in docs/."""

import contextlib
import tempfile
import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

PATIENCE_SECONDS = 20
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextlib.contextmanager
def browser(width=1400, height=950, dark=False):
    """A Chromium of its own, whose console and network are recorded."""
    with tempfile.TemporaryDirectory(prefix="kaifa-chromium-") as profile:
        options = Options()
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            resize(driver, width, height)
            set_theme(driver, dark)
            yield driver
        finally:
            driver.quit()


def resize(driver, width, height):
    """Gives the page this many dots, whatever the window has."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def set_theme(driver, dark):
    """Has the page see the system's preference for dark or light."""
    feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def console(driver):
    """What the page said there since this was last asked; a page that is well says nothing."""
    return [entry["message"] for entry in driver.get_log("browser")]


def eventually(found):
    """What `found` returns, once that is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (value := found()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return value


def shown(driver):
    """What the page says that it shows, without the narrow spaces between thousands."""
    return driver.find_element(By.ID, "shown").text.replace("\u202f", "")


def choose_first(driver, table="table-frames"):
    """Clicks the first row of a table, which may be drawn anew meanwhile."""

    def clicked():
        with contextlib.suppress(StaleElementReferenceException):
            driver.find_element(By.CSS_SELECTOR, f"#{table} .grid-row").click()
            return True

    eventually(clicked)


def octets_shown(driver):
    """Octets of the frame chosen, in hexadecimal."""
    script = "return [...document.querySelectorAll('.octet')].map((n) => n.textContent).join('')"
    return driver.execute_script(script)
