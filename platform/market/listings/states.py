"""The states of an entry and the moves between them (pure). Stale and expired follow from dates."""

from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    HELD = "held", "暂缓"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已关闭"
