"""Loads Celery with Django, so that every `send_task` knows its broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
