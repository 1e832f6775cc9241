import itertools
import json
import xmlrpc.client

from .common import OrderServiceCommon

_numbers = itertools.count(1)


class ApiCommon(OrderServiceCommon):
    """Payloads with defaults, and calls as the site's user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.russia = cls.env.ref("base.ru")
        cls.store.partner_id.country_id = cls.russia
        cls.orders = cls.env["sale.order"]

    @classmethod
    def payload(cls, **values):
        """One order as a site sends it; ``values`` replace or, if None, drop keys."""
        number = next(_numbers)
        order = {
            "source": cls.source.code,
            "external_ref": f"P-{number}",
            "placed_at": "2026-11-20T10:15:00+03:00",
            "customer": {
                "external_id": f"c-{number}",
                "type": "person",
                "name": "Anna Petrova",
                "phone": f"+7 913 {number:03d}-00-01",
                "email": f"a{number}@example.com",
            },
            "recipient": {"name": "Maria Petrova", "phone": "8 (913) 000 00 02"},
            "fulfilment": "delivery",
            "store": cls.store.service_code,
            "address": {
                "text": "г Хабаровск, ул Ленина, д 1, кв 2",
                "city": "Хабаровск",
                "postal_code": "680000",
            },
            "slot": {
                "start": "2026-11-21T12:00:00+10:00",
                "end": "2026-11-21T14:00:00+10:00",
            },
            "payment": {
                "method": "cash",
                "paid": 0.0,
                "currency": cls.company.currency_id.name,
            },
            "on_key_missing": "drop_dependents",
            "comment": "Ring twice",
            "lines": [
                cls.line("KVAS", 2, 89.9, ref="1", key=True, policy="listed"),
                cls.line("CUCUMBER", 1, 199.0, ref="2", depends_on=["1"]),
            ],
        }
        order.update(values)
        return order

    @classmethod
    def line(cls, sku, quantity=1, price=None, **values):
        return {"sku": sku, "quantity": quantity, "price": price, **values}

    def submit(self, *orders, user=None):
        """Send orders as the site's user; the answers, proved to marshal."""
        api = self.orders.with_user(user or self.integrator)
        return self.carried(api.service_submit(list(orders)))

    def submit_one(self, user=None, **values):
        [answer] = self.submit(self.payload(**values), user=user)
        return answer

    def order_of(self, answer):
        self.assertEqual(answer["errors"], [])
        return self.orders.browse(answer["order_id"])

    def carried(self, answer):
        """The answer, after checking that every protocol can carry it."""
        xmlrpc.client.dumps((answer,), allow_none=False, methodresponse=True)
        json.dumps(answer, allow_nan=False)
        return answer

    def problems(self, answer):
        """Set of (code, field) of an answer, each with a sentence."""
        for error in answer["errors"]:
            self.assertGreater(len(error["message"]), 10)
        return {(error["code"], error["field"]) for error in answer["errors"]}
