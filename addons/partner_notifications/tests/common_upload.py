import base64
import io
from unittest.mock import patch

from openpyxl import Workbook

from odoo.tests import new_test_user

from odoo.addons.base.models.ir_cron import IrCron

from .common import NotificationBuilders


class UploadBuilders(NotificationBuilders):
    """People of the service centre and the files they upload."""

    @classmethod
    def set_up_uploads(cls, env):
        """Two clerks of the company, and a topic whose text asks for an order.

        :param env: of the superuser
        """
        cls.set_up_notifications(env)
        cls.clerk = cls._staff("clerk", "partner_notifications.group_clerk")
        cls.second = cls._staff("second", "partner_notifications.group_clerk")
        cls.order_topic = cls._topic(subject="Order {order}", body="{order} is ready.")

    @classmethod
    def _staff(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            f"test_{login}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            context={"no_reset_password": True},
            **values,
        )

    @classmethod
    def _upload(cls, content, user=None, topic=None, **values):
        """A draft with a file, made by a clerk.

        :param content: text or bytes of the file
        """
        if isinstance(content, str):
            content = content.encode()
        return (
            cls.env["partner.notification.broadcast"]
            .with_user(user or cls.clerk)
            .create(
                {
                    "topic_id": (topic or cls.topic).id,
                    "file": base64.b64encode(content),
                    "filename": "list.csv",
                }
                | values
            )
        )

    @classmethod
    def _read(cls, record):
        """Have the scheduled action read a file to its end, without its commits."""
        record.action_check()
        cls._run_files()
        return record

    @classmethod
    def _run_files(cls):
        def no_commit(self, processed=0, *, remaining=None, deactivate=False):
            return float("inf")

        with patch.object(IrCron, "_commit_progress", no_commit):
            cls.env["partner.notification.file"]._cron_read()
        cls.env.invalidate_all()

    @classmethod
    def _checked(cls, content, **values):
        """A draft whose file has been read."""
        return cls._read(cls._upload(content, **values))

    def _problems_of(self, record):
        """list (row, code) of the rows with errors."""
        return [(row.number, row.code) for row in record.sudo()._problems()]

    @staticmethod
    def _xlsx(*rows):
        """A spreadsheet's bytes."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()
