"""The floor: one connection that commits one row a transaction, by the bare driver.

The row is as large as an access's, in a table of its own with the same indexes.
"""

import sqlite3
import time
from pathlib import Path
from typing import Protocol

import psycopg

from certstore.chance import reference

_RECORD = "x" * 700  # as long as a pull's record


class Floor(Protocol):
    """Writes rows that survive a fall of the power."""

    def insert(self, count: int) -> float:
        """Commit so many rows, each by itself; the seconds it took."""
        ...


class SqliteFloor:
    """SQLite with a write-ahead log, written through on every commit, as ours."""

    def __init__(self, path: Path) -> None:
        """Open a file of its own, beside the house's."""
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE floor (id INTEGER PRIMARY KEY, ref TEXT UNIQUE, at TEXT, record TEXT)"
        )

    def insert(self, count: int) -> float:
        """Commit so many rows, each by itself; the seconds it took."""
        refs = [reference() for _ in range(count)]
        run, began = self._connection.execute, time.perf_counter()
        for ref in refs:
            run("BEGIN IMMEDIATE")
            run("INSERT INTO floor (ref, at, record) VALUES (?, ?, ?)", (ref, "2026", _RECORD))
            run("COMMIT")
        return time.perf_counter() - began


class PostgresFloor:
    """PostgreSQL by psycopg, one transaction for each row."""

    def __init__(self, url: str) -> None:
        """Open the house's database."""
        plain = url.replace("postgresql+psycopg://", "postgresql://")
        self._connection = psycopg.connect(plain, autocommit=True)
        self._connection.execute(
            "CREATE TABLE floor (id serial PRIMARY KEY, ref text UNIQUE, at text, record text)"
        )

    def insert(self, count: int) -> float:
        """Commit so many rows, each by itself; the seconds it took."""
        refs = [reference() for _ in range(count)]
        run, began = self._connection.execute, time.perf_counter()
        for ref in refs:
            run("INSERT INTO floor (ref, at, record) VALUES (%s, %s, %s)", (ref, "2026", _RECORD))
        return time.perf_counter() - began
