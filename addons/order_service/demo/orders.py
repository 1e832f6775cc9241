"""Orders of the last and the coming days, each carried to where its story ends.

They come in through the public API and move by finishing tasks as the right people.
"""

import json
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytz

from odoo import Command, fields
from odoo.tools import file_open

from .clock import clock, settle_times

SEED = 3
SLOT_HOURS = (10, 12, 14, 16, 18)
SLOT_LENGTH = timedelta(hours=2)
SLOT_DAYS = range(-5, 5)
SHORTEST_STEP = timedelta(minutes=4)
NIGHT = time(hour=23, minute=30)
# Nobody works in the first and the last minutes of a store's day.
MARGIN_MINUTES = (8, 40)
# What happens to an order after the site has sent it. "done" finishes its open task.
# Stories that end in "delivered" or "won" hand the order out as the route says.
STORIES = {
    "new": [],
    "new_late": [],
    "checking": ["take"],
    "assembly": ["done"],
    "assembly_late": ["done"],
    "assembling": ["done", "take"],
    "assembling_marked": ["done", "mark"],
    "packed": ["done", "done"],
    "packed_marked": ["done", "mark_done"],
    "courier": ["done", "done", "done"],
    "courier_late": ["done", "done", "done"],
    "delivered": ["done", "done", "hand_out"],
    "no_document": ["done", "done", "done", "show_nothing"],
    "won": ["done", "done", "hand_out", "done"],
    "refused_customer": ["done", "refuse_changed_mind"],
    "refused_technical": ["done", "fail_no_goods"],
    "refused_delivery": ["done", "done", "done", "fail_nobody_home"],
    "lost_customer": ["done", "refuse_other_shop", "done"],
    "lost_technical": ["done", "fail_no_key_item", "done"],
    "lost_delivery": ["done", "done", "done", "fail_refused_at_door", "done"],
    "lost_online": ["cancel", "done"],
    "postponed_no_answer": ["take", "postpone_no_answer"],
    "postponed_other": ["take", "postpone_other"],
    "nobody": ["done_at_night"],
    "asking_age": ["take", "add_WINE-2"],
}
# Minutes from the start of the slot at which a task is usually finished, by stage;
# a check is counted from the moment the order was placed.
USUAL_MINUTES = {
    "assembly": (-95, -65),
    "handover": (-30, -18),
    "delivery": (25, 95),
    "ready": (10, 100),
    "report": (120, 200),
    "refused": (150, 230),
}
CHECK_MINUTES = (5, 14)
JUST_PLACED_MINUTES = (3, 11)
LATE_MINUTES = (50, 80)
REMARKS = {
    "no_answer": "Не берёт трубку, перезвонить",
    "other": "Ждёт подтверждения даты от организатора праздника",
}


def load_orders(env):
    """Submit and carry all orders of ``orders.json``."""
    random = Random(SEED)
    with file_open("order_service/demo/orders.json") as file:
        stories = json.load(file)
    for story in stories:
        DemoOrder(env, story, random).play()
    settle_times(env)


class DemoOrder:
    """One order and its story."""

    def __init__(self, env, story, random):
        self.env = env(context=dict(env.context, lang="ru_RU", tracking_disable=True))
        self.story = story
        self.random = random
        self.now = fields.Datetime.now()
        self.store = self._ref(f"demo_store_{story['store'].lower()}")
        self.timezone = pytz.timezone(self.store.service_tz)
        self.slot_start = self._slot_start()
        self.order = env["sale.order"]

    def play(self):
        """Send the order, then let people do their work, each at its time."""
        steps = self.steps()
        placed, *moments = self.moments(steps)
        with clock(self.env, placed):
            self._submit(placed)
            self._pay()
        for step, moment in zip(steps, moments, strict=True):
            with clock(self.env, moment):
                self._act(step)

    def steps(self):
        """What is done to the order, in turn; a delivery is handed out in two steps."""
        handing_out = {"delivery": ["done", "done"], "pickup": ["done"]}
        steps = []
        for step in STORIES[self.story["story"]]:
            if step == "hand_out":
                steps += handing_out[self.story["fulfilment"]]
            else:
                steps.append(step)
        return steps

    # -- moments ----------------------------------------------------------------------

    def _slot_start(self):
        """The start of the slot the story names; 0 is the present one or the next."""
        today = self._local(self.now).date()
        starts = [
            self._utc(today + timedelta(days=day), time(hour=hour))
            for day in SLOT_DAYS
            for hour in SLOT_HOURS
        ]
        present = next(
            index
            for index, start in enumerate(starts)
            if start + SLOT_LENGTH > self.now
        )
        return starts[present + self.story["slot"]]

    def moments(self, steps):
        """When the order was placed and each step was done: rising, all in the past.

        Customers order at any hour, people work while the store is open: what would
        fall into the night (or the future) was done before.

        :param steps: as of ``steps()``
        :return: naive UTC datetimes: of placing, then of each step
        """
        if "done_at_night" in steps:
            return [self._last_night() - timedelta(minutes=9), self._last_night()]
        placed = self._placed()
        stages = self._stages_passed(steps)
        moments = [placed] + [self._usual_moment(stage, placed) for stage in stages]
        latest = self.now - timedelta(minutes=self.random.randint(2, 9))
        for index in reversed(range(len(moments))):
            moments[index] = min(moments[index], latest)
            if index:
                moments[index] = self._at_work(moments[index])
            latest = moments[index] - SHORTEST_STEP
        for index, (before, moment) in enumerate(pairwise(moments), start=1):
            moments[index] = max(moment, before + timedelta(minutes=1))
        return moments

    def _placed(self):
        if hours := self.story["placed_hours_before"]:
            minutes = hours * 60 + self.random.randint(-25, 25)
            return self.slot_start - timedelta(minutes=minutes)
        late = self.story["story"] == "new_late"
        return self.now - self._minutes(LATE_MINUTES if late else JUST_PLACED_MINUTES)

    def _stages_passed(self, steps):
        """The stage each step leaves, as far as its usual time is concerned."""
        packed = "handover" if self.story["fulfilment"] == "delivery" else "ready"
        way = ["check", "assembly", packed, "delivery", "report"]
        if packed == "ready":
            way.remove("delivery")
        refused = next(
            (n for n, step in enumerate(steps) if step.startswith(("fail", "refuse_"))),
            0 if "cancel" in steps else len(steps),
        )
        return [
            way[index] if index <= refused else "refused" for index in range(len(steps))
        ]

    def _usual_moment(self, stage, placed):
        if stage == "check":
            return placed + self._minutes(CHECK_MINUTES)
        return self.slot_start + self._minutes(USUAL_MINUTES[stage])

    def _at_work(self, moment):
        """``moment``, or the evening before if the store was closed then."""
        hours = self.store.service_calendar_id.attendance_ids[0]
        opening, closing = int(hours.hour_from), int(hours.hour_to)
        local = self._local(moment)
        if opening <= local.hour < closing:
            return moment
        day = local.date() - timedelta(days=1 if local.hour < opening else 0)
        return self._utc(day, time(hour=closing)) - self._minutes(MARGIN_MINUTES)

    def _last_night(self):
        today = self._local(self.now).date()
        night = self._utc(today, NIGHT)
        return (
            night if night < self.now else self._utc(today - timedelta(days=1), NIGHT)
        )

    def _minutes(self, bounds):
        return timedelta(minutes=self.random.randint(*bounds))

    def _local(self, moment):
        return pytz.utc.localize(moment).astimezone(self.timezone)

    def _utc(self, date, hour):
        local = self.timezone.localize(datetime.combine(date, hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _iso(self, moment):
        return self._local(moment).isoformat(timespec="seconds")

    # -- the site ---------------------------------------------------------------------

    def _submit(self, placed):
        integrator = self._ref("demo_user_integrator")
        [answer] = (
            self.env["sale.order"]
            .with_user(integrator)
            .service_submit([self._payload(placed)])
        )
        self._check_taken(answer)
        self.order = self.env["sale.order"].browse(answer["order_id"])

    def _pay(self):
        """The customer pays on the site, all of it or a part, and the money is there.

        Post-processing would make an accounting entry: the demo keeps no books.
        """
        order, paid = self.order, self.story.get("paid")
        if not paid:
            return
        self.env["payment.transaction"].create(
            {
                "provider_id": self._ref("demo_payment_provider").id,
                "payment_method_id": self.env.ref("payment.payment_method_card").id,
                "reference": order.service_external_ref,
                "amount": order.amount_total if paid == "all" else paid,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.link(order.id)],
                "state": "done",
                "is_post_processed": True,
            }
        )
        # the feed tells of a payment before the commit: let it be at this hour
        self.env.cr.flush()

    def _check_taken(self, answer):
        """A story that the API refuses is a mistake in ``orders.json``."""
        if answer["result"] not in ("created", "updated"):
            raise ValueError(f"{self.story['ref']}: {answer['errors']}")

    def _payload(self, placed):
        story = self.story
        customer = self.env.ref(f"site.{story['customer']}")
        payload = {
            "source": "site",
            "external_ref": story["ref"],
            "placed_at": self._iso(placed),
            "customer": self._customer(customer) | self._adulthood(placed),
            "fulfilment": story["fulfilment"],
            "store": story["store"],
            "slot": {
                "start": self._iso(self.slot_start),
                "end": self._iso(self.slot_start + SLOT_LENGTH),
            },
            "payment": {"method": story["payment"], "paid": 0.0, "currency": "RUB"},
            "comment": story.get("comment", ""),
            "lines": [
                self._line(number, line)
                for number, line in enumerate(story["lines"], start=1)
            ],
        }
        if story["fulfilment"] == "delivery":
            payload["address"] = self._address(customer)
        for key in ("recipient", "on_key_missing"):
            if key in story:
                payload[key] = story[key]
        return payload

    def _adulthood(self, placed):
        if not self.story.get("adult"):
            return {}
        confirmed = self._iso(placed - timedelta(days=30))
        return {"adult_confirmed_at": confirmed, "adult_confirmed_how": "account"}

    def _customer(self, partner):
        values = {
            "external_id": self.story["customer"],
            "type": "company" if partner.is_company else "person",
            "name": partner.name,
            "phone": partner.phone,
            "email": partner.email,
        }
        if partner.vat:
            values["inn"] = partner.vat
        return values

    def _address(self, partner):
        return {
            "text": f"г {partner.city}, {partner.street}",
            "city": partner.city,
            "street": partner.street,
            "postal_code": partner.zip,
        }

    def _line(self, number, line):
        """A line of the feed; lines depend on each other by sku in the story."""
        numbers = {
            other["sku"]: str(index)
            for index, other in enumerate(self.story["lines"], start=1)
        }
        values = {"ref": str(number), "sku": line["sku"], "quantity": line["quantity"]}
        values["policy"] = line.get("policy", "similar")
        if line.get("key"):
            values["key"] = True
        if "depends_on" in line:
            values["depends_on"] = [numbers[line["depends_on"]]]
        if "substitutes" in line:
            values["substitutes"] = [
                {"sku": other} if isinstance(other, str) else other
                for other in line["substitutes"]
            ]
        return values

    # -- people -----------------------------------------------------------------------

    def _act(self, step):
        action, _, detail = step.partition("_")
        if action == "cancel":
            self._cancel_online()
        elif action == "postpone":
            self._postpone(detail)
        elif action == "refuse":
            self._refuse(self._ref(f"reason_{detail}"))
        elif action == "fail":
            self._task()._finish("failed", reason=self._ref(f"reason_{detail}"))
        elif action == "take":
            self._task().action_take()
        elif action == "add":
            self._add_line(detail)
        elif action == "mark":
            self._mark(finish=detail == "done")
        elif action == "show":
            self._deliver_without_document()
        else:
            self._finish()

    def _mark(self, finish):
        """The administrator marks the lines as the story has them found."""
        task = self._task()
        for story, line in zip(self.story["lines"], self.order.order_line, strict=True):
            if "found" not in story:
                continue
            task.action_service_found(line.id, story["found"])
            if "send" in story:
                substitute = line.service_substitute_ids.product_id.filtered(
                    lambda product, sku=story["send"]: product.default_code == sku
                )
                task.action_service_replace(line.id, substitute.id)
        if finish:
            self._finish()

    def _task(self):
        """The order's open task, as the person whose work it is."""
        task = self.order.service_task_ids.filtered(lambda task: task.state == "open")
        task.ensure_one()
        return task.with_user(task.user_id or self._person(task.role))

    def _person(self, role):
        city = self.store.service_city
        if role == "operator":
            login = "operator" if city == "Хабаровск" else "operator2"
        else:
            number = int(self.story["store"][-1])
            number = 2 * number - 1 if role == "courier" else number
            login = role if number == 1 else f"{role}{number}"
        return self._ref(f"demo_user_{login}")

    def _add_line(self, sku):
        """The operator adds goods on the customer's word and still asks the age."""
        product = self.env["product.product"].search([("default_code", "=", sku)])
        order = self.order.with_user(self._person("operator"))
        order.write(
            {
                "order_line": [Command.create({"product_id": product.id})],
                "service_consent_how": "phone",
            }
        )

    def _finish(self):
        task = self._task()
        if task.asks_courier:
            self.order._service_set_courier(self._person("courier"))
        for item in task.item_ids:
            item.action_tick()
        task._finish("done")

    def _deliver_without_document(self):
        """The recipient shows no document: goods sold from an age on stay behind."""
        dialog = self._task().action_done()
        self._task().env[dialog["res_model"]].with_context(**dialog["context"]).create(
            {"age_check": "refused"}
        ).action_confirm()

    def _refuse(self, reason):
        """The operator presses the button of the customer's refusal."""
        order = self.order.with_user(self._person("operator"))
        order._service_refuse(reason)

    def _cancel_online(self):
        """The customer cancels in the account on the site."""
        orders = self.env["sale.order"].with_user(self._ref("demo_user_integrator"))
        self._check_taken(
            orders.service_cancel(
                {"source": "site", "external_ref": self.story["ref"]},
                self._ref("reason_customer_portal").code,
            )
        )

    def _postpone(self, kind):
        hours = 2 if kind == "no_answer" else 26
        until = self.now + timedelta(hours=hours)
        operator = self._person("operator")
        self.env["order.service.deferral"].with_user(operator)._open(
            self.order, kind, until, REMARKS[kind]
        )

    def _ref(self, name):
        return self.env.ref(f"order_service.{name}")
