"""Slots know by which closure they were closed."""


def migrate(cr, version):
    """Slots that carry the reason of a closure they touch were closed by it."""
    cr.execute(
        """
        UPDATE order_service_slot slot
           SET closure_id = closure.id
          FROM order_service_store_closure closure
         WHERE slot.closed AND slot.closure_id IS NULL
           AND closure.store_id = slot.store_id
           AND closure.start < slot."end" AND closure."end" > slot.start
           AND slot.close_note IN (SELECT value FROM jsonb_each_text(closure.reason))
        """
    )
