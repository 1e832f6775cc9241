def migrate(cr, version):
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
