"""What all tests share: the real servers, and no skipping where everything must be there."""

import os

import pytest

from tests.servers import migrated_postgres_url as migrated_postgres_url
from tests.servers import nats_server as nats_server
from tests.servers import postgres_url as postgres_url
from tests.servers import s3_server as s3_server

_CI = bool(os.environ.get("CI"))  # noqa: TID251 - a setting of the test run, not of the service


def _turned(report, why):
    report.outcome = "failed"
    report.longrepr = f"skipped under CI, where every part must be there: {why}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if _CI and report.skipped and not hasattr(report, "wasxfail"):
        return _turned(report, report.longrepr)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if _CI and report.skipped:
        return _turned(report, report.longrepr)
    return report
