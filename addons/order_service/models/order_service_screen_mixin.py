from odoo import api, models


class OrderServiceScreenMixin(models.AbstractModel):
    """How lists of orders and of tasks suit the person who reads them."""

    _name = "order.service.screen.mixin"
    _description = "Lists by store and route"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, works_in_one_store(self.env.user))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if works_in_one_store(self.env.user):
            leave_out_store(arch)
        return arch, view

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        return name_route(self._fields, groupby_spec, formatter)


def works_in_one_store(user):
    """Whether ``user`` sees the orders of a single store only."""
    return (
        user._is_internal()
        and not user.has_group("order_service.group_operator")
        and not user.has_group("order_service.group_marketing")
        and len(user.service_store_ids) == 1
    )


def leave_out_store(arch):
    """A column with the same store in every row says nothing.

    :param arch: a view as an lxml element, changed in place
    """
    for node in arch.xpath("//list/field[contains(@class, 'o_service_store')]"):
        node.set("column_invisible", "True")


def name_route(model_fields, groupby_spec, formatter):
    """Groups of stages or tasks name the route too: two routes may share a name."""
    field = model_fields[groupby_spec.partition(":")[0].partition(".")[0]]
    if field.comodel_name not in ("order.service.stage", "order.service.task.template"):
        return formatter
    return lambda group: formatter(group.with_context(service_route_in_name=True))
