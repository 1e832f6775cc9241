import time
from datetime import datetime

import pytz
from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tools import clean_context, format_date

from ..rules import delivery_list
from ..rules.upload import RowProblem
from .partner_notification_file import WORKING

# a transaction ends after it: writing an order costs what other addons make of it
SECONDS_AT_ONCE = 1.0
USUAL_HOUR = datetime.strptime("12:00", "%H:%M").time()
WRITTEN_BY_PEOPLE = {"file", "filename", "company_id"}


class PartnerNotificationDeliveryList(models.Model):
    """A list of orders and their new days from the delivery department (K6).

    The service centre may upload it without a right to sales orders: only the promised
    day of confirmed orders of the list's company is written, in the uploader's name;
    the source “Delivery moved” tells the partners. What an order or another addon
    refuses stands among the rows with errors.
    """

    _name = "partner.notification.delivery.list"
    _inherit = ["partner.notification.file"]
    _description = "List of moved deliveries"
    _order = "id desc"
    _rec_name = "filename"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    moved_count = fields.Integer(string="Orders moved", readonly=True, copy=False)
    same_count = fields.Integer(
        string="Had that day already", readonly=True, copy=False
    )

    # -- people ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """People give a file and a company; all else is written by the reading."""
        if not self.env.su:
            for vals in vals_list:
                self._check_written_by_people(vals)
            self = self.with_context(clean_context(self.env.context))
        return super().create(vals_list)

    def write(self, vals):
        """Orders are moved in the name of who uploaded: nobody else changes the file.

        :raises AccessError: it is another person's, or a field people do not write
        :raises UserError: it is being read, or has been
        """
        if not self.env.su:
            self._check_written_by_people(vals)
            for moved in self:
                moved._check_own()
                if moved.file_state not in ("none", "failed"):
                    raise UserError(
                        self.env._("The list is in work: make a new one instead.")
                    )
        return super().write(vals)

    def action_check(self):
        """Have the orders moved by the scheduled action.

        :raises AccessError: it is another person's list
        :raises UserError: it was worked through, or there is nothing to read
        """
        for moved in self:
            moved._check_own()
            if moved.file_state == "ready":
                raise UserError(
                    self.env._("This list is done: make a new one for other moves.")
                )
        return super().action_check()

    def _check_own(self):
        """:raises AccessError: somebody else has uploaded it"""
        if self.create_uid != self.env.user:
            raise AccessError(
                self.env._(
                    "“%(list)s” is %(person)s's list: make one of your own.",
                    list=self.display_name,
                    person=self.create_uid.name,
                )
            )

    def _check_written_by_people(self, vals):
        """:raises AccessError: a field is given that people do not write"""
        if fixed := vals.keys() - WRITTEN_BY_PEOPLE:
            raise AccessError(
                self.env._(
                    "%s of a list cannot be written: give a file and press “Move the"
                    " orders”.",
                    ", ".join(sorted(fixed)),
                )
            )

    def _may_move(self):
        """Whether who uploaded still is of the service centre and of the company."""
        uploader = self.create_uid
        return (
            uploader.active
            and uploader.has_group("partner_notifications.group_clerk")
            and self.company_id in uploader.company_ids
        )

    # -- reading -----------------------------------------------------------------------

    def _read_step(self):
        """Asked at each step: the list may be worked on long after it was uploaded."""
        if self._may_move():
            return super()._read_step()
        return self._fail(
            self._in_their_words().env._(
                "%(person)s may not move orders of %(company)s: ask the administrator"
                " for the group “Service centre” in this company.",
                person=self.create_uid.name,
                company=self.company_id.name,
            )
        )

    def _forget_reading(self):
        self.write({"moved_count": 0, "same_count": 0})
        return super()._forget_reading()

    def _check_header(self, header):
        delivery_list.read_columns(header)

    def _take_lines(self, lines):
        """Move orders until a transaction's time is over."""
        places = delivery_list.read_columns(self.header)
        moves, problems = self._read_moves(lines, places)
        orders = self._orders([move.order for _number, _cells, move in moves.values()])
        end = time.monotonic() + SECONDS_AT_ONCE
        taken = 0
        for number, cells in lines:
            if number in moves:
                move = moves[number][2]
                try:
                    self._move(orders.get(move.order, []), move)
                except RowProblem as problem:
                    problems.append((number, cells, problem.code, problem.what))
            taken += 1
            if time.monotonic() > end:
                break
        last = lines[taken - 1][0]
        self._leave_problems([problem for problem in problems if problem[0] <= last])
        return taken

    def _read_moves(self, lines, places):
        """(dict number -> (number, cells, move), problems) of some lines."""
        moves, problems = {}, []
        for number, cells in lines:
            try:
                moves[number] = number, cells, delivery_list.read_move(cells, places)
            except RowProblem as problem:
                problems.append((number, cells, problem.code, problem.what))
        return moves, problems

    def _orders(self, names):
        """dict name -> confirmed orders of the company, in the uploader's name.

        With a superuser's rights: ``_may_move`` has checked the uploader's.
        """
        orders = self.env["sale.order"].with_user(self.create_uid).sudo()
        orders = orders.with_context(
            allowed_company_ids=self.company_id.ids, lang=self.create_uid.lang
        )
        found = {}
        for order in orders.search(
            [
                ("name", "in", names),
                ("state", "=", "sale"),
                ("company_id", "=", self.company_id.id),
            ]
        ):
            found.setdefault(order.name, []).append(order)
        return found

    def _move(self, orders, move):
        """Write an order's promised day.

        :raises RowProblem: unknown_order, ambiguous_order, past_date, refused
        """
        if len(orders) != 1:
            raise RowProblem(
                "ambiguous_order" if orders else "unknown_order", move.order
            )
        [order] = orders
        if move.day < self.company_id._notification_today():
            day = format_date(self.env, move.day, lang_code=self.create_uid.lang)
            raise RowProblem("past_date", day)
        moment = self._moment(order, move)
        if order.commitment_date == moment:
            self.same_count += 1
            return
        try:
            with self.env.cr.savepoint():
                order.write({"commitment_date": moment})
                order.flush_recordset()
        except (UserError, AccessError, RedirectWarning, IntegrityError) as error:
            order.invalidate_recordset()
            raise RowProblem("refused", str(error)) from error
        self.moved_count += 1

    def _moment(self, order, move):
        """The new promised moment, naive UTC; a day alone keeps the hour there was."""
        zone = self.company_id._notification_zone()
        hour = move.hour
        if hour is None and order.commitment_date:
            before = pytz.utc.localize(order.commitment_date).astimezone(zone)
            hour = before.time()
        local = zone.localize(datetime.combine(move.day, hour or USUAL_HOUR))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_work(self):
        """A list in work is not deleted under the hands of the scheduled action."""
        if any(moved.file_state in WORKING for moved in self):
            raise UserError(self.env._("The list is in work: wait until it is done."))
