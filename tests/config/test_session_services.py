"""The services that the test session gave itself are real, its own, and reachable by children."""

import os
import socket

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from pytest_socket import SocketConnectBlockedError


@pytest.mark.django_db
def test_the_database_is_a_test_database_of_a_real_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('server_version_num')::int")
        name, version = cursor.fetchone()
    assert name.startswith("test_")
    assert version >= 140000


def test_each_worker_has_its_own_redis_database():
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    assert settings.REDIS_URL.rstrip("/").endswith((f"db={number}", f"/{number}"))
    cache.set("session-services", worker, 5)
    assert cache.get("session-services") == worker


def test_sockets_beyond_this_machine_are_blocked():
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_the_real_worker_answers_on_this_sessions_broker(real_worker):
    from config.celery import app

    replies = app.control.ping(destination=[real_worker], timeout=5)
    assert replies == [{real_worker: {"ok": "pong"}}]


def test_the_live_site_answers_on_the_test_database(live_site):
    assert live_site.startswith("http://127.0.0.1:")
