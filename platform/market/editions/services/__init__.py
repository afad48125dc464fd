"""Every write to rounds and editions, one function a use case.

`rounds` runs a collection round; `freezing` makes an edition out of what is published and prepares
it; `issuing` gives it its number, or takes it back; `files` makes what is printed.
"""

from market.editions.services.files import make_file, waiting_files
from market.editions.services.freezing import (
    arrange_edition,
    discard_edition,
    edit_edition,
    freeze_edition,
    refresh_edition,
)
from market.editions.services.issuing import issue_edition, withdraw_edition
from market.editions.services.rounds import (
    choose_for_round,
    close_due_rounds,
    close_round,
    create_round,
    discard_round,
    edit_round,
    open_round,
)

__all__ = [
    "arrange_edition",
    "choose_for_round",
    "close_due_rounds",
    "close_round",
    "create_round",
    "discard_edition",
    "discard_round",
    "edit_edition",
    "edit_round",
    "freeze_edition",
    "issue_edition",
    "make_file",
    "open_round",
    "refresh_edition",
    "waiting_files",
    "withdraw_edition",
]
