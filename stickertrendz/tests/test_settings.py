"""Settings: each has a line in .env.example, and a mistake is one line that says what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in a process of its own, with these variables on top of a bare environment."""
    keep = {name: os.environ[name] for name in ("PATH", "VAR_DIR", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**keep, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_read_has_a_line_in_the_example_file() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', (ROOT / "stickertrendz" / "settings.py").read_text()))
    told = re.findall(r"^# .+\n([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(read) == sorted(told)
    assert len(read) > 60


def test_the_example_file_itself_is_a_working_environment(tmp_path: Path) -> None:
    lines = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert start(**{**lines, "VAR_DIR": str(tmp_path)}).returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("MAX_IMAGES_PER_DAY", "many", "MAX_IMAGES_PER_DAY: is 'many'; write a whole number, for example 50"),
        ("AI_MONTHLY_BUDGET_CAP_USD", "-3", "AI_MONTHLY_BUDGET_CAP_USD: is '-3'; write a number, for example 150"),
        ("STICKERTRENDZ_MODE", "test", "STICKERTRENDZ_MODE: is 'test'; write one of: sandbox, live"),
        (
            "DATABASE_URL",
            "nonsense",
            "DATABASE_URL: cannot be read; write sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME",
        ),
        ("EMAIL_URL", "carrier-pigeon://x", "EMAIL_URL: cannot be read; write smtp+tls://USER:PASSWORD@HOST:587"),
        (
            "ETSY_API_URL",
            "openapi.etsy.com",
            "ETSY_API_URL: is 'openapi.etsy.com'; write an address that begins with https://",
        ),
        ("OPENAI_BASE_URL", "https://api.openai.com/v1", "leaves this machine in sandbox mode"),
        ("DEBUG", "maybe", "DEBUG: is 'maybe'; write true or false"),
        ("ETSY_PRODUCTION_PARTNER_IDS", "1,x", "write whole numbers separated by commas"),
        ("FIELD_KEYS", "one:short", "FIELD_KEYS: write id:base64 of 32 random bytes"),
        ("CLOUDFLARE_R2_BUCKET", "pictures", "CLOUDFLARE_R2_PRIVATE_BUCKET: name a second, private bucket"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line_without_a_traceback(name: str, value: str, remedy: str) -> None:
    done = start(**{name: value})
    assert done.returncode == 1
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr


def test_live_mode_names_everything_that_is_missing() -> None:
    told = start(STICKERTRENDZ_MODE="live").stderr
    needed = (
        "SECRET_KEY ALLOWED_HOSTS OPENAI_API_KEY REPLICATE_API_TOKEN ETSY_API_KEY ETSY_API_SECRET ETSY_SHOP_ID "
        "FIELD_KEYS BACKUP_KEY ALERT_EMAIL EMAIL_URL ETSY_PRODUCTION_PARTNER_IDS"
    )
    assert [line.split(":")[0] for line in told.splitlines()] == sorted(needed.split(), key=told.index)


def test_live_mode_never_talks_to_this_machine() -> None:
    assert (
        "which is on this machine in live mode"
        in start(STICKERTRENDZ_MODE="live", ETSY_API_URL="http://127.0.0.1:1/v3").stderr
    )
