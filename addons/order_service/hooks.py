import logging

from odoo.tools import SQL

GRAM_DIGITS = 3
# emptied before an uninstall, the ones that point at others first
TABLES = (
    "order_service_message",
    "order_service_change",
    "order_service_event",
    "order_service_deferral",
    "order_service_stage_log",
    "order_service_task_item",
    "order_service_task",
    "order_service_transition",
    "order_service_task_template_line",
    "order_service_task_template",
)

_logger = logging.getLogger(__name__)


def post_init_hook(env):
    """Prepare weights, tell what the database lacks, and load the demo's orders."""
    _weigh_to_the_gram(env)
    for sentence in _list_shortcomings(env):
        _logger.warning(sentence)
    if env.ref("base.module_order_service").demo:
        from .demo import load  # noqa: PLC0415 - not a part of a production server

        load(env)


def _weigh_to_the_gram(env):
    """Quantities keep three digits at least: 0.356 kg would be stored as 0.36."""
    precision = env.ref("uom.decimal_product_uom", raise_if_not_found=False)
    precision = precision or env["decimal.precision"].search(
        [("name", "=", "Product Unit")], limit=1
    )
    if precision.digits < GRAM_DIGITS:
        precision.digits = GRAM_DIGITS


def _list_shortcomings(env):
    """Sentences on settings with which orders would come out wrong."""
    if not env.registry.has_trigram:
        yield (
            "The database has no extension pg_trgm: searching orders will be slow."
            " Run CREATE EXTENSION pg_trgm and update the addon."
        )
    elif env.execute_query(SQL("SELECT show_trgm('Пётр')")) == [([],)]:
        yield (
            "The database's locale is C: orders are not found by Cyrillic words."
            " Make the database with C.UTF-8 or ru_RU.UTF-8."
        )
    for company in env["res.company"].search([]):
        if company.tax_calculation_rounding_method != "round_per_line":
            yield (
                f"Company {company.name} rounds taxes globally: totals may differ"
                " from the lines by a kopeck. Choose rounding per line."
            )


def uninstall_hook(env):
    """Let go of the orders: Odoo deletes routes and stages one table after another."""
    links = [
        SQL("%s = NULL", SQL.identifier(name))
        for name, field in env["sale.order"]._fields.items()
        if name.startswith("service_") and field.type == "many2one" and field.store
    ]
    env.flush_all()
    env.cr.execute(SQL("UPDATE sale_order SET %s", SQL(", ").join(links)))
    for table in TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()
