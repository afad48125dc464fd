"""Who may do what with instruments and bookings. Whether the state allows it is for `states`."""

from uuid import UUID

from equipment.models import Booking, Instrument
from park.accounts.actors import Actor
from park.accounts.models import StaffRole, User
from park.organisations.queries import Standing, editable_organisation_ids


def is_equipment_officer(actor: Actor) -> bool:
    return isinstance(actor, User) and actor.has_role(StaffRole.EQUIPMENT_OFFICER)


def can_write_for(actor: Actor, organisation_id: UUID) -> bool:
    """Register instruments and book in an organisation's name: its editors, equipment officers."""
    return is_equipment_officer(actor) or organisation_id in editable_organisation_ids(actor)


def can_run(actor: Actor, instrument: Instrument) -> bool:
    """Edit, publish, close, set outages."""
    return can_write_for(actor, instrument.organisation_id)


def can_cancel(actor: Actor, booking: Booking) -> bool:
    """Who booked, and who runs the instrument. Needs `booking.instrument`."""
    return is_equipment_officer(actor) or bool(
        {booking.organisation_id, booking.instrument.organisation_id}
        & editable_organisation_ids(actor)
    )


def can_see_contact(actor: Actor) -> bool:
    """Anybody who has logged in: it is how a firm reaches the instrument's keeper."""
    return isinstance(actor, User) and actor.is_active


def sees_bookings(instrument: Instrument, standing: Standing) -> bool:
    """Who booked it and why it is out: its organisation and equipment officers."""
    return standing.has_role(StaffRole.EQUIPMENT_OFFICER) or standing.belongs_to(
        instrument.organisation_id
    )


def writes_for(actor: Actor, organisation_id: UUID, standing: Standing) -> bool:
    """`can_write_for` for many rows, with what was read once."""
    return is_equipment_officer(actor) or organisation_id in standing.editable_ids
