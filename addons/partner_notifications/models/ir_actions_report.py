from odoo import models

STATEMENT = "partner_notifications.report_statement"


class IrActionsReport(models.Model):
    """The statement is printed without header and footer files."""

    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(
        self, bodies, report_ref=False, header=None, footer=None, **options
    ):
        """Core's header and footer load styles over HTTP, empty as they are here.

        A patched wkhtmltopdf would wait for a server that has no worker left.
        """
        if report_ref and self._get_report(report_ref).report_name == STATEMENT:
            header = footer = None
        return super()._run_wkhtmltopdf(
            bodies, report_ref=report_ref, header=header, footer=footer, **options
        )
