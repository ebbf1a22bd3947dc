"""Reads settings from the environment and collects every mistake, so that all are told at once in plain words."""

import ipaddress
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Environment:
    """django-environ behind one habit: a wrong or missing variable becomes one line that says what to do."""

    def __init__(self, dotenv: Path) -> None:
        self.live = False
        self.complaints: list[str] = []
        self._env = environ.Env()
        if dotenv.exists():
            environ.Env.read_env(str(dotenv))

    def complain(self, name: str, remedy: str) -> None:
        self.complaints.append(f"{name}: {remedy}")

    def raise_complaints(self) -> None:
        if self.complaints:
            raise ImproperlyConfigured("\n".join(self.complaints))

    def text(self, name: str, default: str) -> str:
        """The variable; one that is set but empty counts as unset."""
        return str(self._env.str(name, default="")).strip() or default

    def needed(self, name: str, sandbox: str, what: str) -> str:
        """A value that live mode cannot do without."""
        value = self.text(name, "")
        if self.live and (not value or value == sandbox):
            self.complain(name, f"is missing; live mode needs {what}")
        return value or sandbox

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
            self.complain(name, f"is {value!r}; write true or false")
        return value in {"true", "1", "yes", "on"}

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of the allowed words; the first is the default."""
        value = self.text(name, "") or allowed[0]
        if value not in allowed:
            self.complain(name, f"is {value!r}; write one of: {', '.join(allowed)}")
        return value

    def number(self, name: str, default: int, needed: str = "") -> int:
        if needed and self.live and not self.text(name, ""):
            self.complain(name, f"is missing; live mode needs {needed}")
        value = self.text(name, "") or str(default)
        if not value.isdigit():
            self.complain(name, f"is {value!r}; write a whole number, for example {default}")
            return default
        return int(value)

    def numbers(self, name: str, default: list[int]) -> list[int]:
        values = self.list(name, [str(number) for number in default])
        if not all(value.isdigit() for value in values):
            self.complain(name, f"is {','.join(values)!r}; write whole numbers separated by commas")
            return default
        return [int(value) for value in values]

    def decimal(self, name: str, default: str) -> Decimal:
        value = self.text(name, "") or default
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0:
            self.complain(name, f"is {value!r}; write a number, for example {default}")
            return Decimal(default)
        return number

    def list(self, name: str, default: list[str], needed: str = "") -> list[str]:
        values = [value.strip() for value in self.text(name, "").split(",") if value.strip()]
        if needed and self.live and not values:
            self.complain(name, f"is missing; live mode needs {needed}")
        return values or default

    def address(self, name: str, live: str, sandbox: str) -> str:
        """A base address: sandbox mode stays on this machine, live mode leaves it."""
        value = (self.text(name, "") or (live if self.live else sandbox)).rstrip("/")
        if value and not value.startswith(("http://", "https://")):
            self.complain(name, f"is {value!r}; write an address that begins with https://")
        elif value and is_loopback(value) == self.live:
            remedy = (
                "leaves this machine in sandbox mode; unset it" if not self.live else "is on this machine in live mode"
            )
            self.complain(name, f"is {value!r}, which {remedy}, or change STICKERTRENDZ_MODE")
        return value

    def database(self, name: str, var_dir: Path) -> dict[str, Any]:
        """SQLite in the data folder by default; CONN_MAX_AGE and never a pool, which breaks forked workers."""
        url = self.text(name, "") or f"sqlite:///{var_dir / 'db.sqlite3'}"
        try:
            config: dict[str, Any] = self._env.db_url_config(url)
        except (ValueError, ImproperlyConfigured):
            config = {}
        if not config.get("ENGINE"):
            self.complain(name, "cannot be read; write sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME")
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
        config["CONN_MAX_AGE"] = 600
        if config["ENGINE"].endswith("sqlite3"):
            config["OPTIONS"] = {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-32768;",
            }
            config["TEST"] = {"NAME": str(var_dir / "test.sqlite3")}
        else:
            config["CONN_HEALTH_CHECKS"] = True
        return config

    def mail(self, name: str, var_dir: Path) -> dict[str, Any]:
        """Mail goes to files in the data folder until EMAIL_URL names a server."""
        url = self.text(name, "")
        if not url:
            if self.live:
                self.complain(
                    name, "is missing; live mode needs your mail server, for example smtp+tls://USER:PASSWORD@HOST:587"
                )
            url = f"filemail:///{var_dir / 'mail'}"
        try:
            config: dict[str, Any] = self._env.email_url_config(url)
        except (ValueError, KeyError, ImproperlyConfigured):
            self.complain(name, "cannot be read; write smtp+tls://USER:PASSWORD@HOST:587")
            return {}
        if "EMAIL_FILE_PATH" in config and not url.startswith("filemail"):
            config.pop("EMAIL_FILE_PATH")
        elif "EMAIL_FILE_PATH" in config:
            config["EMAIL_FILE_PATH"] = "/" + str(config["EMAIL_FILE_PATH"]).lstrip("/")
        return config
