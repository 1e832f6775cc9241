from odoo import models


class OrderServiceIntake(models.Model):
    """What the caller reads when an order is refused, in the caller's language."""

    _inherit = "order.service.intake"

    def _sentence(self, problem):
        """The sentence of one problem.

        :param problem: rules.payload.Problem
        """
        values = problem.values
        if problem.text == "odoo":
            return values["sentence"]
        texts = {**self._payload_sentences(values), **self._order_sentences(values)}
        return texts[problem.text]

    def _payload_sentences(self, values):
        """Sentences about the payload alone."""
        _ = self.env._
        return {
            "missing": _("A value is missing here."),
            "no_contact": _("Name a phone, an e-mail or an external id."),
            "not_text": _("A text is expected here."),
            "not_storable": _("The text holds signs that cannot be stored."),
            "too_long": _(
                "The text is longer than %s characters.", values.get("longest")
            ),
            "white_space": _("This key must not hold white space."),
            "not_choice": _("Choose one of: %s.", values.get("options")),
            "not_flag": _("Send true or false."),
            "not_moment": _("Send date and time as ISO 8601 with an offset."),
            "not_number": _("A number is expected here."),
            "out_of_range": _(
                "The number must be above zero and at most %s.", values.get("most")
            ),
            "not_object": _("An object is expected here."),
            "not_list": _("A list is expected here."),
            "too_many_entries": _("At most %s entries.", values.get("most")),
            "unknown_field": _("The API knows no such key."),
            "not_email": _("This is not an e-mail address."),
            "slot_order": _("The slot must end after its start."),
            "duplicate_line": _("Line “%s” is there twice.", values.get("ref")),
            "depends_on_itself": _("A line cannot depend on itself."),
            "depends_on_unknown": _("There is no line “%s”.", values.get("ref")),
        }

    def _order_sentences(self, values):
        """Sentences about what the payload names."""
        _ = self.env._
        return {
            "too_many": _(
                "A call takes at most 100 orders with 2 500 lines in all, and 5"
                " million characters. Send less at a time."
            ),
            "forbidden": _("You may not send or read orders of this source."),
            "duplicate_order": _("The call holds this order twice."),
            "made_by_hand": _(
                "Order %s has this number but was not sent by you.",
                values.get("order"),
            ),
            "locked": _(
                "A colleague is working on order %s this very moment. Send it again"
                " later.",
                values.get("order"),
            ),
            "in_work": _(
                "Order %s is in work and can no longer be changed.",
                values.get("order"),
            ),
            "unknown_store": _("The source has no store “%s”.", values.get("store")),
            "no_delivery": _("Store “%s” does not deliver.", values.get("store")),
            "no_pickup": _("Store “%s” does not hand out orders.", values.get("store")),
            "bad_currency": _("The store sells in %s.", values.get("currency")),
            "bad_inn": _("This is not a valid INN: its check digits are wrong."),
            "unknown_product": _(
                "There is no product “%s” on sale.", values.get("sku")
            ),
            "ambiguous_product": _(
                "More than one product has the number “%s”.", values.get("sku")
            ),
            "quantity_step": _(
                "“%(sku)s” is sold in steps of %(step)s %(unit)s.",
                sku=values.get("sku"),
                step=values.get("step"),
                unit=values.get("unit"),
            ),
            "price_above": _(
                "The price is above the reference price %(price)s.",
                price=values.get("price"),
            ),
            "unknown_order": _("There is no order “%s”.", values.get("ref")),
            "unknown_reason": _(
                "There is no reason “%s” of a customer.", values.get("reason")
            ),
            "reason_note": _("This reason needs a comment."),
            "not_cancellable": _(
                "Order %s can no longer be cancelled online.", values.get("order")
            ),
            "unknown_transition": _(
                "From its stage order %(order)s has no button “%(transition)s”.",
                order=values.get("order"),
                transition=values.get("transition"),
            ),
        }
