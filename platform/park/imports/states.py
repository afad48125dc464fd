"""The states of an import and the moves between them (pure)."""

from enum import StrEnum

from django.db import models

from park.core.errors import DomainError


class JobStatus(models.TextChoices):
    UPLOADED = "uploaded", "待确认列"
    MAPPED = "mapped", "待预览"
    PREVIEWING = "previewing", "正在预览"
    PREVIEWED = "previewed", "待提交"
    COMMITTING = "committing", "正在导入"
    PUBLISHING = "publishing", "正在发布"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


class JobAction(StrEnum):
    MAP = "map"
    PREVIEW = "preview"
    COMMIT = "commit"
    PUBLISH = "publish"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


RUNNING = frozenset({JobStatus.PREVIEWING, JobStatus.COMMITTING, JobStatus.PUBLISHING})
"""What a worker is at, or should be."""

_MOVES: dict[JobAction, dict[JobStatus, JobStatus]] = {
    JobAction.MAP: {
        JobStatus.UPLOADED: JobStatus.MAPPED,
        JobStatus.MAPPED: JobStatus.MAPPED,
        JobStatus.PREVIEWED: JobStatus.MAPPED,
    },
    JobAction.PREVIEW: {
        JobStatus.MAPPED: JobStatus.PREVIEWING,
        JobStatus.PREVIEWED: JobStatus.PREVIEWING,
    },
    JobAction.COMMIT: {
        JobStatus.MAPPED: JobStatus.COMMITTING,
        JobStatus.PREVIEWED: JobStatus.COMMITTING,
    },
    JobAction.PUBLISH: {JobStatus.DONE: JobStatus.PUBLISHING},
    JobAction.FINISH: {
        JobStatus.PREVIEWING: JobStatus.PREVIEWED,
        JobStatus.COMMITTING: JobStatus.DONE,
        JobStatus.PUBLISHING: JobStatus.DONE,
    },
    JobAction.FAIL: dict.fromkeys(RUNNING, JobStatus.FAILED),
    # What is committed stays: a cancelled import is the part of the file that came first.
    JobAction.CANCEL: dict.fromkeys(
        (
            JobStatus.UPLOADED,
            JobStatus.MAPPED,
            JobStatus.PREVIEWING,
            JobStatus.PREVIEWED,
            JobStatus.COMMITTING,
        ),
        JobStatus.CANCELLED,
    ),
}


def next_status(status: str, action: JobAction) -> JobStatus | None:
    return _MOVES[action].get(JobStatus(status))


def require_move(status: str, action: JobAction) -> JobStatus:
    """Raises DomainError `wrong_state`."""
    following = next_status(status, action)
    if following is None:
        raise DomainError("wrong_state", status=str(status), action=str(action))
    return following


class Outcome(models.TextChoices):
    """What a row comes to: in a preview what would happen, after the commit what did."""

    NEW = "new", "新增"
    CHANGED = "changed", "有变化"
    UNCHANGED = "unchanged", "无变化"
    DOUBTFUL = "doubtful", "待确认"
    BAD = "bad", "有错误"
