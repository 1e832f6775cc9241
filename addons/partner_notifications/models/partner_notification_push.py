import json
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from ..rules import push, recipient, upload

_lt = LazyTranslate(__name__)

# more than these in a call wait for the scheduled action
SENT_AT_ONCE = 100
MOST_ASKED = 1_000
SENTENCES = {
    "not_object": _lt("An object is expected here."),
    "unknown_field": _lt("There is no such key: see the API's description."),
    "unknown_value": _lt("Neither subject nor body asks for this value."),
    "missing": _lt("This is needed."),
    "not_text": _lt("A text is expected here."),
    "too_long": _lt("Longer than %(most)s signs, or with a sign that is no text."),
    "not_own_page": _lt("Only a page of this site, such as /my/orders."),
    "no_recipients": _lt("A list of one recipient at least is expected."),
    "one_key": _lt("A recipient is named by one key, such as {“ref”: “C-1”}."),
    "unknown_key": _lt("No partner is named by “%(key)s”."),
    "bad_value": _lt("A text, a number, {“date”} or {“amount”, “currency”}."),
    "bad_placeholder": _lt("“%(part)s” is not a placeholder: a brace is doubled."),
    "bad_currency": _lt("“%(currency)s” is no currency in use."),
    "unknown_topic": _lt("There is no topic “%(topic)s”."),
    "not_moment": _lt("A moment as 2026-11-20T10:15:00+03:00 is expected."),
    "expired": _lt("It is over already."),
    "too_many": _lt("A call takes at most 100 items with 10 000 recipients."),
}
DECIDED = ("sent", "hold_out")
WAITING = ("pending", "queued", "running", "paused")


class PartnerNotification(models.Model):
    """The public API: outside systems hand over notifications.

    Argument names and the shapes of the answers are a contract; answers hold no null.
    """

    # one file a concern of the notification
    _inherit = "partner.notification"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def push(self, items):
        """Send notifications to partners named by a key.

        Up to 100 companies a call get them at once; what is beyond is queued. What is
        more than the company lets one person or the sender's day decide on waits for
        approval. Repeated with the same content, or the same ``dedup_key``, it reaches
        nobody twice.

        :param list items: {"topic": code, "recipients": [{"ref" | "inn" | "email" |
            "xmlid" | "partner_id": key}], "subject", "body", "values", "url",
            "dedup_key", "valid_until"}; at most 100 items with 10 000 recipients
        :return: list, one answer an item, in the same order: {"result": sent | queued |
            pending_approval | rejected, "broadcast_id", "sent", "dropped":
            [{"recipient", "reason", "broadcast_id" of the earlier one}], "errors":
            [{"code", "field", "message"}]}; ``sent`` counts companies
        :raises AccessError: the caller is no outside system
        :raises UserError: ``items`` is no list
        """
        self._push_check_sender()
        if not isinstance(items, list | tuple):
            raise UserError(self._callers_env()._("“items” must be a list."))
        read = push.read_all(items)
        answers, at_once = [], SENT_AT_ONCE
        for item in read:
            answer, sent_at_once = self.sudo()._push_item(item, at_once)
            at_once -= sent_at_once
            answers.append(answer)
        return answers

    @api.model
    def push_status(self, broadcast_ids):
        """How far pushes of the caller are.

        :param list broadcast_ids: as answered by ``push``, at most 1 000
        :return: list of {"broadcast_id", "state", "companies", "sent", "left",
            "dropped": [{"reason", "companies"}]}, known ones only
        :raises AccessError: the caller is no outside system
        :raises UserError: no list of numbers
        """
        self._push_check_sender()
        if not _are_ids(broadcast_ids):
            raise UserError(
                self._callers_env()._(
                    "“broadcast_ids” must be a list of at most 1 000 ids."
                )
            )
        waves = self.env["partner.notification.broadcast"].sudo()
        own = waves.search(
            [
                ("id", "in", broadcast_ids),
                ("origin", "=", "push"),
                ("author_id", "=", self.env.uid),
            ],
            order="id",
        )
        return [wave._push_status() for wave in own]

    @api.model
    def _push_check_sender(self):
        """:raises AccessError: the caller is no outside system"""
        if not self.env.user.has_group("partner_notifications.group_sender"):
            raise AccessError(
                self._callers_env()._(
                    "Only outside systems push: ask the administrator for the group"
                    " “Notifications: outside system”."
                )
            )
        # refuses a company that is not the caller's; the superuser would not ask
        self.env.company.ensure_one()

    def _callers_env(self):
        """The environment in the caller's language, which a call need not name."""
        lang = self.env.context.get("lang") or self.env.user.lang
        return self.env(context={**self.env.context, "lang": lang})

    # -- an item -----------------------------------------------------------------------

    def _push_item(self, item, at_once):
        """Make a broadcast of an item, as the superuser for a checked caller.

        :param push.Item item: as read
        :param int at_once: so many companies may still be told in this call
        :return: (answer, number of companies told at once)
        """
        if not item.problems:
            topic = self._push_topic(item)
            values = self._push_values(item)
            found = self._push_find(item)
        if item.problems:
            return self._push_rejected(item), 0
        if item.valid_until and item.valid_until <= fields.Datetime.now():
            item.note("expired", "valid_until", "expired")
            dropped = [
                _drop(given, "expired") for given, _key, _value in item.recipients
            ]
            return self._push_rejected(item, dropped), 0
        recipients, dropped = self._push_split(item, found)
        key = item.dedup_key or upload.content_key(
            "push", item.topic, item.subject, item.body, item.values, item.url
        )
        dropped += self._push_earlier(topic, key, recipients)
        if not recipients:
            known = any(drop["reason"] == "duplicate" for drop in dropped)
            result = "sent" if known else "rejected"
            return self._push_rejected(item, dropped, result), 0
        return self._push_send(item, topic, values, key, recipients, dropped, at_once)

    def _push_topic(self, item):
        """The topic of an item; a retired one too: the journal tells what it drops."""
        topic = self.env["partner.notification.topic"].with_context(active_test=False)
        topic = topic.search([("code", "=", item.topic)], limit=1)
        if not topic:
            item.note("unknown_topic", "topic", "unknown_topic", topic=item.topic)
            return topic
        texts = []
        for name in ("subject", "body"):
            stored = topic._fields[name]._get_stored_translations(topic) or {}
            texts += [getattr(item, name)] if getattr(item, name) else stored.values()
        push.check_words(item, texts)
        return topic

    def _push_values(self, item):
        """The values as candidates keep them, currencies by id."""
        values = {}
        for name, value in item.values.items():
            if isinstance(value, dict) and "currency" in value:
                code = value["currency"]
                currency = self.env["res.currency"].search([("name", "=", code)])
                if not currency:
                    place = f"values.{name}.currency"
                    item.note("bad_value", place, "bad_currency", currency=code)
                value = {"money": [[value["amount"], currency.id]]}
            values[name] = value
        return values

    def _push_find(self, item):
        """dict (key, value) -> ids of the companies it leads to."""
        by_key = {}
        for number, (_given, key, value) in enumerate(item.recipients):
            by_key.setdefault(key, []).append((number, value))
        found = {}
        for key, named in by_key.items():
            values = {value for _number, value in named}
            try:
                ids = self.env["res.partner"]._notification_resolve(
                    key, values, self.env.company
                )
            except KeyError:
                place = f"recipients[{named[0][0]}].{key}"
                item.note("unknown_field", place, "unknown_key", key=key)
                continue
            found.update({(key, value): ids.get(value, set()) for value in values})
        return found

    def _push_split(self, item, found):
        """(dict commercial partner id -> recipient as given, what is dropped)."""
        recipients, dropped = {}, []
        foreign = self._push_foreign(item, found)
        for given, key, value in item.recipients:
            partners = found[key, value]
            if len(partners) == 1:
                recipients.setdefault(next(iter(partners)), given)
            elif partners:
                dropped.append(_drop(given, "ambiguous"))
            else:
                other = (key, value) in foreign
                dropped.append(_drop(given, "no_right" if other else "unknown"))
        return recipients, dropped

    def _push_foreign(self, item, found):
        """The ones named by their id that are other companies' of this database."""
        ids = {
            (key, value): int(value)
            for _given, key, value in item.recipients
            if key == "partner_id" and recipient.is_id(value) and not found[key, value]
        }
        foreign = self.env["res.partner"].search(
            [
                ("id", "in", list(ids.values())),
                ("company_id", "not in", [False, self.env.company.id]),
            ]
        )
        return {named for named, id_ in ids.items() if id_ in foreign._ids}

    def _push_earlier(self, topic, key, recipients):
        """Take out who got it before or is about to, named with the earlier broadcast.

        :param dict recipients: commercial partner id -> recipient as given; the ones
            found are taken away
        """
        same = Domain("dedup_key", "=", key)
        same &= Domain("commercial_partner_id", "in", list(recipients))
        of_topic = Domain("company_id", "=", self.env.company.id)
        of_topic &= Domain("topic_id", "=", topic.id)
        told = self.search(same & of_topic & Domain("outcome", "in", DECIDED))
        under_way = of_topic & Domain("state", "in", WAITING)
        waiting = self.env["partner.notification.candidate"].search(
            same & Domain("broadcast_id", "any", under_way)
        )
        dropped = []
        for earlier in [*told, *waiting]:
            given = recipients.pop(earlier.commercial_partner_id.id, None)
            if given:
                drop = _drop(given, "duplicate")
                dropped.append(drop | {"broadcast_id": earlier.broadcast_id.id})
        return dropped

    # -- sending -----------------------------------------------------------------------

    def _push_send(self, item, topic, values, key, recipients, dropped, at_once):
        """(answer, number of companies told at once) of an item with recipients."""
        wave = self._push_wave(item, topic, len(recipients), dropped)
        query = _candidates_sql(wave, recipients, values, key, item.url)
        pipeline = self.env["partner.notification.pipeline"]
        told = 0
        if wave.state == "queued" and len(recipients) <= at_once:
            told = len(recipients)
            pipeline._send_now(wave, query)
            dropped += wave._push_dropped(recipients)
        else:
            pipeline._keep_candidates(wave, query)
            wave._wake_pipeline()
        results = {"done": "sent", "pending": "pending_approval"}
        return {
            "result": results.get(wave.state, "queued"),
            "broadcast_id": wave.id,
            "sent": wave._push_sent(),
            "dropped": dropped,
            "errors": [],
        }, told

    def _push_wave(self, item, topic, companies, dropped):
        """A broadcast of the caller's, waiting for approval if it is too big.

        :param list dropped: recipients for whom there is no candidate
        """
        words = {name: getattr(item, name) for name in ("subject", "body")}
        wave = self.env["partner.notification.broadcast"].create(
            {
                "topic_id": topic.id,
                "company_id": self.env.company.id,
                "origin": "push",
                "state": "queued",
                "valid_until": item.valid_until,
                "company_count": companies,
                "report": Counter(drop["reason"] for drop in dropped),
                **{name: text for name, text in words.items() if text},
            }
        )
        days = self.env["partner.notification.push.day"]
        if wave._needs_approval() or not days._add(wave):
            wave.state = "pending"
        return wave

    def _push_rejected(self, item, dropped=(), result="rejected"):
        """The answer for an item that made no broadcast."""
        return {
            "result": result,
            "sent": 0,
            "dropped": list(dropped),
            "errors": [
                {
                    "code": problem.code,
                    "field": problem.field,
                    "message": self._push_sentence(problem),
                }
                for problem in item.problems
            ],
        }

    def _push_sentence(self, problem):
        """What is wrong, in the caller's language; lazy terms are filled in after."""
        sentence = self._callers_env()._(SENTENCES[problem.text])
        return sentence % problem.values


def _are_ids(numbers):
    """Whether it is a list of so many ids as a call answers."""
    if not isinstance(numbers, list | tuple) or len(numbers) > MOST_ASKED:
        return False
    return all(type(number) is int and 0 < number < 2**31 for number in numbers)


def _drop(given, reason):
    return {"recipient": given, "reason": reason}


def _candidates_sql(wave, recipients, values, key, url):
    """The recipients as a source's rows."""
    amount = next(
        (
            value["money"][0][0]
            for value in values.values()
            if isinstance(value, dict)
            and value.get("money", [[0, 0]])[0][1] == wave.company_id.currency_id.id
        ),
        None,
    )
    return SQL(
        """SELECT unnest(%s) AS commercial_partner_id, %s::jsonb AS values,
                  %s AS dedup_key, %s::float8 AS amount,
                  NULL::varchar AS res_model, NULL::integer AS res_id,
                  %s::varchar AS url""",
        list(recipients),
        json.dumps(values),
        key,
        amount,
        url or None,
    )
