from odoo import api, fields, models

from ..rules.slots import Want, places_needed


class OrderServiceIntake(models.Model):
    """Slots that received orders name: checked first, held before orders are made."""

    # one file a concern
    _inherit = "order.service.intake"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _find_slots(self, received):
        """Find the slots that orders name, where their store plans slots.

        :param received: list of rules.intake.Received with a store
        """
        patterns = self.env["order.service.slot.pattern"]
        keys = {
            entry: self._slot_key(entry)
            for entry in received
            if entry.part("slot")
            and patterns._has_plan(entry.store.id, entry.clean["fulfilment"])
        }
        found = self.env["order.service.slot"]._find(keys.values())
        now = fields.Datetime.now()
        for entry, key in keys.items():
            entry.slot = found.get(key)
            if not entry.slot:
                entry.refuse("slot_unknown", "slot", "slot_unknown")
            elif entry.slot._is_shut(now) and not self._has_slot(entry, key):
                text = entry.slot._text()
                entry.refuse("slot_closed", "slot", "slot_closed", slot=text)

    @api.model
    def _slot_key(self, entry):
        return (
            entry.store.id,
            entry.clean["fulfilment"],
            entry.moment("slot", "start"),
            entry.moment("slot", "end"),
        )

    @api.model
    def _has_slot(self, entry, key):
        """Whether the order is in this slot already: it may stay there."""
        return bool(entry.order) and entry.order._service_slot_key() == key

    @api.model
    def _hold_places(self, source, received):
        """Hold the places of orders that are about to be made or rewritten.

        Held until now only: whoever does not become an order holds nothing.

        :param source: order.service.source
        :param received: list of rules.intake.Received that are alive
        """
        wants = {
            entry: self._want_of(source, entry) for entry in received if entry.slot
        }
        places = self.env["order.service.slot.place"]
        places._hold(list(wants.values()), fields.Datetime.now())
        for entry, want in wants.items():
            if not want.is_met:
                entry.refuse("slot_full", "slot", "slot_full", slot=entry.slot._text())

    @api.model
    def _want_of(self, source, entry):
        """What one received order asks of its slot."""
        return Want(
            slot_id=entry.slot.id,
            count=places_needed(len(entry.lines), entry.slot.lines_per_place),
            order_id=entry.order.id if entry.order else None,
            key=(source.id, entry.ref),
        )

    def _store_sentences(self, values):
        """Sentences about slots too."""
        slot = values.get("slot")
        return {
            **super()._store_sentences(values),
            "slot_unknown": self.env._(
                "The store has no such slot: read its slots by service_slots."
            ),
            "slot_closed": self.env._(
                "The slot %s is closed. Choose a later one.", slot
            ),
            "slot_full": self.env._("The slot %s is full. Choose another one.", slot),
            "bad_minutes": self.env._(
                "A place is held for 1 to %s minutes.", values.get("most")
            ),
        }
