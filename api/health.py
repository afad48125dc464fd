"""Whether the parts that a page needs answer right now."""

from celery import current_app
from django.core.cache import cache
from django.db import Error, connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from park.notifications import delivery

MATCHING_QUEUE = "search"
WORKER_REPLY_SECONDS = 0.4
WORKER_KNOWN_SECONDS = 5


def check_health() -> dict[str, str]:
    """`down` when pages cannot be served; without a matching worker search falls back to words."""
    database = _is_database_up()
    broker = _is_broker_up()
    worker = broker and _is_worker_up()
    mail = not (database and delivery.is_late())
    without_down = "ok" if worker and mail else "degraded"
    return {
        "status": without_down if database and broker else "down",
        "database": _word(database),
        "broker": _word(broker),
        "worker": _word(worker),
        "mail": _word(mail),
    }


def _word(is_up: bool) -> str:
    return "ok" if is_up else "down"


def _is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _is_broker_up() -> bool:
    try:
        cache.get("health")
    except (RedisError, OSError):
        return False
    return True


def _is_worker_up() -> bool:
    """Asking all workers takes a moment, so the answer is kept for a few seconds."""
    known = cache.get("health:worker")
    if known is None:
        known = _ask_workers()
        cache.set("health:worker", known, timeout=WORKER_KNOWN_SECONDS)
    return known


def _ask_workers() -> bool:
    inspection = current_app.control.inspect(timeout=WORKER_REPLY_SECONDS)
    try:
        replies = inspection.active_queues() or {}
    except (OperationalError, RedisError, OSError):
        return False
    return any(queue["name"] == MATCHING_QUEUE for queues in replies.values() for queue in queues)
