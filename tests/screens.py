# SPDX-License-Identifier: EUPL-1.2
"""Screens of every page in three languages at 320 and 1440, light and dark, as one contact sheet an app: `make screens`.

They are made from a fresh demo instance, for people to look at; nothing is compared.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "screens"
LANGUAGES, WIDTHS, SCHEMES = ("en", "zh-hans", "bo"), (1440, 320), ("light", "dark")
THUMBNAIL, TALLEST, GAP = {1440: 300, 320: 110}, 420, 12
APPS = {"backoffice": 0, "counter": 1, "portal": 2}
LINES = 300
OPEN_PAGES = {
    "backoffice": ("/", "/account/login/", "/account/invitation/", "/law/"),
    "counter": ("/account/login/",),
    "portal": ("/",),
}
READERS = {
    "backoffice": ("administrator", "supervisor", "data_protection_officer", "auditor", "campaign_manager"),
    "counter": ("clerk",),
}


def main() -> None:
    """Make the demo, serve it, and write the sheets."""
    from tests.operations.test_process_supervisor import free_ports, started

    with tempfile.TemporaryDirectory(prefix="rollkeeper-screens-") as folder:
        data_dir, port = Path(folder) / "instance", free_ports()
        environment = {k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"} | {
            "ROLLKEEPER_HOME": str(data_dir)
        }
        command = [str(Path(sys.executable).with_name("rollkeeper")), "demo", "--lines", str(LINES)]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        logins = {
            one["role"]: one["password"]
            for one in json.loads((data_dir / "demo-logins.json").read_text("utf-8"))
        }
        with started(data_dir, port), sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
            )
            for app, offset in APPS.items():
                sheet(app, list(screens(browser, app, f"http://localhost:{port + offset}", logins)))


def screens(
    browser: Browser, app: str, origin: str, logins: dict[str, str]
) -> Iterator[tuple[str, int, bytes]]:
    """Give the name, width and picture of each page of an app."""
    for language, scheme in product(LANGUAGES, SCHEMES):
        seen: set[str] = set()
        for role in (None, *READERS.get(app, ())):
            context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
            page = context.new_page()
            enter(page, origin, language, role, logins)
            for path in OPEN_PAGES[app] if role is None else menu(page):
                if path not in seen:
                    seen.add(path)
                    yield from looked_at(page, origin, path, f"{path} {language} {scheme}")
            context.close()


def enter(page: Page, origin: str, language: str, role: str | None, logins: dict[str, str]) -> None:
    """Choose a language, and sign in where a role is given."""
    page.goto(f"{origin}/")
    page.click(f"button[name=language][value={language}]")
    if role:
        page.goto(f"{origin}/account/login/")
        page.fill("#id_login", role)
        page.fill("#id_password", logins[role])
        page.locator("main form button").first.click()
        page.wait_for_load_state()


def menu(page: Page) -> list[str]:
    """Return where the menu leads, and to the first page below each of them."""
    found: list[str] = page.eval_on_selector_all(
        ".rk-menu__link", "all => all.map(one => one.getAttribute('href'))"
    )
    return [*dict.fromkeys([*found, "/account/2fa/", "/account/sessions/", "/nowhere/"])]


def looked_at(page: Page, origin: str, path: str, name: str) -> Iterator[tuple[str, int, bytes]]:
    """Give the picture of one page at each width."""
    page.goto(origin + path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield name, width, page.screenshot(full_page=True)


def sheet(app: str, pictures: list[tuple[str, int, bytes]]) -> None:
    """Write one sheet: thumbnails in rows, each under its name; and each picture by itself."""
    folder = OUT / app
    folder.mkdir(parents=True, exist_ok=True)
    small = []
    for name, width, content in pictures:
        file = f"{name.strip('/').replace('/', '_').replace(' ', '.') or 'first'}.{width}.png"
        (folder / file).write_bytes(content)
        picture = Image.open(io.BytesIO(content)).convert("RGB")
        picture.thumbnail((THUMBNAIL[width], 10_000))
        small.append((name, picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))))
    columns = 8
    cell = max(THUMBNAIL.values()) + GAP, TALLEST + 3 * GAP
    rows = -(-len(small) // columns)
    whole = Image.new("RGB", (columns * cell[0], rows * cell[1]), "#888")
    for position, (name, picture) in enumerate(small):
        left, top = position % columns * cell[0], position // columns * cell[1]
        ImageDraw.Draw(whole).text((left + 4, top + 4), name.encode("ascii", "replace").decode(), fill="#fff")
        whole.paste(picture, (left + 4, top + 2 * GAP))
    whole.save(OUT / f"{app}.png", optimize=True)
    print(OUT / f"{app}.png", len(small))


if __name__ == "__main__":
    main()
