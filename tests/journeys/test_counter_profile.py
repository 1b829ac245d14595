"""A thief of the browser's profile has every byte of it and can read no one; and a restart of the browser loses nothing."""

import shutil
import time

import pytest
from playwright.sync_api import sync_playwright

from tests.journeys.test_counter_offline import ADDRESS, NAME, SLIP, Clerk
from tests.journeys.wire import wired

pytestmark = pytest.mark.browser


def test_a_thief_with_the_browsers_profile_reads_nobody_and_a_restart_loses_nothing(demo, tmp_path):
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("NO CHROMIUM HERE: browser tests are skipped.")
    profile = tmp_path / "profile"
    typed = [NAME, ADDRESS, "Zzyzx"]

    def opened(driver):
        return driver.chromium.launch_persistent_context(
            profile, executable_path=found, args=["--no-sandbox", "--disable-gpu"], locale="en-GB"
        )

    with sync_playwright() as driver, wired(int(demo.counter.rsplit(":", 1)[1])) as wire:
        context = opened(driver)
        clerk = Clerk(context.pages[0], demo, wire)
        clerk.sign_in()
        wire.cut()
        typed.append(clerk.fill())
        clerk.submit()
        clerk.page.wait_for_selector(SLIP, timeout=30_000)
        key = clerk.page.inner_text("[data-slip-key]")
        clerk.page.reload()
        typed.append(clerk.fill())  # and a form that is still open when the lights go out
        time.sleep(2)
        context.close()
        assert bytes_with(profile, key), "what is searched for in this way is found where it is"
        assert [text for text in typed if bytes_with(profile, text)] == []

        context = opened(driver)
        clerk = Clerk(context.pages[0], demo, wire)
        clerk.page.goto(clerk.base + "/register/")
        clerk.waits_for("waiting")
        wire.mend()
        clerk.sign_in()
        clerk.waits_for("done")
        context.close()
        assert [text for text in typed if bytes_with(profile, text)] == []


def bytes_with(folder, text):
    """Return the files that contain a text, in the encodings of a browser."""
    forms = [text.encode(), text.encode("utf-16-le")]
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and any(form in file.read_bytes() for form in forms)
    ]
