from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..rules import quiet_hours
from .portal import NotificationPortal

WISHES = ("enabled", "email", "sms")


class NotificationPerson(NotificationPortal):
    """What a person wants of the section and thinks of it."""

    # -- preferences -------------------------------------------------------------------

    @http.route(
        "/my/notifications/preferences",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_notification_preferences(self, saved=None, **_kwargs):
        """Topics on and off, copies, quiet hours.

        :param saved: set when the person has just saved
        """
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        wishes = request.env["partner.notification.preference"].sudo()
        values = self._prepare_portal_layout_values() | {
            "page_name": "notification_preferences",
            "saved": saved,
            # portal users read names of topics, not their caps and shares
            "topics": self._topics(),
            "wishes": {
                wish.topic_id: wish
                for wish in wishes.search([("user_id", "=", user.id)])
            },
            "quiet_from": quiet_hours.write(user.notification_quiet_from),
            "quiet_to": quiet_hours.write(user.notification_quiet_to),
            "has_quiet_hours": user.notification_quiet_from
            != user.notification_quiet_to,
        }
        return request.render(
            "partner_notifications.portal_notification_preferences", values
        )

    def _topics(self):
        return request.env["partner.notification.topic"].sudo().search([])

    @http.route(
        "/my/notifications/preferences",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_notification_preferences_save(self, **form):
        """Keep the form of the preferences page.

        :param form: ``topics`` (ids that were on the page: a topic made since is not
            switched off), ``enabled_<id>``, ``email_<id>``, ``sms_<id>`` where
            ticked, ``quiet_from`` and ``quiet_to`` as "22:30"
        """
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        quiet = self._quiet_hours(form.get("quiet_from"), form.get("quiet_to"))
        shown = set(form.get("topics", "").split(","))
        request.env["partner.notification.preference"].sudo()._save(
            user,
            {
                topic: {name for name in WISHES if form.get(f"{name}_{topic.id}")}
                for topic in self._topics()
                if str(topic.id) in shown
            },
        )
        user.sudo().write(quiet)
        return request.redirect("/my/notifications/preferences?saved=1")

    def _quiet_hours(self, begins, ends):
        """Values of a user from two words as "22:30"; both, or neither."""
        if bool(begins) != bool(ends):
            raise UserError(
                request.env._("Quiet hours need both a beginning and an end.")
            )
        return {
            "notification_quiet_from": self._hour(begins),
            "notification_quiet_to": self._hour(ends),
        }

    def _hour(self, word):
        try:
            return quiet_hours.read(word)
        except ValueError as error:
            raise UserError(
                request.env._("“%s” is not a time of the day: write it as 22:30.", word)
            ) from error

    # -- unsubscribing -----------------------------------------------------------------

    @http.route(
        "/notifications/unsubscribe/<int:user_id>/<int:topic_id>/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        csrf=False,
        save_session=False,
        methods=["GET", "POST"],
    )
    def notification_unsubscribe(self, user_id, topic_id, token, **_kwargs):
        """End the e-mail copies of one topic, without a log-in (RFC 8058).

        A GET only shows the button: mail scanners open links. A POST, of the button or
        of the mail provider's own one, does it. The token is what proves the right:
        providers have neither a session nor a csrf token.
        """
        user = request.env["res.users"].sudo().browse(user_id).exists()
        topic = request.env["partner.notification.topic"].sudo().browse(topic_id)
        wishes = request.env["partner.notification.preference"].sudo()
        if not (user and topic.exists() and wishes._is_token(user, topic, token)):
            return request.not_found()
        done = request.httprequest.method == "POST"
        if done:
            wishes._unsubscribe(user, topic)
        request.update_context(lang=user.lang)
        topic_name = topic.with_context(lang=user.lang).name
        return request.render(
            "partner_notifications.unsubscribe",
            {
                "topic_name": topic_name,
                # in a template the closing mark would be no word to translate
                "question": request.env._("Stop e-mails on “%s”?", topic_name),
                "done": done,
                "path": wishes._unsubscribe_path(user, topic),
            },
        )

    # -- rating ------------------------------------------------------------------------

    @http.route("/my/notifications/visit", type="jsonrpc", auth="user", website=True)
    def portal_notification_visit(self):
        """Count the person's day in the section.

        :return: whether to ask now what the person thinks of it
        """
        user = request.env.user
        if not user._is_portal():
            return False
        request.env["partner.notification.visit"].sudo()._note(user)
        return request.env["partner.notification.feedback"].sudo()._is_time_to_ask(user)

    @http.route("/my/notifications/feedback", type="jsonrpc", auth="user", website=True)
    def portal_notification_feedback(self, score=None, comment=None):
        """Keep what the person thinks of the section.

        :param int score: 1 to 5; None is "not now"
        :param str comment: in the person's own words
        """
        if request.env.user._is_portal():
            feedback = request.env["partner.notification.feedback"].sudo()
            feedback._answer(request.env.user, score, comment)
