from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Barcodes read while the order is assembled."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _service_scan(self, barcode, token):
        """Count one scan of the held order, unless it was counted before.

        :param str barcode: as the scanner sent it
        :param str token: names the scan
        :return: order.service.scan
        :raises UserError: no line of the order is meant, or all of it is found
        """
        self.ensure_one()
        scans = self.env["order.service.scan"]
        known = scans.search([("order_id", "=", self.id), ("token", "=", token)])
        if known:
            return known
        line, quantity = self._service_scanned(barcode)
        line._service_mark(line._service_found_so_far() + quantity)
        return scans.create(
            {
                "order_id": self.id,
                "token": token,
                "barcode": barcode,
                "line_id": line.id,
            }
        )

    def _service_scanned(self, barcode):
        """(line meant by ``barcode``, quantity to add, in the line's unit)."""
        code, weight = self._service_read_barcode(barcode)
        lines = self.order_line._service_to_assemble().filtered(
            lambda line: code in (line.product_id.barcode, line.product_id.default_code)
        )
        if not lines:
            raise UserError(
                self.env._(
                    "%(barcode)s is nothing of order %(order)s.",
                    barcode=barcode,
                    order=self.service_number,
                )
            )
        waiting = lines.filtered(lambda line: line._service_left_qty() > 0)
        line = (waiting or lines)[0]
        unit = line.product_id.uom_id
        if weight:
            return line, unit._compute_quantity(weight, line.product_uom_id)
        if unit._service_is_measure():
            return line, line._service_left_qty()
        return line, unit._compute_quantity(1.0, line.product_uom_id)

    def _service_read_barcode(self, barcode):
        """(code of the product, weight on the label or 0), by the company's rules."""
        nomenclature = self.company_id.nomenclature_id
        if not nomenclature:
            return barcode, 0.0
        read = nomenclature.parse_barcode(barcode)
        if isinstance(read, dict) and read.get("type") == "weight":
            return read["base_code"], read["value"]
        return barcode, 0.0
