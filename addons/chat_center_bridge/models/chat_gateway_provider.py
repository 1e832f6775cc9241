from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.order_service.wizards.closing_note import closing_note

from ..rules.adapter import Result
from ..rules.setting_up import WAYS_OUT, sentence_of

# what a messenger has told of an account, before it has told anything
UNTOLD = {"webhook_set_at": False, "account_name": False, "checked_at": False}


class ChatGateway(models.Model):
    """Steps of the set-up in which the messenger itself is asked.

    What it answers is kept on the gateway and in its log. A step may be repeated: it
    does the same again, so that a request that is made anew does no harm.
    """

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    has_provider = fields.Boolean(
        string="Has a messenger",
        compute="_compute_has_provider",
        help="Somebody has to bring our words to the customer.",
    )
    webhook_set_at = fields.Datetime(
        string="Webhook set",
        readonly=True,
        copy=False,
        tracking=True,
        help="Since then the messenger sends its events to the address of the webhook.",
    )
    account_name = fields.Char(
        string="Account at the messenger",
        readonly=True,
        copy=False,
        tracking=True,
        help="How customers see us there, as the messenger told at the last check.",
    )
    checked_at = fields.Datetime(
        string="Account checked", readonly=True, copy=False, tracking=True
    )

    def _compute_has_provider(self):
        for gateway in self:
            gateway.has_provider = gateway._has_provider()

    def write(self, vals):
        """What one messenger has told is nothing to another one."""
        if "gateway_type" in vals:
            vals = {**vals, **UNTOLD}
        return super().write(vals)

    # -- steps -------------------------------------------------------------------------

    def action_set_webhook(self):
        """Let the messenger send its events to the address of the webhook.

        :return: an action that says so
        :raises UserError: the gateway is not live or not set up, or the messenger
            refuses
        """
        for gateway in self:
            gateway._check_can_ask()
            gateway._check_live()
            gateway._ask("webhook", gateway.webhook_url)
            gateway.webhook_set_at = fields.Datetime.now()
        return self._done(
            self.env._("The messenger sends its events here from now on.")
        )

    def action_remove_webhook(self):
        """Let the messenger send no more events.

        :return: an action that says so
        :raises UserError: the gateway is not set up, or the messenger refuses
        """
        for gateway in self:
            gateway._check_can_ask()
            gateway._ask("remove_webhook")
            gateway.webhook_set_at = False
        return self._done(self.env._("The messenger sends no more events here."))

    def action_check_account(self):
        """See whether the messenger knows the account; nothing is sent.

        :return: an action that says how it calls us
        :raises UserError: the gateway is not set up, or the messenger refuses
        """
        for gateway in self:
            gateway._check_can_ask()
            body = gateway._ask("check")
            name = gateway._adapter().account_name(body)
            gateway.write({"account_name": name, "checked_at": fields.Datetime.now()})
        names = ", ".join(gateway.account_name or gateway.name for gateway in self)
        return self._done(self.env._("The messenger knows the account: %s", names))

    def _done(self, sentence):
        """An action that says what was done, and shows the gateway anew."""
        return closing_note(sentence, "success", sticky=False)

    def action_show_dead(self):
        """The gateway's events that nobody could read or do."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "chat_center_bridge.action_chat_inbox"
        )
        return {**action, "domain": [("gateway_id", "=", self.id)]}

    # -- asking ------------------------------------------------------------------------

    def _check_can_ask(self):
        """Before anybody outside is asked, see that the user may, and that it can work.

        :raises AccessError: the user is no administrator of the gateway
        :raises UserError: there is nobody to ask, or something is missing
        """
        self.ensure_one()
        self.check_access("write")
        if not self._has_provider():
            raise UserError(
                self.env._(
                    "Customers of “%s” write here themselves: there is no messenger to"
                    " be asked.",
                    self.name,
                )
            )
        self._check_complete()

    def _check_live(self):
        """:raises UserError: events would find no open door"""
        if self.state != "live":
            raise UserError(
                self.env._(
                    "“%s” takes no events yet: press “Go live” first, then set the"
                    " webhook.",
                    self.name,
                )
            )

    def _ask(self, step, *arguments):
        """Make a request of the set-up.

        :param str step: method of the adapter that makes it
        :return: body of the answer
        :raises UserError: the messenger refuses, or somebody is changing the account
        """
        request = getattr(self._adapter(), step)(*arguments, self._account())
        body = self._ask_outside(request)
        # whoever has changed the account since it was read makes us begin anew
        self.setting_ids.sudo().lock_for_update(allow_referencing=True)
        return body

    def _ask_outside(self, request):
        """Make a request while somebody waits for what comes of it.

        :param request: rules.adapter.Request
        :return: body of the answer
        :raises UserError: the messenger refuses
        """
        answer, body = self._caller().ask_in_full(request)
        if answer.result != Result.SENT:
            raise UserError(self._refusal(answer.problem))
        return body

    def _refusal(self, problem):
        """What the messenger says and what to do, in the reader's language.

        :param problem: rules.adapter.Problem
        """
        text = problem.text.rstrip(".") or problem.provider_code
        # the sentence is marked for translation where it stands
        told = self.env._(sentence_of(problem.code), text=text)
        return self._with_way_out(told, problem.code)

    def _with_way_out(self, told, code):
        """What went wrong with this gateway, and what to do about it, if anything.

        :param str told: what went wrong, translated
        :param str code: of it
        """
        way_out = WAYS_OUT.get(code)
        # the sentence is marked for translation where it stands
        advice = self.env._(way_out) if way_out else ""
        return self.env._(
            "“%(gateway)s”: %(problem)s %(advice)s",
            gateway=self.name,
            problem=told,
            advice=advice,
        ).strip()

    # -- the account changes -----------------------------------------------------------

    def _account_changed(self, sentence):
        """Tell the log, and forget what was told of the account as it was before.

        :param str sentence: what changed and, of a secret, not to what
        """
        self.ensure_one()
        self._message_log(body=sentence)
        if any(self[name] for name in UNTOLD):
            self.write(UNTOLD)
