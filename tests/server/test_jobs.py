"""Job directories over REST: what they say of themselves, and nothing that they could do with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from heplens.files import jobs
from heplens.files.jobs import find_jobs

from .conftest import Ask
from .test_access import refused


def keep(folder: Path, **status: Any) -> Path:
    """A job directory as `heplens.jobs` leaves it."""
    (folder / "partials").mkdir(parents=True)
    progress = {"done": 3, "failed": 1, "total": 8, "events": 300, "total_events": 800, "text": "…"}
    told = {"heplens_job": 1, "id": "abc", "name": "muons", "state": "running", "updated": 5.0, "progress": progress}
    (folder / "status.json").write_text(json.dumps(told | status))
    return folder


async def test_jobs_below_the_root(ask: Ask, root: Path) -> None:
    keep(root / "sub folder" / "job #1", name="<b>Z → μμ</b>", updated=9.0)
    keep(root / "older")
    keep(root / ".hidden")
    code, body = await ask("jobs")
    assert (code, body["protocol"], body["whole"]) == (200, 1, True)
    assert [job["path"] for job in body["jobs"]] == ["sub folder/job #1", "older"]
    first = body["jobs"][0]
    assert (first["id"], first["name"], first["state"], first["created"]) == ("abc", "<b>Z → μμ</b>", "running", 0)
    assert first["progress"] == {"done": 3, "failed": 1, "total": 8, "events": 300, "total_events": 800}


async def test_who_may_ask(jp_fetch: Any, root: Path, desk: Any) -> None:
    code, body = await refused(jp_fetch, "jobs", {}, headers={"Authorization": ""})
    assert code == 403 and "not logged in" in body["message"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "no JSON", "null", '{"heplens_job": 2}', "[" * 100_000, '{"heplens_job": 1, "progress": 3, "name": {}}'],
)
def test_what_is_no_job_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "status.json").write_text(text)
    found = find_jobs(str(tmp_path))["jobs"]
    assert len(found) == ("progress" in text)
    for job in found:
        assert job["name"] is None and job["progress"]["done"] == 0


def test_numbers_that_json_does_not_have(tmp_path: Path) -> None:
    keep(tmp_path / "job", updated=float("nan"), created=float("inf"), pid=True)
    (job,) = find_jobs(str(tmp_path))["jobs"]
    json.dumps(job, allow_nan=False)
    assert (job["updated"], job["created"], job["pid"]) == (0, 0, 0)


def test_links_are_not_followed_and_big_trees_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    keep(outside / "job")
    keep(root / "mine")
    (root / "link").symlink_to(outside)
    (root / "stolen").mkdir()
    (root / "stolen" / "status.json").symlink_to(outside / "job" / "status.json")
    (root / "mine" / "partials" / "deep").mkdir()
    assert [job["path"] for job in find_jobs(str(root))["jobs"]] == ["mine"]
    monkeypatch.setattr(jobs, "FOLDERS", 2)
    assert find_jobs(str(root))["whole"] is False
