from pathlib import Path

from odoo import http
from odoo.http import content_disposition, request


class ProblemFile(http.Controller):
    """The rows of an uploaded file with errors, for who may read the upload."""

    @http.route(
        "/partner_notifications/problems/<string:model>/<int:res_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def problems(self, model, res_id):
        """A CSV file: the rows as they stood, their numbers and the reasons.

        :raises NotFound: no such upload for this person
        """
        files = request.env["partner.notification.file"]
        if model not in files._all_kinds():
            raise request.not_found()
        uploaded = request.env[model].search([("id", "=", res_id)])
        if not uploaded:
            raise request.not_found()
        named = Path(uploaded.filename or uploaded.display_name)
        name = request.env._("errors of %s", named.stem)
        return request.make_response(
            uploaded._problems()._as_csv(uploaded.header or []),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}.csv")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
