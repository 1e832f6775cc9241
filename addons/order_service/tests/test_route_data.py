import base64
import copy
import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OrderServiceCommon


@tagged("post_install", "-at_install")
class TestRouteData(OrderServiceCommon):
    """A route leaves one database as a file and comes into another (S8)."""

    def setUp(self):
        super().setUp()
        self.data = self.route_delivery._export_data()

    def routes(self):
        return self.env["order.service.route"].search_count([])

    def assertRefused(self, data, sentence):
        before = self.routes()
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        with self.assertRaisesRegex(UserError, sentence):
            self.env["order.service.route"]._import_text(content)
        self.env.invalidate_all()
        self.assertEqual(self.routes(), before, "nothing half done")

    def test_round_trip_gives_the_same_route(self):
        for route in (self.route_delivery, self.route_pickup):
            data = route._export_data()
            text = json.dumps(data).encode()
            imported = self.env["order.service.route"]._import_text(text)
            self.assertEqual(imported._export_data(), data)
            self.assertFalse(imported.in_use)
            self.assertFalse(imported.problems)

    def test_imported_route_can_be_put_in_use_by_a_manager(self):
        route = self.env["order.service.route"].with_user(self.manager)
        imported = route._import_data(self.data)
        imported.action_put_in_use()
        self.assertTrue(imported.in_use)
        imported.action_take_out_of_use()
        self.assertFalse(imported.in_use)

    def test_texts_come_in_every_installed_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        stage = self.route_delivery.stage_ids[0]
        stage.with_context(lang="ru_RU").name = "Проверка"
        data = self.route_delivery._export_data()
        self.assertEqual(data["stages"][0]["name"]["ru_RU"], "Проверка")
        imported = self.env["order.service.route"]._import_data(data)
        first = imported.stage_ids[0].with_context(lang="ru_RU")
        self.assertEqual(first.name, "Проверка")

    def test_message_of_a_stage_is_found_again_or_made(self):
        templates = self.env["mail.template"].search_count([])
        imported = self.env["order.service.route"]._import_data(self.data)
        self.assertEqual(
            imported.stage_ids.mail_template_id,
            self.route_delivery.stage_ids.mail_template_id,
        )
        self.assertEqual(self.env["mail.template"].search_count([]), templates)
        data = copy.deepcopy(self.data)
        data["stages"][0]["mail"]["name"] = {"en_US": "Another letter"}
        self.env["order.service.route"]._import_data(data)
        self.assertEqual(self.env["mail.template"].search_count([]), templates + 1)

    def test_no_json_is_refused_with_a_sentence(self):
        self.assertRefused(b"PK\x03\x04 no text \xff", "cannot be read as JSON")
        self.assertRefused(b"[" * 100_000, "cannot be read as JSON")
        self.assertRefused(b"[]", "does not hold a route")
        self.assertRefused({"format": "other"}, "does not hold a route")

    def test_file_of_another_version_is_refused(self):
        self.assertRefused({**self.data, "version": 99}, "version 99")

    def test_damaged_files_are_refused_and_leave_nothing(self):
        def broken(path, value):
            data = copy.deepcopy(self.data)
            place = data
            for key in path[:-1]:
                place = place[key]
            if value is None:
                del place[path[-1]]
            else:
                place[path[-1]] = value
            return data

        for path, value, sentence in (
            (["stages"], "many", "no stages"),
            (["stages", 3, "status"], None, "damaged"),
            (["stages", 3, "status"], "flying", "“flying” is no choice"),
            (["stages", 3, "name"], "text", "damaged"),
            (["stages", 1, "code"], "check", "two stages"),
            (["transitions", 2, "to"], "moon", "“moon”, which is not there"),
            (["transitions", 2, "groups"], ["base.moon"], "“base.moon”"),
            (["transitions", 2, "task"], 7, "not there"),
            (["transitions", 0, "domain"], "[('moon', '=', 1)]", "cannot be read"),
            (["transitions", 0, "domain"], "__import__('os')", "cannot be read"),
            (["route", "domain"], "[('moon', '=', 1)]", "cannot be read"),
        ):
            with self.subTest(path=path, value=value):
                self.assertRefused(broken(path, value), sentence)

    def test_wizard_imports_what_the_button_downloads(self):
        url = self.route_delivery.with_user(self.manager).action_export()["url"]
        self.assertIn(f"/{self.route_delivery.id}/export_file", url)
        route = self.route_delivery.with_user(self.manager)
        wizard = (
            self.env["order.service.route.import"]
            .with_user(self.manager)
            .create({"file": route.with_context(bin_size=False).export_file})
        )
        imported = self.env["order.service.route"].browse(
            wizard.action_import()["res_id"]
        )
        self.assertEqual(imported._export_data(), self.data)

    def test_wizard_refuses_a_file_of_many_megabytes(self):
        content = base64.b64encode(b" " * 2_000_001)
        wizard = self.env["order.service.route.import"].create({"file": content})
        with self.assertRaisesRegex(UserError, "too big"):
            wizard.action_import()

    def test_stage_gets_its_code_from_its_name(self):
        route = self.env["order.service.route"].create(
            {
                "name": "By hand",
                "stage_ids": [
                    (0, 0, {"name": "First check"}),
                    (0, 0, {"name": "First check"}),
                    (0, 0, {"name": "Проверка"}),
                ],
            }
        )
        codes = route.stage_ids.mapped("code")
        self.assertEqual(len(set(codes)), 3)
        self.assertIn("first_check", codes)
