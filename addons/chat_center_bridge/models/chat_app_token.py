from datetime import UTC, datetime, timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models

from ..rules.token import CLOCK_SKEW, BadToken


class ChatAppToken(models.Model):
    """A token of an app that was taken, so that it is not taken again."""

    _name = "chat.app.token"
    _description = "Used token of an app"
    _order = "id desc"

    gateway_id = fields.Many2one(
        "chat.gateway", required=True, readonly=True, index=True, ondelete="cascade"
    )
    token_id = fields.Char(required=True, readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True, index=True)

    _token_unique = models.Constraint(
        "UNIQUE(gateway_id, token_id)", "This token was taken already."
    )

    @api.model
    def _use(self, gateway, claims):
        """Take a token, now and never again.

        :param claims: rules.token.Claims
        :raises BadToken: used
        """
        expires_at = datetime.fromtimestamp(claims.expires_at, UTC)
        try:
            with self.env.cr.savepoint():
                self.create(
                    {
                        "gateway_id": gateway.id,
                        "token_id": claims.token_id,
                        "expires_at": expires_at.replace(tzinfo=None),
                    }
                )
        except UniqueViolation as error:
            raise BadToken("used") from error

    @api.autovacuum
    def _gc_expired(self):
        """Expired tokens are refused as such; what is kept of them can go."""
        until = fields.Datetime.now() - timedelta(seconds=2 * CLOCK_SKEW)
        self.search([("expires_at", "<", until)]).unlink()
