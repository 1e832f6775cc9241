from odoo import api, models


class SaleOrder(models.Model):
    """Rows of the feed and live screens: written with the change they tell of."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _service_feed_stage(self, stage, trigger, actor, transition, left):
        """One feed row an order for entering ``stage``.

        :param dict left: order -> code of the stage it came from, or False
        """
        data = {}
        for order in self:
            row = {"from": left[order], "to": stage.code, "by": actor}
            if transition:
                told = transition.with_context(lang=order._service_feed_language())
                row["transition"] = told.name or trigger
            data[order] = {key: value for key, value in row.items() if value}
        self._service_feed_rows("stage", data)

    def _service_feed(self, kind, data):
        """One feed row for this order.

        :param str kind: a kind of order.service.change
        :param dict data: what the kind tells, see the public API
        """
        self.ensure_one()
        self._service_feed_rows(kind, {self: data})

    def _service_feed_rows(self, kind, data):
        """Write one row an order in the changing transaction and raise its ``seq``.

        :param dict data: order -> what the kind tells; orders without a source have
            nobody to tell
        """
        orders = self.filtered("service_source_id")
        self.env["order.service.change"].create(
            [order._service_change_values(kind, data[order]) for order in orders]
        )

    def _service_change_values(self, kind, data):
        """Values of the order's next row; its ``seq`` rises."""
        self.ensure_one()
        self.service_seq += 1
        return {
            "order_id": self.id,
            "source_id": self.service_source_id.id,
            "seq": self.service_seq,
            "kind": kind,
            "data": data,
            "snapshot": self._service_snapshot(),
        }

    def _service_snapshot(self):
        """What every feed row tells of its order, as it is now."""
        self.ensure_one()
        told = self.with_context(lang=self._service_feed_language())
        stage = told.service_stage_id
        snapshot = {
            "status": self.service_status,
            "stage": stage.code,
            "stage_name": stage.name,
            "payment_status": self.payment_status,
            "total": self.amount_total,
        }
        if reason := told.service_reason_id:
            snapshot["reason"] = {
                "code": reason.code,
                "party": reason.party,
                "name": reason.name,
            }
        return {key: value for key, value in snapshot.items() if value is not False}

    def _service_feed_language(self):
        """Names in the feed are in the source's language, whoever acts."""
        source = self.service_source_id
        return source._language() if source else self.env.lang

    # -- live screens -----------------------------------------------------------------

    def _service_refresh(self, arrived=False):
        """Tell open screens, once a transaction, which orders changed.

        :param bool arrived: something new came that no screen shows yet
        """
        data = self.env.cr.precommit.data
        if "order_service.changed" not in data:
            data["order_service.changed"] = {"orders": set(), "arrived": False}
            self.env.cr.precommit.add(self.browse()._service_send_changed)
        changed = data["order_service.changed"]
        changed["orders"].update(self.ids)
        changed["arrived"] = changed["arrived"] or arrived

    @api.model
    def _service_send_changed(self):
        changed = self.env.cr.precommit.data.pop("order_service.changed", None)
        # no look at the database whether the group is there: this runs at every move
        staff_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "order_service.group_staff"
        )
        if changed and staff_id:
            self.env["res.groups"].sudo().browse(staff_id)._bus_send(
                "order_service/changed",
                {"orders": sorted(changed["orders"]), "arrived": changed["arrived"]},
            )
