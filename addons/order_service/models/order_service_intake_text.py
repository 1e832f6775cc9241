from odoo import models


class OrderServiceIntake(models.Model):
    """What the caller reads when an order is refused, in the caller's language."""

    # one file a concern
    _inherit = "order.service.intake"  # pylint: disable=consider-merging-classes-inherited

    def _sentence(self, problem):
        """The sentence of one problem.

        :param problem: rules.payload.Problem
        """
        values = problem.values
        if problem.text == "odoo":
            return values["sentence"]
        texts = (
            self._payload_sentences(values)
            | self._call_sentences(values)
            | self._store_sentences(values)
            | self._goods_sentences(values)
            | self._line_sentences(values)
            | self._steering_sentences(values)
        )
        return texts[problem.text]

    def _payload_sentences(self, values):
        """Sentences about the payload alone."""
        return {
            "missing": self.env._("A value is missing here."),
            "no_contact": self.env._("Name a phone, an e-mail or an external id."),
            "not_text": self.env._("A text is expected here."),
            "not_storable": self.env._("The text holds signs that cannot be stored."),
            "too_long": self.env._(
                "The text is longer than %s characters.", values.get("longest")
            ),
            "white_space": self.env._("This key must not hold white space."),
            "not_choice": self.env._("Choose one of: %s.", values.get("options")),
            "not_flag": self.env._("Send true or false."),
            "not_moment": self.env._("Send date and time as ISO 8601 with an offset."),
            "not_number": self.env._("A number is expected here."),
            "out_of_range": self.env._(
                "The number must be above zero and at most %s.", values.get("most")
            ),
            "not_object": self.env._("An object is expected here."),
            "not_list": self.env._("A list is expected here."),
            "too_many_entries": self.env._("At most %s entries.", values.get("most")),
            "unknown_field": self.env._("The API knows no such key."),
            "not_email": self.env._("This is not an e-mail address."),
            "not_phone": self.env._("This is no phone number: check its digits."),
            "no_address": self.env._(
                "A delivery needs an address: send its text or its street."
            ),
            "slot_order": self.env._("The slot must end after its start."),
            "duplicate_line": self.env._(
                "Line “%s” is there twice.", values.get("ref")
            ),
            "depends_on_itself": self.env._("A line cannot depend on itself."),
            "depends_in_circle": self.env._("Lines depend on each other in a circle."),
            "substitute_of_itself": self.env._(
                "A product cannot be sent instead of itself."
            ),
            "depends_on_unknown": self.env._(
                "There is no line “%s”.", values.get("ref")
            ),
        }

    def _call_sentences(self, values):
        """Sentences about the call and its orders as a whole."""
        return {
            "too_many": self.env._(
                "A call takes at most 100 orders with 2 500 lines in all, and 5"
                " million characters. Send less at a time."
            ),
            "forbidden": self.env._("You may not send or read orders of this source."),
            "duplicate_order": self.env._(
                "The call holds this order twice: the first one counts."
            ),
            "differing_orders": self.env._(
                "The call holds this order twice, and they differ: nothing of it was"
                " taken. Send the one that counts."
            ),
            "made_by_hand": self.env._(
                "Order %s has this number but was not sent by you.",
                values.get("order"),
            ),
            "locked": self.env._(
                "A colleague is working on order %s this very moment. Send it again"
                " later.",
                values.get("order"),
            ),
            "in_work": self.env._(
                "Order %s is in work and can no longer be changed.",
                values.get("order"),
            ),
            "unknown_order": self.env._("There is no order “%s”.", values.get("ref")),
        }

    def _store_sentences(self, values):
        """Sentences about the store and the person the order is for."""
        return {
            "unknown_store": self.env._(
                "The source has no store “%s”.", values.get("store")
            ),
            "no_delivery": self.env._(
                "Store “%s” does not deliver.", values.get("store")
            ),
            "no_pickup": self.env._(
                "Store “%s” does not hand out orders.", values.get("store")
            ),
            "closed": self.env._(
                "Store “%(store)s” is closed from %(start)s to %(end)s: %(reason)s",
                store=values.get("store"),
                start=values.get("start"),
                end=values.get("end"),
                reason=values.get("reason"),
            ),
            "bad_currency": self.env._(
                "The store sells in %s.", values.get("currency")
            ),
            "bad_inn": self.env._(
                "This is not a valid INN: its check digits are wrong."
            ),
        }

    def _goods_sentences(self, values):
        """Sentences about which goods there are, and for whom."""
        return {
            "unknown_product": self.env._(
                "There is no product “%s” on sale.", values.get("sku")
            ),
            "ambiguous_product": self.env._(
                "More than one product has the number “%s”.", values.get("sku")
            ),
            "age_not_confirmed": self.env._(
                "“%(sku)s” is sold from the age of %(age)s: confirm the customer's age"
                " first.",
                sku=values.get("sku"),
                age=values.get("age"),
            ),
            "pickup_only": self.env._(
                "“%s” is handed out in the store only: choose pick-up.",
                values.get("sku"),
            ),
            "not_in_assortment": self.env._(
                "“%(sku)s” is not in the assortment of store “%(store)s”.",
                sku=values.get("sku"),
                store=values.get("store"),
            ),
        }

    def _line_sentences(self, values):
        """Sentences about how much of the goods, and for how much."""
        return {
            "quantity_step": self.env._(
                "“%(sku)s” is sold in steps of %(step)s %(unit)s.",
                sku=values.get("sku"),
                step=values.get("step"),
                unit=values.get("unit"),
            ),
            "unpriced": self.env._(
                "“%(sku)s” has no price in store “%(store)s”.",
                sku=values.get("sku"),
                store=values.get("store"),
            ),
            "price_above": self.env._(
                "The price is above the reference price %(price)s.",
                price=values.get("price"),
            ),
        }

    def _steering_sentences(self, values):
        """Sentences about cancelling and moving an order."""
        return {
            "unknown_reason": self.env._(
                "There is no reason “%s” of a customer.", values.get("reason")
            ),
            "reason_note": self.env._("This reason needs a comment."),
            "not_cancellable": self.env._(
                "Order %s can no longer be cancelled online.", values.get("order")
            ),
            "unknown_transition": self.env._(
                "From its stage order %(order)s has no button “%(transition)s”.",
                order=values.get("order"),
                transition=values.get("transition"),
            ),
        }
