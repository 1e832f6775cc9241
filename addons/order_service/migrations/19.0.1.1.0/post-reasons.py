def migrate(cr, version):
    """Reasons know who may choose them and where, as new ones do."""
    keep_portal_reason_from_staff(cr)
    keep_reasons_of_the_desk_there(cr)


def keep_reasons_of_the_desk_there(cr):
    """What can only happen when goods are handed out is no reason elsewhere."""
    cr.execute(
        """
        INSERT INTO order_service_reason_stage_rel (reason_id, stage_id)
        SELECT reason.res_id, stage.res_id
          FROM ir_model_data reason, ir_model_data stage
         WHERE reason.module = 'order_service' AND stage.module = 'order_service'
           AND reason.name IN ('reason_not_collected', 'reason_technical_age')
           AND stage.name = 'stage_pickup_ready'
            ON CONFLICT DO NOTHING
        """
    )


def keep_portal_reason_from_staff(cr):
    """The reason of the portal is no longer one that staff may choose.

    Reasons are the manager's once they are there (noupdate), so only the flag that is
    new is set, where nobody can have decided otherwise yet.
    """
    cr.execute(
        """
        UPDATE order_service_reason reason
           SET for_staff = FALSE
          FROM ir_model_data data
         WHERE data.module = 'order_service'
           AND data.name = 'reason_customer_portal'
           AND data.model = 'order.service.reason'
           AND data.res_id = reason.id
        """
    )
