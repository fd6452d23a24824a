import csv
import io
from unittest.mock import patch

import requests
from openpyxl import load_workbook

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, PortalHttp

MODULE = "odoo.addons.customer_portal.controllers.portal_lines_export"
GARBAGE = ["", "²", "-1", str(2**40), "1e400", "x" * 3000, "'", "%", "[]", "\ud7ff", "<b>", "0x1"]
PARAMETERS = ("open", "status", "period", "date_from", "eta_to", "order", "serial", "sort")


@tagged("post_install", "-at_install")
class TestPortalLinesExport(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("lines_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("lines_stranger", cls.stranger_company)
        cls.order = cls._create_order(client_order_ref="@PO 7")
        cls.other = cls._create_order(client_order_ref="PO 8")

    def _read_csv(self, query="", user=None):
        response = self._get(f"/my/lines/export?format=csv&columns=all{query}", user or self.user)
        self.assertEqual(response.status_code, 200)
        text = response.content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def test_the_lines_come_as_csv(self):
        response = self._get("/my/lines/export?format=csv", self.user)
        self.assertEqual(response.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertIn(".csv", response.headers["Content-Disposition"])
        self.assertNotIn("Content-Length", response.headers)
        rows = self._read_csv()
        self.assertEqual({row["Order"] for row in rows}, {self.order.name, self.other.name})
        self.assertIn("'@PO 7", {row["Your reference"] for row in rows})

    def test_the_lines_come_as_xlsx(self):
        response = self._get("/my/lines/export?format=xlsx&columns=all", self.user)
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))
        lines, facts = load_workbook(io.BytesIO(response.content)).worksheets
        self.assertEqual(
            {cell.value for cell in lines["A"][1:]}, {self.order.name, self.other.name}
        )
        self.assertEqual(facts["A1"].value, "Filter")

    def test_what_is_filtered_is_downloaded(self):
        (row,) = self._read_csv("&reference=PO 8")
        self.assertEqual(row["Order"], self.other.name)

    def test_others_get_nothing_of_it(self):
        self.assertEqual(self._read_csv(user=self.stranger), [])
        self.authenticate(None, None)
        self.assertEqual(self._get("/my/lines/export?format=csv").status_code, 303)

    def test_a_strange_format_is_answered(self):
        self.authenticate(self.user.login, PASSWORD)
        for query in ("", "?format=", "?format=pdf", "?format=xlsx2&format=csv", "?format=²"):
            with self.subTest(query):
                response = self._get(f"/my/lines/export{query}")
                self.assertEqual(response.status_code, 400)
                self.assertIn("CSV or as Excel file", response.text)

    def test_strange_filters_are_no_error(self):
        self.authenticate(self.user.login, PASSWORD)
        for value in GARBAGE:
            with self.subTest(value):
                params = dict.fromkeys((*PARAMETERS, "columns"), value)
                for file_format in ("csv", "xlsx"):
                    params["format"] = file_format
                    response = self.url_open("/my/lines/export", params=params)
                    self.assertEqual(response.status_code, 200)

    def test_nothing_is_written(self):
        self.authenticate(self.user.login, PASSWORD)
        self._read_csv()
        with self.assertQueriesWriteNothing(), patch.dict(f"{MODULE}.DIRECT_LIMITS", xlsx=1):
            self._get("/my/lines/export?format=csv")
            self._get("/my/lines/export?format=xlsx")

    def test_a_large_file_is_made_on_request(self):
        with patch.dict(f"{MODULE}.DIRECT_LIMITS", csv=1):
            page = self._get("/my/lines/export?format=csv&open=1&columns=all", self.user).text
        self.assertIn("2 lines are a large file", page)
        self.assertIn("Make the CSV file", page)
        self.assertIn('name="open"', page)
        self.assertFalse(self._get_downloads())
        response = self._queue(format="csv", open="1", columns="all")
        self.assertTrue(response.headers["Location"].endswith("/my/downloads"))
        download = self._get_downloads()
        self.assertEqual((download.kind, download.total_count), ("lines_csv", 2))
        self.assertEqual(download.parameters["filters"], {"open": True})

    def _get_downloads(self):
        return self.env["portal.download"].search([("user_id", "=", self.user.id)])

    def _queue(self, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open("/my/lines/export", data=data, allow_redirects=False)

    def test_a_double_click_is_one_file(self):
        self.authenticate(self.user.login, PASSWORD)
        for _click in range(2):
            self.assertEqual(self._queue(format="xlsx").status_code, 303)
        self.assertEqual(len(self._get_downloads()), 1)

    def test_too_many_files_are_refused_in_words(self):
        self.authenticate(self.user.login, PASSWORD)
        for number in range(5):
            self._queue(format="xlsx", order=f"S{number}")
        response = self._queue(format="xlsx", order="S9")
        self.assertEqual(response.status_code, 400)
        self.assertIn("5 of your files are being made already", response.text)

    def test_more_lines_than_a_sheet_has_are_refused(self):
        self.authenticate(self.user.login, PASSWORD)
        with patch(f"{MODULE}.MAX_ROWS", 2):
            response = self._queue(format="xlsx")
        self.assertEqual(response.status_code, 400)
        self.assertIn("Narrow the filter, or take CSV", response.text)
        self.assertFalse(self._get_downloads())

    def test_a_file_that_breaks_off_does_not_look_whole(self):
        export = type(self.env["sale.line.export"])
        error = ValueError("the database is gone")

        def rows(*_args, **_kw):
            yield [("S1",)]
            raise error

        self.authenticate(self.user.login, PASSWORD)
        self.user.portal_line_columns = "order"
        with (
            patch.object(export, "_iterate_rows", rows),
            mute_logger(MODULE),
            self.assertRaises(requests.exceptions.RequestException),
        ):
            self._get("/my/lines/export?format=csv")
