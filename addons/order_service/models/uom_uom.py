from odoo import api, models
from odoo.tools import float_compare, float_round

MEASURES = ("uom.product_uom_kgm", "uom.product_uom_litre", "uom.product_uom_meter")
PIECE = 1


class UomUom(models.Model):
    """Which goods are weighed, poured or cut, and which are sold by the piece."""

    _inherit = "uom.uom"

    def _service_step(self):
        """The least amount of the unit that is sold: one piece, or the precision of
        quantities where goods are sold by weight, volume or length."""
        self.ensure_one()
        return self.rounding if self._service_is_measure() else PIECE

    def _service_is_measure(self):
        """Whether the unit is one of weight, volume or length."""
        return any(
            self._has_common_reference(unit) for unit in self._service_measures()
        )

    @api.model
    def _service_measures(self):
        """Kilogram, litre and metre, as far as they are there."""
        # cached ids: this is asked for every line of every order
        find = self.env["ir.model.data"]._xmlid_to_res_id
        return self.browse(unit for unit in map(find, MEASURES) if unit)

    def _service_short_name(self):
        """How the unit is called behind a number: “2 pcs”, “0.75 kg”.

        Core calls pieces “Units”, in the plural behind every number, and has no short
        names.
        """
        self.ensure_one()
        pieces = self.env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_unit")
        return self.env._("pcs") if self.id == pieces else self.name

    def _service_read(self):
        """Read in one go what is asked of these units and of the measures."""
        (self | self._service_measures()).fetch(["factor", "name", "parent_path"])

    def _service_fits(self, quantity):
        """Whether ``quantity`` of this unit can be sold.

        :param float quantity: in this unit
        """
        whole = float_round(quantity, precision_rounding=self._service_step())
        return not float_compare(quantity, whole, precision_digits=6)
