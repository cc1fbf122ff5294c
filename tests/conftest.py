"""What all tests share: the markers of those that need real LibreOffice, Chromium or Dovecot, and the fixture of the former."""

from __future__ import annotations

import os
from types import ModuleType

import browser
import office as real_office
import pytest
import servers
from hypothesis import settings

# A busy machine is no failure; under CI the same examples are drawn each time, so that red means a change.
settings.register_profile("ours", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers: pyproject allows no unknown ones."""
    config.addinivalue_line(
        "markers", "office: needs LibreOffice, its Python bridge and pdftoppm; fails without them under CI"
    )
    config.addinivalue_line("markers", "browser: needs Chromium and pdftotext; fails without them under CI")
    config.addinivalue_line("markers", "mailbox: needs Dovecot and openssl; fails without them under CI")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip or fail a marked test before any work is done for it."""
    if item.get_closest_marker("office"):
        real_office.need()
    if item.get_closest_marker("browser"):
        browser.need()
    if item.get_closest_marker("mailbox"):
        servers.need()


@pytest.fixture(scope="session")
def office() -> ModuleType:
    """The module tests/office.py, on a machine where it works."""
    real_office.need()
    return real_office
