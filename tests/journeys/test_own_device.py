"""The clerk's USB token: the agent on the own computer signs what goes to the department."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running_platform import Platform
from soft_token import DRIVER
from steps import become, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(180)]

CLERK, SCHOOL_CODE, PIN = "Nhân viên văn thư", "79267400001", "246810"
HERE = Path(__file__).parent


class Agent:
    """The signing agent as a person starts it, and what it says in its window."""

    def __init__(self, platform: Platform, folder: Path, environment: dict[str, str]) -> None:
        self._said: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-u", "-m", "hocba_agent", "--no-browser"),
                *("--module", DRIVER, "--port", str(platform.agent_port)),
                *("--folder", str(folder / "agent"), "--allow-origin", platform.url),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        self.hears("ready")

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line)

    def hears(self, pattern: str) -> str:
        """Wait until the window says this; answers the first group, or all of it."""
        while True:
            found = re.search(pattern, self._said.get(timeout=30))
            if found:
                return found.group(found.lastindex or 0)


@pytest.fixture
def agent(platform: Platform, tmp_path: Path) -> Iterator[Agent]:
    """A token with the school's demo key in it, and the agent beside it."""
    if not (DRIVER and shutil.which("softhsm2-util")):
        warnings.warn("SoftHSM2 absent: the own device is NOT tested (softhsm2)", stacklevel=1)
        pytest.skip("KHÔNG kiểm thử thiết bị ký: chưa cài softhsm2 (softhsm2 is not installed)")
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(configuration)}
    label = ("--label", "van-thu", "--so-pin", "13579024", "--pin", PIN)
    made = ["softhsm2-util", "--init-token", "--free", *label]
    subprocess.run(made, env=environment, check=True, capture_output=True)
    keys = platform.var / "demo" / "keys"
    file, password = keys / f"unit-{SCHOOL_CODE}.p12", keys / "password"
    put = [sys.executable, HERE / "soft_token.py", file, password, "van-thu", PIN]
    subprocess.run(put, env=environment, check=True, capture_output=True)
    started = Agent(platform, tmp_path, environment)
    yield started
    started.process.terminate()
    started.process.wait(10)
    assert started.process.stdout is not None
    started.process.stdout.close()


def sign_with(agent: Agent, page: Page) -> None:
    """Connect, pair once, choose the certificate, and type the PIN into the agent's own page."""
    page.get_by_role("button", name="Kết nối thiết bị ký").click()
    code = page.get_by_label("Mã 6 số")
    choose = page.get_by_text("Chọn chứng thư số rồi bấm Ký.")
    expect(code.or_(choose).first).to_be_visible()
    if code.is_visible():
        code.fill(agent.hears(r"Mã ghép nối: (\d{3} \d{3})"))
        page.get_by_role("button", name="Ghép nối").click()
    expect(choose).to_be_visible()
    expect(page.get_by_text("Trường Tiểu học Hoa Mai (DEMO)").last).to_be_visible()
    page.locator("#agent-certificates").get_by_role("button", name="Ký").click()
    window = page.context.new_page()
    window.goto(agent.hears(r"(http://127\.0\.0\.1:\d+/pin/\S+)"))
    window.locator("#pin").fill(PIN)
    picture(window, "agent-pin")
    window.get_by_role("button", name="Ký (Sign)").click()
    # Not closed here: its answer opens in a browsing group of its own, and closing waits for ever.
    page.bring_to_front()


def test_the_token_sends_records_and_seals_the_files_of_the_families(
    page: Page, platform: Platform, agent: Agent, tmp_path: Path
) -> None:
    become(page, platform, CLERK)
    page.goto(f"{platform.url}/truong/nop/")
    row = page.get_by_role("row").filter(has=page.get_by_role("checkbox")).first
    room = row.get_by_role("rowheader").inner_text().split()[0]
    picture(page, "outbox")
    sign_with(agent, page)
    # The department takes what the token signed as it takes anything else.
    expect(page.get_by_role("heading", level=1)).to_have_text("Gói đã nộp về Sở")
    answer = page.locator("#answers .notice")
    expect(answer).to_contain_text("Đã có kết quả", timeout=60_000)
    expect(answer).to_contain_text(re.compile(r"0 bị từ chối"))
    page.goto(f"{platform.url}/truong/")
    page.get_by_role("link", name=room, exact=True).click()
    page.get_by_role("link", name=re.compile("Phát hành|Ký và phát hành")).first.click()
    expect(page.get_by_text("học bạ chưa có mã trên bản in")).to_be_visible()
    sign_with(agent, page)
    done = page.get_by_text(re.compile(r"Đã ký mã xác thực bản in của \d+ học bạ"))
    expect(done).to_be_visible(timeout=60_000)
    expect(page.get_by_text("bản PDF chưa đóng dấu")).to_be_visible()
    sign_with(agent, page)
    expect(page.get_by_text(re.compile(r"Đã đóng dấu \d+ bản PDF"))).to_be_visible(timeout=60_000)
    picture(page, "sealed-pdfs")
    page.locator("table").last.get_by_role("link", name="Xem").first.click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải PDF").click()
    file = tmp_path / "record.pdf"
    taken.value.save_as(file)
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False)
    assert "Signature is Valid" in said.stdout, said.stdout
    assert "Total document signed" in said.stdout
