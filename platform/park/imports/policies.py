"""Who may import what: each target says it of its own kind."""

from park.accounts.actors import Actor
from park.core.errors import DomainError, NotAllowed
from park.imports import targets
from park.imports.targets import ImportTarget


def importable_target(actor: Actor, kind: str) -> ImportTarget:
    """The target of the kind. None is the system itself. Raises invalid_input, not_allowed."""
    target = targets.get_target(kind)
    if not any(one.can_import(actor) for one in targets.all_targets()) and actor is not None:
        raise NotAllowed("import")
    if target is None:
        fields = [{"field": "kind", "code": "unknown_choice"}]
        raise DomainError("invalid_input", fields=fields)
    if actor is not None and not target.can_import(actor):
        raise NotAllowed("import")
    return target
