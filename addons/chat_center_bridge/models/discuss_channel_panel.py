from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, html2plaintext

MOST_ORDERS = 10
MOST_EARLIER = 10
MOST_SAID = 200
MOST_UNREAD = 99


class DiscussChannel(models.Model):
    """The customer beside the conversation: who it is, what is open, what was before.

    However many orders and conversations there are, the number of queries is the same.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    def chat_panel(self):
        """All that the panel beside a conversation shows, in the reader's language.

        :return: dict: ``identity``, ``customer`` (False: not linked), ``orders`` (open
            ones, the newest first), ``debts``, ``unread`` (notifications, counted up to
            100), ``earlier`` (conversations by any channel) and ``comment`` (of the
            last transfer, or False)
        :raises AccessError: the user is neither an operator in the conversation nor a
            supervisor of its direction
        """
        conversation = self._chat_watched()
        partner = conversation.chat_identity_id.partner_id
        return {
            "identity": conversation._chat_panel_identity(),
            "customer": conversation._chat_panel_customer(partner),
            "orders": conversation._chat_panel_orders(partner),
            "debts": conversation._chat_panel_debts(partner),
            "unread": conversation._chat_panel_unread(partner),
            "earlier": conversation._chat_panel_earlier(),
            "comment": conversation._chat_panel_comment(),
        }

    def _chat_panel_identity(self):
        """How the customer is known at the channel."""
        identity = self.chat_identity_id
        return {
            "name": identity.name or identity.external_id,
            "gateway": identity.gateway_id.name,
            "proof": _label(identity, "proof"),
            "direction": self.chat_direction_id.name,
            "skills": self.chat_skill_ids.mapped("name"),
            "comes_back": self.chat_is_repeat,
        }

    def _chat_panel_customer(self, partner):
        if not partner:
            return False
        company = partner.commercial_partner_id
        return {
            "id": partner.id,
            "name": partner.name,
            "company": company.name if company != partner else "",
            "phone": partner.phone or "",
            "email": partner.email or "",
            "manager": company.user_id.name or "",
        }

    # -- orders ------------------------------------------------------------------------

    def _chat_panel_orders(self, partner):
        """The open orders of the customer's company with ours."""
        if not partner:
            return []
        orders = self.env["sale.order"].search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.id),
                ("company_id", "=", self.chat_direction_id.company_id.id),
                ("service_route_id", "!=", False),
                ("service_closed_at", "=", False),
            ],
            order="id desc",
            limit=MOST_ORDERS,
        )
        return [self._chat_panel_order(order) for order in orders]

    def _chat_panel_order(self, order):
        due = order.service_amount_due
        delivery = _label(order, "delivery_status")
        return {
            "id": order.id,
            "number": order.service_number,
            "stage": order.service_stage_id.name or "",
            "slot": order.service_slot_text or "",
            "payment": _label(order, "payment_status"),
            "due": order.currency_id.format(due) if due else "",
            "total": order.currency_id.format(order.amount_total),
            "delivery": delivery or _label(order, "service_fulfilment"),
            "is_late": order.service_late,
        }

    # -- money and news ----------------------------------------------------------------

    def _chat_panel_debts(self, partner):
        """What the customer's company has not paid in time, a sentence a currency."""
        if not partner:
            return []
        ledger = self.env["partner.notification.ledger"]
        totals = ledger._overdue_totals(
            partner.commercial_partner_id, self.chat_direction_id.company_id
        )
        currencies = self.env["res.currency"].browse([row[0] for row in totals])
        return [
            {"amount": currency.format(float(amount)), "documents": documents}
            for currency, (_id, amount, documents) in zip(
                currencies, totals, strict=True
            )
            if amount > 0
        ]

    def _chat_panel_unread(self, partner):
        """How many notifications of the portal the customer has not read."""
        if not partner:
            return 0
        receipts = self.env["partner.notification.receipt"]
        mine = Domain("partner_id", "=", partner.id)
        unread = mine & receipts._current() & receipts._unread()
        return receipts.search_count(unread, limit=MOST_UNREAD + 1)

    # -- what was before ---------------------------------------------------------------

    def _chat_panel_earlier(self):
        """The customer's other conversations with this company, by any channel."""
        return [one._chat_panel_line() for one in self._chat_others(MOST_EARLIER)]

    def _chat_panel_line(self):
        held = self.chat_segment_ids.filtered("operator_id")
        begun = format_datetime(self.env, self.create_date, dt_format="dd.MM HH:mm")
        return {
            "id": self.id,
            "begun": begun,
            "channel": _label(self, "chat_gateway_type"),
            "direction": self.chat_direction_id.name,
            "operator": held[-1:].operator_id.user_id.name or "",
            "state": _label(self, "chat_state"),
            "reason": self.chat_reason_id.name or "",
            "note": html2plaintext(self.livechat_note or ""),
        }

    def chat_earlier(self, earlier_id):
        """What was said in another conversation of the same customer.

        Whoever speaks with a customer may know what was said before, in any direction.

        :param int earlier_id: one of ``earlier`` of ``chat_panel``
        :return: list of dicts with ``id``, ``at``, ``by``, ``text`` and ``files``
            (names), the oldest first, the last 200 of them
        :raises AccessError: as of ``chat_panel``
        :raises UserError: it is none of this customer's
        """
        others = self._chat_watched()._chat_others(MOST_EARLIER)
        earlier = others.filtered(lambda one: one.id == earlier_id)
        if not earlier:
            raise UserError(
                self.env._(
                    "This is none of the customer's last conversations: open the panel"
                    " again."
                )
            )
        domain = [
            ("model", "=", earlier._name),
            ("res_id", "=", earlier.id),
            ("message_type", "=", "comment"),
        ]
        said = others.env["mail.message"].search(
            domain, order="id desc", limit=MOST_SAID
        )
        return [self._chat_panel_word(message) for message in said[::-1]]

    def _chat_panel_word(self, message):
        at = format_datetime(self.env, message.date, dt_format="dd.MM HH:mm")
        return {
            "id": message.id,
            "at": at,
            "by": message.author_guest_id.name or message.author_id.name or "",
            "text": html2plaintext(message.body or ""),
            "files": message.attachment_ids.mapped("name"),
        }

    def _chat_panel_comment(self):
        """What the last holder left for the next one; customers never see it."""
        segment = self.env["chat.segment"].search(
            [("conversation_id", "=", self.id), ("comment", "!=", False)],
            order="seq desc",
            limit=1,
        )
        if not segment:
            return False
        return {
            "text": segment.comment,
            "by": segment.operator_id.user_id.name or "",
            "at": fields.Datetime.to_string(segment.closed_at),
        }


def _label(record, name):
    """The label of a selection's value, in the reader's language; may be empty."""
    value = record[name]
    return dict(record._fields[name]._description_selection(record.env)).get(value, "")
