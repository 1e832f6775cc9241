import base64
import json
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

FORMAT = "order_service.route"
VERSION = 1
MAX_STAGES = 200
MAX_TRANSITIONS = 2000

ROUTE_FIELDS = ("name", "domain", "sequence")
STAGE_FIELDS = (
    "code",
    "name",
    "active",
    "sequence",
    "status",
    "color",
    "customer_text",
    "effect",
    "outcome",
    "edit_until",
)
TEMPLATE_FIELDS = (
    "name",
    "text",
    "instruction",
    "active",
    "sequence",
    "checklist_required",
    "role",
    "queue",
    "asks_courier",
    "checks_age",
    "assembles",
    "asks_customer",
    "mandatory",
    "can_fail",
    "appear_anchor",
    "appear_minutes",
    "due_anchor",
    "due_minutes",
    "round_the_clock",
    "tell_responsible",
    "tell_observers",
    "tell_manager",
)
LINE_FIELDS = ("name", "sequence", "active")
TRANSITION_FIELDS = (
    "name",
    "sequence",
    "trigger",
    "minutes",
    "style",
    "reason_party",
    "domain",
)
MESSAGE_FIELDS = {
    "mail.template": ("name", "subject", "email_from", "body_html"),
    "sms.template": ("name", "body"),
}


class OrderServiceRoute(models.Model):
    """A route as data: what one database exports another one imports.

    Not in the file: the company, whether the route is in use, and observers of tasks
    (people are no data). Texts are there in every installed language.
    """

    _inherit = "order.service.route"

    export_file = fields.Binary(compute="_compute_export_file", attachment=False)

    @api.depends_context("bin_size")
    def _compute_export_file(self):
        for route in self:
            text = json.dumps(route._export_data(), ensure_ascii=False, indent=2)
            route.export_file = base64.b64encode(text.encode())

    def action_export(self):
        """Download the route as a JSON file."""
        self.ensure_one()
        self.check_access("read")
        name = re.sub(r"\W+", "_", self.name).strip("_").lower() or "route"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/export_file"
            f"?download=true&filename={name}.json",
            "target": "self",
        }

    def action_put_in_use(self):
        """Let new orders take the route; it is checked first."""
        self.write({"in_use": True})
        return True

    def action_take_out_of_use(self):
        """No new orders; those on the route go on."""
        self.write({"in_use": False})
        return True

    # -- out ----------------------------------------------------------------------

    def _export_data(self):
        """The route as plain data, see the class.

        :return: dict that ``_import_data`` reads
        """
        self.ensure_one()
        route = self.with_context(active_test=False)
        stages = route.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))
        return {
            "format": FORMAT,
            "version": VERSION,
            "route": route._values_out(ROUTE_FIELDS),
            "stages": [route._stage_out(stage) for stage in stages],
            "transitions": [
                route._transition_out(transition)
                for stage in stages
                for transition in stage.transition_ids.sorted(
                    lambda transition: (transition.sequence, transition.id)
                )
            ],
        }

    def _stage_out(self, stage):
        data = self._values_out(STAGE_FIELDS, stage)
        data["mail"] = self._message_out(stage.mail_template_id)
        data["sms"] = self._message_out(stage.sms_template_id)
        data["reasons"] = sorted(stage.reason_ids.mapped("code"))
        data["tasks"] = [
            {
                **self._values_out(TEMPLATE_FIELDS, template),
                "checklist": [
                    self._values_out(LINE_FIELDS, line) for line in template.line_ids
                ],
            }
            for template in stage.template_ids
        ]
        return data

    def _transition_out(self, transition):
        data = self._values_out(TRANSITION_FIELDS, transition)
        templates = transition.stage_id.template_ids
        data["from"] = transition.stage_id.code
        data["to"] = transition.to_stage_id.code
        data["groups"] = sorted(transition.group_ids.get_external_id().values())
        data["task"] = (
            templates.ids.index(transition.template_id.id)
            if transition.template_id
            else None
        )
        return data

    def _message_out(self, template):
        """A mail or SMS template by name and content, None without one."""
        if not template:
            return None
        template = template.sudo()
        return self._values_out(MESSAGE_FIELDS[template._name], template)

    def _values_out(self, names, record=None):
        record = self if record is None else record
        return {name: self._value_out(record, name) for name in names}

    def _value_out(self, record, name):
        """A value; a translated one as dict language -> text."""
        if not record._fields[name].translate:
            value = record[name]
            return (
                None
                if value is False and record._fields[name].type != "boolean"
                else value
            )
        texts = {}
        for code, _name in sorted(self.env["res.lang"].get_installed()):
            value = record.with_context(lang=code)[name]
            if value:
                texts[code] = str(value)
        return texts

    # -- in -----------------------------------------------------------------------

    @api.model
    def _import_text(self, text):
        """Make a route from the text of an exported file.

        :param bytes text: JSON in UTF-8
        :return: the new order.service.route, not in use
        :raises UserError: a sentence naming what is wrong; then nothing was made
        """
        try:
            data = json.loads(text.decode())
        except (ValueError, RecursionError) as error:
            raise UserError(
                self.env._("The file is not a route: it cannot be read as JSON.")
            ) from error
        return self._import_data(data)

    @api.model
    def _import_data(self, data):
        """Make a route from the dict ``_export_data`` made.

        :raises UserError: a sentence naming what is wrong; then nothing was made
        """
        self._check_format(data)
        try:
            with self.env.cr.savepoint():
                route = self._import_route(data)
                self.env.flush_all()
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise UserError(
                self.env._("The file is damaged: %s is missing or wrong.", error)
            ) from error
        except ValueError as error:
            raise UserError(self.env._("The file is damaged: %s", error)) from error
        return route

    def _check_format(self, data):
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise UserError(self.env._("The file does not hold a route."))
        if data.get("version") != VERSION:
            raise UserError(
                self.env._(
                    "The file is of version %(theirs)s, this system reads version"
                    " %(ours)s.",
                    theirs=data.get("version"),
                    ours=VERSION,
                )
            )
        stages, transitions = data.get("stages"), data.get("transitions")
        if not isinstance(stages, list) or not isinstance(transitions, list):
            raise UserError(self.env._("The file has no stages or no transitions."))
        if len(stages) > MAX_STAGES or len(transitions) > MAX_TRANSITIONS:
            raise UserError(self.env._("The file is too big for a route."))

    def _import_route(self, data):
        route = self._make(self, ROUTE_FIELDS, data["route"])
        stages = {}
        for stage in data["stages"]:
            if stage["code"] in stages:
                raise UserError(
                    self.env._(
                        "The file has two stages with the code “%s”.", stage["code"]
                    )
                )
            stages[stage["code"]] = route._stage_in(stage)
        for transition in data["transitions"]:
            route._transition_in(transition, stages)
        return route

    def _stage_in(self, data):
        stage = self._make(
            self.env["order.service.stage"],
            STAGE_FIELDS,
            data,
            route_id=self.id,
            mail_template_id=self._message_in("mail.template", data["mail"]).id,
            sms_template_id=self._message_in("sms.template", data["sms"]).id,
            reason_ids=[Command.set(self._reasons_in(data.get("reasons", [])).ids)],
        )
        for task in data["tasks"]:
            template = self._make(
                self.env["order.service.task.template"],
                TEMPLATE_FIELDS,
                task,
                stage_id=stage.id,
            )
            for line in task["checklist"]:
                self._make(
                    self.env["order.service.task.template.line"],
                    LINE_FIELDS,
                    line,
                    template_id=template.id,
                )
        return stage

    def _transition_in(self, data, stages):
        for code in (data["from"], data["to"]):
            if code not in stages:
                raise UserError(
                    self.env._(
                        "A transition names the stage “%s”, which is not there.", code
                    )
                )
        stage = stages[data["from"]]
        templates = stage.with_context(active_test=False).template_ids
        task = data["task"]
        if task is not None and not 0 <= task < len(templates):
            raise UserError(
                self.env._(
                    "A button of “%s” stands on a task that is not there.", stage.name
                )
            )
        return self._make(
            self.env["order.service.transition"],
            TRANSITION_FIELDS,
            data,
            stage_id=stage.id,
            to_stage_id=stages[data["to"]].id,
            template_id=False if task is None else templates[task].id,
            group_ids=[Command.set(self._groups_in(data["groups"]).ids)],
        )

    def _reasons_in(self, codes):
        """Reasons of some stages only that a stage of the file has; others stay as
        they are: one that is given everywhere must not become one of this stage alone.
        """
        reasons = self.env["order.service.reason"]
        return reasons.search([("code", "in", codes), ("stage_ids", "!=", False)])

    def _groups_in(self, names):
        groups = self.env["res.groups"]
        for name in names:
            group = self.env.ref(name, raise_if_not_found=False)
            if not group or group._name != "res.groups":
                raise UserError(
                    self.env._("The file names the role “%s”, which is not here.", name)
                )
            groups |= group
        return groups

    def _message_in(self, model, data):
        """The template with this name and content; made if there is none."""
        templates = self.env[model]
        if not data:
            return templates
        name = self._text_in(data["name"])
        for template in templates.search(
            [("model", "=", "sale.order"), ("name", "=", name)], order="id"
        ):
            if self._message_out(template) == data:
                return template
        model_id = self.env["ir.model"]._get_id("sale.order")
        return self._make(templates, MESSAGE_FIELDS[model], data, model_id=model_id)

    def _make(self, model, names, data, **values):
        """A record of ``model`` from data; translations are written after it."""
        translated = []
        for name in names:
            field, value = model._fields[name], data[name]
            if field.translate and value is not None:
                translated.append((name, value))
                value = self._text_in(value)
            values[name] = False if value is None else value
            self._check_choice(field, values[name])
        record = model.create(values)
        for name, texts in translated:
            self._translate(record, name, texts)
        return record

    def _check_choice(self, field, value):
        if (
            field.type == "selection"
            and value
            and value not in field.get_values(self.env)
        ):
            raise UserError(
                self.env._(
                    "“%(value)s” is no choice for “%(field)s”.",
                    value=value,
                    field=field._description_string(self.env),
                )
            )

    def _text_in(self, texts):
        """The text in the user's language, else in English, else in any."""
        wanted = (self.env.lang, "en_US", *texts)
        return next((texts[code] for code in wanted if texts.get(code)), False)

    def _translate(self, record, name, texts):
        for code, _name in self.env["res.lang"].get_installed():
            if texts.get(code):
                record.with_context(lang=code)[name] = texts[code]
