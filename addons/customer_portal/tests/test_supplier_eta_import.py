import base64
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import Form, TransactionCase, tagged

from .common import PortalFactories
from .test_eta_file import make_xlsx

HEADER = "Inkoopordernummer;Artikelnummer;Aantal;Verwachte leverdatum"


@tagged("post_install", "-at_install")
class TestSupplierEtaImport(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.product.default_code = "WEB930"
        cls.purchase = cls._create_purchase(10)
        cls.line = cls.purchase.order_line
        cls.day = date.today() + timedelta(days=30)
        cls.buyer = cls._create_staff("buyer", "purchase.group_purchase_user")
        cls.env.flush_all()

    def _create_import(self, content=None, name="eta.csv"):
        if content is None:
            content = self._prepare_csv(f"{self.purchase.name};WEB930;10;{self.day:%d-%m-%Y}")
        return (
            self.env["supplier.eta.import"]
            .with_user(self.buyer)
            .create({"file": base64.b64encode(content), "file_name": name})
        )

    def _prepare_csv(self, *rows):
        return "\r\n".join([HEADER, *rows]).encode("cp1252")

    def _preview(self, *args, **kwargs):
        wizard = self._create_import(*args, **kwargs)
        wizard.action_preview()
        return wizard

    def test_a_buyer_imports_through_the_form(self):
        content = self._prepare_csv(f"{self.purchase.name};WEB930;;{self.day}")
        # the browser sends the name along with the file
        model = self.env["supplier.eta.import"].with_context(default_file_name="eta.csv")
        with Form(model.with_user(self.buyer)) as form:
            form.file = base64.b64encode(content)
        action = form.record.action_preview()
        self.assertEqual(action["res_id"], form.record.id)
        form.record.action_apply()
        self.assertEqual(form.record.state, "done")
        self.assertEqual(self.line.supplier_eta, self.day)

    def test_a_preview_shows_old_and_new_and_changes_nothing(self):
        self.line.supplier_eta = "2031-12-11"
        wizard = self._preview()
        shown = wizard.change_ids
        self.assertEqual(shown.purchase_line_id, self.line)
        self.assertEqual(shown.old_date, Date.to_date("2031-12-11"))
        self.assertEqual((shown.new_date, shown.row_number), (self.day, 2))
        self.assertEqual(self.line.supplier_eta, Date.to_date("2031-12-11"))

    def test_dates_are_written_with_their_source(self):
        self._preview().action_apply()
        self.assertEqual(self.line.supplier_eta, self.day)
        self.assertEqual(self.line.supplier_eta_source, "import")

    def test_a_workbook_with_days_is_imported(self):
        rows = [["Bestellnummer", "Artikel", "Menge", "Liefertermin"]]
        rows += [[self.purchase.name, "WEB930", 10, self.day]]
        self._preview(make_xlsx(rows), "Termine.XLSX").action_apply()
        self.assertEqual(self.line.supplier_eta, self.day)

    def test_rows_not_used_are_listed_with_number_and_reason_and_the_rest_is_applied(self):
        wizard = self._preview(
            self._prepare_csv(
                "P99999;WEB930;10;31-12-2026",
                f"{self.purchase.name};WEB930;10;{self.day}",
                f"{self.purchase.name};WEB930;10;31-02-2027",
            )
        )
        self.assertEqual(wizard.error_ids.mapped("row_number"), [2, 4])
        self.assertTrue(all(wizard.error_ids.mapped("reason")))
        wizard.action_apply()
        self.assertEqual((wizard.change_count, wizard.error_count), (1, 2))
        self.assertEqual(self.line.supplier_eta, self.day)

    def test_the_same_file_twice_changes_nothing(self):
        self._preview().action_apply()
        changed_on = self.line.supplier_eta_changed_on
        again = self._preview()
        self.assertEqual((again.change_count, again.unchanged_count), (0, 1))
        again.action_apply()
        self.assertEqual(self.line.supplier_eta_changed_on, changed_on)

    def test_a_second_click_writes_nothing(self):
        wizard = self._preview()
        wizard.action_apply()
        self.line.supplier_eta = "2031-12-11"
        wizard.action_apply()
        self.assertEqual(self.line.supplier_eta, Date.to_date("2031-12-11"))

    def test_what_a_colleague_changed_since_the_preview_is_shown_first(self):
        wizard = self._preview()
        self.line.supplier_eta = "2031-12-11"
        wizard.action_apply()
        self.assertEqual((wizard.state, wizard.is_outdated), ("preview", True))
        self.assertEqual(wizard.change_ids.old_date, Date.to_date("2031-12-11"))
        self.assertEqual(self.line.supplier_eta, Date.to_date("2031-12-11"))
        wizard.action_apply()
        self.assertEqual((wizard.state, self.line.supplier_eta), ("done", self.day))

    def test_a_purchase_cancelled_since_the_preview_is_left_alone(self):
        wizard = self._preview()
        self.purchase.button_cancel()
        wizard.action_apply()
        self.assertEqual((wizard.state, wizard.error_count), ("preview", 1))
        self.assertFalse(self.line.supplier_eta)

    def test_files_that_cannot_be_used_are_refused_with_a_text(self):
        table = [(b"", "eta.csv"), (b"x", "eta.csv"), (b"x", "eta.xlsx"), (b"x", "eta.xls")]
        table += [(b"x", False), (self._prepare_csv(), "eta.csv"), (b"PK\x03\x04", "eta.csv")]
        for content, name in table:
            with self.subTest(name=name, content=content[:9]):
                wizard = self._create_import(content, name)
                with self.assertRaises(UserError):
                    wizard.action_preview()

    def test_every_reason_to_refuse_a_file_has_a_text(self):
        wizard = self._create_import()
        codes = "empty kind not_csv not_xlsx encrypted too_large too_many_rows no_header "
        for code in (codes + "double_header").split():
            with self.subTest(code=code):
                self.assertTrue(wizard._get_file_text(code))

    def test_rows_not_used_are_downloaded_without_formulas(self):
        wizard = self._preview(self._prepare_csv("=1+1;+A;@;-1"))
        text = base64.b64decode(wizard.report).decode("utf-8-sig")
        self.assertIn("2;'=1+1;'+A;'@;'-1;", text.splitlines()[1])
        self.assertIn("eta", wizard.report_name)

    def test_another_file_starts_anew(self):
        wizard = self._preview()
        wizard.action_back()
        self.assertEqual((wizard.state, wizard.file), ("upload", False))
        self.assertFalse(wizard.line_ids)

    def test_nobody_but_purchase_users_may_import(self):
        vendor_user = self._create_portal_user("vendor_user", self.vendor)
        table = [
            vendor_user,
            self._create_staff("seller", "sales_team.group_sale_manager"),
            self._create_staff("clerk", "stock.group_stock_user"),
            self._create_staff("accountant", "account.group_account_invoice"),
        ]
        for user in table:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["supplier.eta.import"].with_user(user).create({})

    def test_imports_of_colleagues_are_not_seen(self):
        colleague = self._create_staff("colleague", "purchase.group_purchase_user")
        wizard = self._preview()
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_apply()
        with self.assertRaises(AccessError):
            wizard.line_ids.with_user(colleague).read(["article"])

    def test_one_fault_while_writing_leaves_no_date(self):
        other = self._create_purchase(3)
        later = self.day + timedelta(days=1)
        wizard = self._preview(
            self._prepare_csv(
                f"{self.purchase.name};WEB930;;{self.day}", f"{other.name};WEB930;;{later}"
            )
        )
        write = type(self.line).write

        def fail(lines, vals):
            if vals.get("supplier_eta") == later:
                raise ValueError
            return write(lines, vals)

        with patch.object(type(self.line), "write", fail), self.assertRaises(ValueError):
            wizard.action_apply()
        self.env.invalidate_all()
        self.assertFalse(self.line.supplier_eta)
        self.assertEqual(wizard.state, "preview")
