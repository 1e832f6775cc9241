import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from ..models import partner_notification_delivery_list as list_model
from .common_upload import UploadBuilders

CLERK = "partner_notifications.group_clerk"
SALES = "sales_team.group_sale_salesman_all_leads"


@tagged("post_install", "-at_install")
class TestDeliveryList(UploadBuilders, TransactionCase):
    """K6: the delivery department's list moves the orders, partners are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_uploads(cls.env)
        cls.company.partner_id.tz = "Asia/Vladivostok"
        cls.seller = cls._staff("seller", f"{CLERK},{SALES}")
        cls.today = cls.company._notification_today()
        cls.day = cls.today + timedelta(days=5)

    def _order(self, partner=None, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self._partner("Buyer", persons=0)).id,
                "company_id": self.company.id,
                # noon in Vladivostok
                "commitment_date": f"{self.today + timedelta(days=2)} 02:00:00",
            }
            | values
        )
        order.state = "sale"
        return order

    def _list(self, *rows, user=None):
        content = "\n".join(["order;date", *(";".join(map(str, row)) for row in rows)])
        return (
            self.env["partner.notification.delivery.list"]
            .with_user(user or self.seller)
            .create({"file": base64.b64encode(content.encode()), "filename": "l.csv"})
        )

    def test_an_order_gets_its_new_day_and_keeps_its_hour(self):
        order = self._order()
        moved = self._read(self._list((order.name, self.day)))
        self.assertEqual((moved.file_state, moved.moved_count), ("ready", 1))
        self.assertEqual(
            fields.Datetime.to_string(order.commitment_date), f"{self.day} 02:00:00"
        )
        again = self._read(self._list((order.name, self.day)))
        self.assertEqual((again.moved_count, again.same_count), (0, 1))

    def test_an_hour_is_the_companys(self):
        order = self._order()
        self._read(self._list((order.name, f"{self.day:%d.%m.%Y} 15:30")))
        self.assertEqual(
            fields.Datetime.to_string(order.commitment_date), f"{self.day} 05:30:00"
        )

    def test_its_partner_is_told_the_new_day(self):
        partner = self._partner("Told")
        rule = self.env["partner.notification.rule"].create(
            {
                "name": "Moves",
                "topic_id": self.env.ref("partner_notifications.topic_delivery").id,
                "source": "delivery",
                "company_id": self.company.id,
            }
        )
        order = self._order(partner)
        self._read(self._list((order.name, self.day)))
        self._send(rule._start())
        self.assertIn(order.name, self._receipts(self._persons(partner)).subject)

    def test_what_cannot_be_moved_stands_in_the_error_file(self):
        good, refused, draft = self._order(), self._order(), self._order()
        draft.state = "draft"
        twins = self._order(name="TWIN"), self._order(name="TWIN")
        yesterday = self.today - timedelta(days=1)
        model = type(self.env["sale.order"])
        write = model.write

        def refuse(order, vals):
            write(order, vals)
            if refused in order and "commitment_date" in vals:
                raise UserError("The slot is full.")  # pylint: disable=translation-required
            return True

        before = refused.commitment_date
        with patch.object(model, "write", refuse):
            moved = self._read(
                self._list(
                    (refused.name, self.day),
                    (good.name, self.day),
                    (draft.name, self.day),
                    ("nothing", self.day),
                    (twins[0].name, self.day),
                    (good.name, "31.02.2027"),
                    (good.name, yesterday),
                )
            )
        self.assertEqual(
            self._problems_of(moved),
            [
                (2, "refused"),
                (4, "unknown_order"),
                (5, "unknown_order"),
                (6, "ambiguous_order"),
                (7, "bad_date"),
                (8, "past_date"),
            ],
        )
        messages = moved._problems().mapped("message")
        self.assertEqual(messages[0], "The slot is full.")
        self.assertEqual(refused.commitment_date, before)
        self.assertEqual(moved.moved_count, 1)

    def test_a_clerk_without_a_right_to_orders_moves_them_by_the_list(self):
        order = self._order()
        with self.assertRaises(AccessError):
            order.with_user(self.clerk).commitment_date = False
        moved = self._read(self._list((order.name, self.day), user=self.clerk))
        self.assertEqual((moved.file_state, moved.moved_count), ("ready", 1))
        self.assertEqual(
            fields.Datetime.to_string(order.commitment_date), f"{self.day} 02:00:00"
        )
        self.assertEqual(order.write_uid, self.clerk)

    def test_a_plain_internal_user_uploads_no_list(self):
        for user in (
            self._staff("plain", "base.group_user"),
            self._staff("sales", SALES),
        ):
            with self.assertRaises(AccessError):
                self._list((self._order().name, self.day), user=user)

    def test_an_order_of_another_company_is_not_known(self):
        other = self.env["res.company"].create({"name": "Other supply"})
        theirs = self._order(company_id=other.id)
        before = theirs.commitment_date
        moved = self._read(self._list((theirs.name, self.day), user=self.clerk))
        self.assertEqual(self._problems_of(moved), [(2, "unknown_order")])
        self.assertEqual(theirs.commitment_date, before)
        with self.assertRaises(AccessError):
            moved.copy({"company_id": other.id})

    def test_who_lost_the_right_since_the_upload_moves_nothing(self):
        order = self._order()
        before = order.commitment_date
        other = self.env["res.company"].create({"name": "Other supply"})
        for loss in (
            {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]},
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]},
            {"active": False},
        ):
            uploader = self._staff(f"mover_{next(iter(loss))}", CLERK)
            moved = self._list((order.name, self.day), user=uploader)
            moved.action_check()
            uploader.write(loss)
            self._run_files()
            moved = moved.sudo()
            self.assertEqual((moved.file_state, moved.moved_count), ("failed", 0))
            self.assertIn("may not move orders", moved.file_failure)
            self.assertEqual(order.commitment_date, before)

    def test_nobody_moves_orders_in_anothers_name(self):
        order = self._order()
        moved = self._list((order.name, self.day))
        theirs = moved.with_user(self.clerk)
        with self.assertRaises(AccessError):
            theirs.file = base64.b64encode(b"order;date\n")
        with self.assertRaises(AccessError):
            theirs.action_check()
        for values in ({"create_uid": self.clerk.id}, {"file_state": "waiting"}):
            with self.assertRaises(AccessError):
                moved.write(values)

    def test_a_list_is_worked_through_once(self):
        moved = self._read(self._list((self._order().name, self.day)))
        with self.assertRaisesRegex(UserError, "is done"):
            moved.action_check()
        with self.assertRaisesRegex(UserError, "make a new one"):
            moved.file = base64.b64encode(b"order;date\n")

    def test_a_transaction_ends_in_time_and_the_next_goes_on(self):
        orders = [self._order() for _number in range(3)]
        moved = self._list(*((order.name, self.day) for order in orders))
        moved.action_check()
        with patch.object(list_model, "SECONDS_AT_ONCE", 0):
            self._run_files()
        self.assertEqual((moved.file_state, moved.moved_count), ("ready", 3))

    def test_a_list_without_its_columns_is_told(self):
        moved = self._list()
        moved.file = base64.b64encode(b"order;day\nS1;2026-11-30\n")
        self._read(moved)
        self.assertEqual(moved.file_state, "failed")
        self.assertIn("date", moved.file_failure)
