"""Shipped routes are written once: flag their tasks of assembly in known databases."""

from odoo.tools import SQL

SHIPPED = ("task_delivery_assemble", "task_pickup_assemble")


def migrate(cr, version):
    """Flag the shipped tasks."""
    cr.execute(
        SQL(
            """UPDATE order_service_task_template SET assembles = TRUE
                WHERE id IN (SELECT res_id FROM ir_model_data
                              WHERE module = 'order_service' AND name IN %s)""",
            SHIPPED,
        )
    )
