from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..rules import answer, contact, payload
from ..rules.intake import Received
from .order_service_change import FeedCursorExpired

MOST_CHANGES = 1000
MOST_FOUND = 100
SEARCHED_SIGNS = 100


class SaleOrder(models.Model):
    """The public API for sites and other outside systems.

    Argument names and the shapes of the answers are a contract: JSON-2 passes
    arguments by name, and XML-RPC carries neither null nor large integers.
    """

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _service_check_api(self):
        """The caller is an API user or a manager.

        :raises AccessError: neither
        """
        user = self.env.user
        if not (
            user.has_group("order_service.group_api")
            or user.has_group("order_service.group_manager")
        ):
            raise AccessError(
                self.env._("The order API is not for your role: ask the manager.")
            )

    @api.model
    def service_submit(self, orders):
        """Take orders from a source of the caller.

        Repeated with the same content an order answers ``unchanged``; with other
        content it is rewritten while its status is new and nobody has taken its task.
        An order that is there twice in one call is taken once if both say the same
        and not at all if they differ.

        :param list orders: at most 100 orders with 2 500 lines in all
        :return: list of {"source", "external_ref", "result": created | updated |
            unchanged | rejected, "order_id", "order_name", "errors": [{"code",
            "field", "message"}]}, one an order, in the same order
        :raises AccessError: the caller is no user of the API
        :raises UserError: ``orders`` is no list
        """
        self._service_check_api()
        if not isinstance(orders, list | tuple):
            raise UserError(self.env._("“orders” must be a list."))
        if len(orders) > payload.MOST_ANSWERS:
            raise UserError(
                self.env._(
                    "too_many: a call takes at most 100 orders with 2 500 lines."
                )
            )
        return self.env["order.service.intake"]._receive(orders)

    # -- reading ----------------------------------------------------------------------

    @api.model
    def service_changes(self, cursor=None, limit=500):
        """What happened to the orders of the caller's sources, nothing skipped.

        :param str cursor: of an earlier answer; None reads from the oldest kept row,
            "now" answers where the feed ends, without rows
        :param int limit: rows at most, 1000 at most
        :return: {"cursor", "more", "changes": [...]}; go on with the answered cursor,
            at once while "more" is true
        :raises AccessError: the caller is no user of the API
        :raises UserError: the text begins with ``cursor_expired:`` when the cursor is
            none of this feed's or its rows are removed: begin anew without a cursor
        """
        self._service_check_api()
        sources = self.env["order.service.source"]._of_user()
        limit = self._service_limit(limit, MOST_CHANGES)
        feed = self.env["order.service.change"].sudo()
        try:
            return feed._read_feed(sources, cursor, limit)
        except FeedCursorExpired as error:
            raise UserError(
                self.env._(
                    "cursor_expired: the cursor does not lead into this feed (any"
                    " more). Begin anew without a cursor."
                )
            ) from error

    @api.model
    def _service_limit(self, limit, most):
        """A number of rows between one and ``most``."""
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise UserError(self.env._("“limit” must be a whole number."))
        return min(max(limit, 1), most)

    @api.model
    @api.readonly
    def service_find(self, query, limit=20):
        """Find orders by number, name, phone or street; all words are wanted.

        API users find the orders of their sources, staff what their role lets see.

        :param str query: words of three signs at least; shorter ones are left out
        :param int limit: orders at most, 100 at most
        :return: list of {"order_id", "order_name", "source", "external_ref",
            "customer", "recipient", "phone", "address", "status", "stage_name",
            "payment_status", "slot_start", "slot_end", "total"}: the one with exactly
            this number first, then the newest
        :raises AccessError: the caller is neither operator nor user of the API
        """
        orders, domain = self._service_reach()
        if not isinstance(query, str):
            raise UserError(self.env._("“query” must be a text."))
        limit = self._service_limit(limit, MOST_FOUND)
        found = orders._service_search(query, domain, limit)
        return [order.sudo()._service_found_as() for order in found]

    @api.model
    def _service_reach(self):
        """(orders as the caller reads them, domain of those in reach)."""
        if self.env.user.has_group("order_service.group_operator"):
            return self, Domain("service_fulfilment", "!=", False)
        self._service_check_api()
        sources = self.env["order.service.source"]._of_user()
        return self.sudo(), Domain("service_source_id", "in", sources.ids)

    def _service_search(self, query, domain, limit):
        """Orders that hold all words of ``query``, the exact number first."""
        words = contact.search_words(query[:SEARCHED_SIGNS])
        if not words:
            return self.browse()
        number = query.strip()
        exact = self.search(
            domain
            & (
                Domain("name", "in", [number, number.upper()])
                | Domain("service_external_ref", "in", [number, number.upper()])
            ),
            limit=limit,
            order="id desc",
        )
        for spellings in words:
            domain &= Domain.OR(
                Domain("service_search_key", "like", contact.escape_like(spelling))
                for spelling in spellings
            )
        return (exact | self.search(domain, limit=limit, order="id desc"))[:limit]

    def _service_found_as(self):
        """The order as ``service_find`` tells it."""
        self.ensure_one()
        return answer.shape(
            {
                "order_id": self.id,
                "order_name": self.name,
                "source": self.service_source_id.code or None,
                "external_ref": self.service_external_ref or None,
                "customer": self.partner_id.name or None,
                "recipient": self.service_recipient_name or None,
                "phone": self.service_recipient_phone or self.partner_id.phone or None,
                "address": self.service_address or None,
                "status": self.service_status or None,
                "stage_name": self.service_stage_id.name or None,
                "payment_status": self.payment_status or None,
                "slot_start": self._service_iso(self.service_slot_start),
                "slot_end": self._service_iso(self.service_slot_end),
                "total": self.currency_id.round(self.amount_total),
            }
        )

    # -- steering ---------------------------------------------------------------------

    @api.model
    def service_cancel(self, order_ref, reason, comment=None):
        """Cancel an order for its customer, as long as its stage lets customers.

        :param dict order_ref: {"source", "external_ref"}
        :param str reason: code of a reason of the party customer
        :param str comment: the customer's own words
        :return: {"result": updated | unchanged | rejected, "errors"}; ``unchanged``:
            it was cancelled before
        :raises AccessError: the caller is no user of the API
        """
        self._service_check_api()
        entry = self._service_named(order_ref)
        note = self._service_comment(entry, comment)
        if entry.order and not entry.problems:
            self._service_cancel_named(entry, reason, note)
        return self._service_told(entry)

    @api.model
    def _service_cancel_named(self, entry, code, note):
        order = entry.order
        if order.service_status == "cancelled":
            entry.result = "unchanged"
            return
        reason = self._service_reason(entry, code, note)
        if entry.problems:
            return
        if not order._service_customer_may_cancel():
            entry.refuse(
                "not_editable", "", "not_cancellable", order=order.service_number
            )
            return
        self._service_try(entry, order._service_cancel_by_customer, reason, note)

    @api.model
    def service_move(self, order_ref, transition, reason=None):
        """Press a button of the order's stage from an outside system.

        :param dict order_ref: {"source", "external_ref"}
        :param str transition: the button's English name, or the code of the stage it
            leads to; buttons kept to roles the caller has not are no choice
        :param str reason: code of a customer's reason, where the button asks for one
        :return: {"result": updated | unchanged | rejected, "errors"}; ``unchanged``:
            this button brought the order where it stands
        :raises AccessError: the caller is no user of the API
        """
        self._service_check_api()
        entry = self._service_named(order_ref)
        if entry.order:
            self._service_move_named(entry, transition, reason)
        return self._service_told(entry)

    @api.model
    def _service_move_named(self, entry, name, code):
        order = entry.order
        way = order._service_button_named(name)
        if not way:
            if order._service_came_by(name):
                entry.result = "unchanged"
                return
            entry.refuse(
                "bad_value",
                "transition",
                "unknown_transition",
                order=order.service_number,
                transition=str(name)[: payload.SHORT_TEXT],
            )
            return
        reason = self._service_reason(entry, code) if way.reason_party else None
        if entry.problems:
            return
        self._service_try(
            entry,
            order._service_fire,
            "button",
            transition=way,
            actor="system",
            reason=reason,
        )

    def _service_button_named(self, name):
        """The button of the present stage that an outside system means."""
        self.ensure_one()
        buttons = self.service_stage_id.transition_ids.filtered(
            lambda way: way.trigger == "button" and way._is_open_to(self.env.user)
        )
        return buttons.filtered(lambda way: way._is_named(name))[:1]

    def _service_came_by(self, name):
        """Whether the last move of the order was by a button of this name."""
        self.ensure_one()
        last = self.service_log_ids.sorted("id")[-1:]
        return (
            last.to_id == self.service_stage_id
            and last.trigger == "button"
            and last.transition_id._is_named(name)
        )

    # -- what steering doors share ----------------------------------------------------

    @api.model
    def _service_named(self, order_ref, reads=()):
        """The order a caller means, as the system in its company.

        :param reads: names of fields of the order to read with it
        :return: rules.intake.Received with ``order`` set, or with a problem
        """
        entry, source = self._service_referred(order_ref, reads)
        if source and not entry.order:
            place = "order_ref.external_ref"
            entry.refuse("bad_value", place, "unknown_order", ref=entry.ref)
        return entry

    @api.model
    def _service_referred(self, order_ref, reads=()):
        """Whose order a caller means, and which one if it is there already.

        :param reads: names of fields of the order to read with it
        :return: (rules.intake.Received, source); with a problem there is no source
        """
        problems = []
        if not isinstance(order_ref, dict):
            problems.append(payload.Problem("bad_value", "order_ref", "not_object"))
            return Received({}, problems), None
        reader = payload.Reader(order_ref, "order_ref", problems)
        code = reader.name("source", required=True)
        reader.name("external_ref", required=True)
        entry = Received(reader.close(), problems)
        if problems:
            return entry, None
        sources = self.env["order.service.source"]._of_user()
        source = sources.filtered(lambda source: source.code == code)
        if not source:
            entry.refuse("forbidden", "order_ref.source", "forbidden")
            return entry, None
        entry.order = (
            self.sudo()
            .with_company(source.company_id)
            .search_fetch(
                [
                    ("service_source_id", "=", source.id),
                    ("service_external_ref", "=", entry.ref),
                ],
                reads,
            )
        )
        return entry, source

    @api.model
    def _service_comment(self, entry, comment):
        reader = payload.Reader({"comment": comment}, "", entry.problems)
        return reader.text("comment", payload.LINE_TEXT)

    @api.model
    def _service_reason(self, entry, code, note=None):
        """The customer's reason with this code; noted as a problem if there is none."""
        if not code:
            entry.refuse("missing", "reason", "missing")
            return None
        reason = (
            self.env["order.service.reason"]
            .sudo()
            .search(
                [
                    ("code", "=", str(code)),
                    ("party", "=", "customer"),
                    ("company_id", "in", (False, entry.order.company_id.id)),
                ],
                order="company_id",
                limit=1,
            )
        )
        if not reason:
            shown = str(code)[: payload.SHORT_TEXT]
            entry.refuse("bad_value", "reason", "unknown_reason", reason=shown)
        elif reason.note_required and not note:
            entry.refuse("missing", "comment", "reason_note")
        return reason

    @api.model
    def _service_try(self, entry, act, *arguments, **details):
        """Do one act on the order in a savepoint; a refusal becomes an error."""
        try:
            with self.env.cr.savepoint():
                act(*arguments, **details)
        except UserError as error:
            entry.refuse("not_editable", "", "odoo", sentence=str(error))
        else:
            entry.result = "updated"

    @api.model
    def _service_told(self, entry):
        told = self.env["order.service.intake"]._answer(entry)
        return {"result": told["result"], "errors": told["errors"]}
