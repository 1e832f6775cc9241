from collections import defaultdict

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError

from ..rules import assembly

CLOSED_MOVES = ("done", "cancel")


class SaleOrder(models.Model):
    """Finishing the assembly: what was found goes to sale and stock in one step.

    Until then the picker's marks stand on the lines alone; core would still ship what
    is reserved, and reprice or message at every change of a quantity.
    """

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_assembled_at = fields.Datetime(
        string="Assembled at", copy=False, readonly=True
    )
    service_bags = fields.Integer(
        string="Bags", copy=False, help="As many labels were printed last."
    )

    # -- marking -----------------------------------------------------------------------

    def _service_wait_lock(self):
        """Hold the order; of two people at once the second is started anew by Odoo."""
        try:
            self._service_lock()
        except LockError as error:
            raise ConcurrencyError("a colleague marks a line of this order") from error

    def _service_mark_all_found(self):
        """Everything nobody marked yet was found as ordered."""
        for line in self._service_untouched_lines():
            line._service_mark(line.service_ordered_qty)

    def _service_untouched_lines(self):
        """Lines of goods nobody has marked; what comes off need not be marked."""
        lines = self.order_line._service_to_assemble()
        leaving = self._service_leaving(self._service_plan(priced=False))
        return lines.filtered(
            lambda line: not line.service_outcome and line not in leaving
        )

    def _service_leaving(self, plan):
        """Lines that finishing leaves out because they hang on missing ones.

        Not those about whose missing ones the customer is still to be asked.

        :param plan: rules.assembly.Plan
        :return: dict line -> the missing lines it hangs on
        """
        leaving = {}
        for line in self.order_line.browse(sorted(plan.dropped)):
            missing = self.order_line.browse(plan.causes[line.id])
            settled = missing.filtered(lambda one: not one._service_is_undecided())
            if settled:
                leaving[line] = settled
        return leaving

    def _service_finish_warning(self, plan):
        """What finishing now does besides, in a sentence; empty: nothing.

        :param plan: rules.assembly.Plan
        """
        if asked := self._service_keys_to_ask(plan):
            return self.env._(
                "%s cannot be had, and the order hangs on it: finish, and an operator"
                " asks the customer.",
                asked._service_names(),
            )
        undecided = any(line._service_is_asked() for line in self.order_line)
        if undecided or not plan.cancels:
            return ""
        return self.env._(
            "“%s” cannot be had: finishing cancels the whole order.",
            self._service_plan_culprit(plan).display_name,
        )

    def _service_lines_by_place(self):
        """The lines of goods as one walks through the store."""
        self.ensure_one()
        lines = self.order_line._service_to_assemble()
        return lines.sorted(
            lambda line: (not line.service_place, line.service_place or "", line.id)
        )

    def _service_key_wish(self):
        """What the customer wants if a key item is missing, else the company's way."""
        self.ensure_one()
        return self.service_on_key_missing or self.company_id.service_on_key_missing

    def _service_in_bags(self):
        """What was taken from the shelves for this order so far, place by place.

        Once the assembly is finished that is what the lines say; until then, what was
        marked as found or chosen instead.

        :return: list of (place, product, quantity, unit)
        """
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: line.product_id.type == "consu")
        bags = [line._service_in_bag() for line in lines]
        if not self.service_assembled_at:
            bags += [line._service_chosen_in_bag() for line in lines]
        return sorted(
            (bag for bag in bags if bag[2]), key=lambda bag: (not bag[0], bag[0] or "")
        )

    # -- finishing ---------------------------------------------------------------------

    def _service_plan(self, priced=True):
        """What finishing now would make of the order.

        :param bool priced: False: only which goods are sent, as the screen asks at
            each mark; prices do not change that
        :return: rules.assembly.Plan
        """
        self.ensure_one()
        lines = self.order_line._service_to_assemble()
        seen = lines.filtered("service_seen_price")
        prices = self._service_store_prices(seen) if priced else {}
        return assembly.plan(
            [self._service_plan_line(line, prices) for line in lines],
            self._service_key_wish(),
        )

    def _service_plan_line(self, line, prices):
        return assembly.Line(
            id=line.id,
            ordered=line.service_ordered_qty,
            found=line._service_taken_qty(),
            price=line.price_unit,
            store_price=prices.get(line.id),
            tolerance_percent=line._service_tolerance(),
            key=line.service_key,
            depends_on=frozenset(line.service_depends_ids.ids),
            replaced=line.service_outcome == "replaced",
            paid=line.product_uom_qty,
        )

    def _service_store_prices(self, lines):
        """What the store asks for the goods of ``lines`` today.

        :return: dict line id -> price per unit of the line
        """
        prices = self._service_list_prices(lines.product_id)
        return {
            line.id: line.product_id.uom_id._compute_price(
                prices[line.product_id.id], line.product_uom_id
            )
            for line in lines
        }

    def _service_list_prices(self, products, own_prices=None):
        """Prices of the store's list: dict product id -> price per own unit.

        :param products: product.product records
        :param dict own_prices: as of the store's ``_service_own_prices``, if known;
            they are in the list's currency
        """
        self.ensure_one()
        pricelist = self.warehouse_id.service_pricelist_id
        # core would read every column for it
        pricelist.fetch(["currency_id"])
        if pricelist.currency_id == self.currency_id:
            if own_prices is not None:
                return own_prices
            kept = self.env["order.service.price"]._find_prices({pricelist}, products)
            return kept[pricelist]
        return pricelist._get_products_price(products, 1.0, currency=self.currency_id)

    def _service_finish_assembly(self):
        """Bring what was found, short, missing and replaced to sale and stock.

        :return: the product for whose want the order is to be refused, else empty
        :raises UserError: the customer is being asked about a line
        """
        self.ensure_one()
        self._service_expire_answers()
        self._service_check_answered()
        self._service_mark_all_found()
        plan = self._service_plan()
        if plan.cancels:
            return self._service_plan_culprit(plan)
        self._service_settle(plan)
        return self.env["product.product"]

    def _service_asked_lines(self):
        """Lines about which an operator still may ask the customer."""
        now = fields.Datetime.now()
        return self.order_line.filtered(
            lambda line: line._service_is_asked() and line.service_answer_until > now
        )

    def _service_check_answered(self):
        if asked := self._service_asked_lines():
            raise UserError(
                self.env._(
                    "An operator is asking the customer about %(goods)s until"
                    " %(moment)s: finish after that.",
                    goods=asked._service_names(),
                    moment=self._service_local_text(
                        max(asked.mapped("service_answer_until"))
                    ),
                )
            )

    def _service_plan_culprit(self, plan):
        ids = plan.lost_keys or [
            line_id
            for line_id, settled in plan.lines.items()
            if settled.outcome == assembly.MISSING
        ]
        return self.env["sale.order.line"].browse(ids[:1]).product_id

    def _service_settle(self, plan):
        """Carry a plan out in sales, stock, feed and chatter; twice does no harm.

        :param plan: rules.assembly.Plan
        """
        order = self.with_context(
            sale_no_log_for_new_lines=True,
            tracking_disable=True,
            **self._service_effect_context(),
        )
        substitutes = order._service_substitute_values(plan)
        targets = order._service_targets(plan, substitutes)
        # from now on the lines keep what was wanted
        order.service_assembled_at = fields.Datetime.now()
        with order._service_settling():
            order._service_write_targets(targets)
            order._service_write_dropped(plan)
            new = order._service_new_substitutes(substitutes)
            order._service_void_consents()
        order._service_fill_moves()
        order._service_tell_outcome(
            new.service_replaces_line_id.union(
                *(line.service_replaces_line_id or line for line in targets)
            )
        )
        self._service_refresh()

    def _service_targets(self, plan, substitutes):
        """What lines weigh and cost from now on, where that changes.

        :param dict substitutes: as of ``_service_substitute_values``
        :return: dict line -> (quantity, price)
        """
        wanted = {
            line: (plan.lines[line.id].quantity, plan.lines[line.id].price)
            for line in self.order_line.browse(plan.lines)
        }
        for line in self.order_line.filtered("service_replaces_line_id"):
            values = substitutes.get((line.service_replaces_line_id, line.product_id))
            sent = (values or {}).get("product_uom_qty", 0.0)
            price = values["price_unit"] if values else line.price_unit
            wanted[line] = (sent, price)
        return {
            line: target
            for line, target in wanted.items()
            if line._service_differs(*target)
        }

    def _service_write_targets(self, targets):
        """Core's own way, but stock is told once of all the lines.

        :param dict targets: line -> (quantity, price)
        """
        if not targets:
            return
        lines = self.env["sale.order.line"].union(*targets)
        before = {line.id: line.product_uom_qty for line in lines}
        self._service_unpick(lines)
        groups = defaultdict(lambda: self.env["sale.order.line"])
        for line, target in targets.items():
            groups[target] |= line
        for (quantity, price), group in groups.items():
            group.with_context(skip_procurement=True).write(
                {"product_uom_qty": quantity, "price_unit": price}
            )
        lines._action_launch_stock_rule(previous_product_uom_qty=before)

    def _service_unpick(self, lines):
        """Take the goods of ``lines`` off their deliveries, all in one go.

        What is ticked as picked would still ship after its demand is gone, and core
        would let go of what is reserved move by move.
        """
        moves = lines.move_ids.filtered(lambda move: move.state not in CLOSED_MOVES)
        moves.filtered("picked").write({"picked": False})
        moves._do_unreserve()

    def _service_write_dropped(self, plan):
        """Lines that hang on a lost one are left out, whatever was found of them."""
        self.order_line.browse(plan.dropped).write(
            {
                "service_found_qty": 0.0,
                "service_outcome": assembly.MISSING,
                "service_chosen_id": False,
                "service_chosen_qty": 0.0,
                "service_chosen_price": 0.0,
            }
        )

    def _service_fill_moves(self):
        """The deliveries hold exactly what is in the bags, ticked as picked."""
        moves = self._service_open_pickings().move_ids.filtered(
            lambda move: move.state not in CLOSED_MOVES
        )
        wrong = self._service_wrong_moves(moves)
        if not wrong:
            return
        for move, quantity in wrong.items():
            move.quantity = quantity
        moves.write({"picked": True})

    def _service_wrong_moves(self, moves):
        """dict move -> quantity it should hold and does not."""
        wrong, seen = {}, self.env["sale.order.line"]
        for move in moves.filtered("sale_line_id"):
            line = move.sale_line_id
            wanted = 0.0
            if line not in seen:
                wanted = line.product_uom_id._compute_quantity(
                    line.product_uom_qty, move.product_uom
                )
            seen |= line
            if move.product_uom.compare(move.quantity, wanted):
                wrong[move] = wanted
        return wrong

    # -- substitutes -------------------------------------------------------------------

    def _service_substitute_values(self, plan):
        """Values of the lines sent instead of others.

        :return: dict (replaced line, product) -> values of ``sale.order.line``
        """
        lines = self.order_line.browse(plan.lines).filtered(
            lambda line: (
                line.service_chosen_id
                and line.service_outcome == assembly.REPLACED
                and line.id not in plan.dropped
            )
        )
        prices = self._service_list_prices(lines.service_chosen_id)
        return {
            (line, line.service_chosen_id): self._service_substitute_line(
                line, prices[line.service_chosen_id.id]
            )
            for line in lines
        }

    def _service_substitute_line(self, line, store_price):
        price = self._service_sent_price(line, store_price)
        return {
            "order_id": self.id,
            "product_id": line.service_chosen_id.id,
            "product_uom_qty": line.service_chosen_qty,
            "price_unit": price,
            "technical_price_unit": 0.0,
            "service_seen_price": price,
            "sequence": line.sequence,
            "service_replaces_line_id": line.id,
            "service_outcome": "found",
            "service_found_qty": line.service_chosen_qty,
        }

    def _service_sent_price(self, line, store_price):
        """What one unit of the substitute chosen for ``line`` costs the customer.

        The price agreed to in a call, else the lower one; the store's only lowers it.

        :param float store_price: per unit of the substitute
        """
        if line.service_chosen_price:
            return min(line.service_chosen_price, store_price)
        return self._service_substitute_price(
            line, line.service_chosen_id, line.service_chosen_qty, store_price
        )

    def _service_substitute_price(self, line, product, quantity, store_price):
        """What the customer pays for one unit of ``product`` sent instead.

        :param float quantity: in the product's unit
        :param float store_price: per unit of the product
        """
        listed = line.service_substitute_ids.filtered(
            lambda substitute: substitute.product_id == product
        )
        unit, own_unit = line.product_uom_id, product.product_tmpl_id.uom_id
        paid = line.price_unit * (1 - line.discount / 100)
        missing = line._service_open_qty()
        comparable = unit._has_common_reference(own_unit)
        return assembly.substitute_price(
            unit._compute_price(paid, own_unit) if comparable else None,
            store_price,
            paid * missing,
            quantity,
            listed[:1].max_price,
        )

    def _service_new_substitutes(self, substitutes):
        """Lines for what is sent instead and is not there yet.

        The customer may say no for a while, unless already asked.

        :param dict substitutes: as of ``_service_substitute_values``
        :return: the new lines
        """
        there = {
            (line.service_replaces_line_id, line.product_id) for line in self.order_line
        }
        values = [one for key, one in substitutes.items() if key not in there]
        new = self.env["sale.order.line"].create(values)
        replaced = new.service_replaces_line_id
        replaced.filtered(lambda line: not line.service_answer).write(
            {
                "service_answer_until": fields.Datetime.add(
                    fields.Datetime.now(),
                    minutes=self.company_id.service_answer_minutes,
                )
            }
        )
        accepted = replaced.filtered(lambda line: line.service_answer == "accept")
        accepted._service_chosen_substitutes()._service_keep("accepted")
        (replaced - accepted)._service_chosen_substitutes()._service_keep("sent")
        return new

    # -- telling -----------------------------------------------------------------------

    def _service_tell_outcome(self, lines):
        """Rows of the feed and one message in the chatter: what is not as ordered."""
        if not lines:
            return
        self._service_feed_lines(lines)
        items = Markup().join(
            Markup("<li>%s</li>") % line._service_outcome_text() for line in lines
        )
        heading = self.env._("Not as ordered:")
        self.message_post(body=Markup("<b>%s</b><ul>%s</ul>") % (heading, items))

    def _service_feed_lines(self, lines):
        """One row of the feed a line, in one create."""
        self.ensure_one()
        if not self.service_source_id:
            return
        self.env["order.service.change"].create(
            [
                self._service_change_values("line", line._service_told_as())
                for line in lines
            ]
        )
