"""What is written for an organisation while it is merged away is refused, not lost in a 500."""

import json
import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from park.organisations import services
from park.organisations.models import Organisation
from tests.api.world import API, World, client_of


@pytest.mark.django_db(transaction=True)
def test_a_draft_for_a_firm_that_is_being_merged() -> None:
    world = World()
    answers: list[Any] = []
    body = {"organisation_id": str(world.firm.pk), "content": {"title": "示例"}}

    def draft() -> None:
        client = client_of(world.member)
        client.raise_request_exception = False
        answers.append(
            client.post(f"{API}/needs", json.dumps(body), content_type="application/json")
        )
        connection.close()

    writer = threading.Thread(target=draft)
    with transaction.atomic():
        # As the merge does first: from here on a commit for the firm waits.
        Organisation.objects.select_for_update().get(pk=world.firm.pk)
        writer.start()
        time.sleep(1)
        services.merge_organisations(
            actor=world.staff, source_id=world.firm.pk, target_id=world.other_firm.pk
        )
    writer.join(30)
    assert (answers[0].status_code, answers[0].json()["code"]) == (409, "gone_meanwhile")
