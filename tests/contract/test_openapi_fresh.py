"""The committed description of the API is the one the code would write."""

import json

from api.management.commands.export_openapi import PATH, current_openapi


def test_the_committed_description_is_fresh() -> None:
    assert PATH.read_text(encoding="utf-8") == current_openapi()


def test_every_operation_has_a_name_of_its_own_a_tag_and_a_summary() -> None:
    paths = json.loads(PATH.read_text(encoding="utf-8"))["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation.get("tags") and operation.get("summary") for operation in operations)


def test_every_operation_says_what_it_answers() -> None:
    paths = json.loads(PATH.read_text(encoding="utf-8"))["paths"]
    for path in paths.values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                assert status == "204" or answer["content"], operation["operationId"]
