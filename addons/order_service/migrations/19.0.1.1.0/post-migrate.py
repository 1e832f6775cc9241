def migrate(cr, version):
    """The shipped tasks that hand goods out ask for a document, as new ones do.

    Routes are the manager's once they are there (noupdate), so only the flag that is
    new is set, where nobody can have decided otherwise yet.
    """
    cr.execute(
        """
        UPDATE order_service_task_template template
           SET checks_age = TRUE
          FROM ir_model_data data
         WHERE data.module = 'order_service'
           AND data.name IN ('task_delivery_deliver', 'task_pickup_handout')
           AND data.model = 'order.service.task.template'
           AND data.res_id = template.id
        """
    )
