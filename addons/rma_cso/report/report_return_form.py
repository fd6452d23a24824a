import base64

from reportlab.graphics import renderSVG
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import api, models
from odoo.tools import format_date


class ReportReturnForm(models.AbstractModel):
    _name = "report.rma_cso.report_return_form"
    _description = "Return Form"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the page of the return form needs.

        :param docids: ids of the cases (cso.rma)
        """
        return {
            "doc_ids": docids,
            "doc_model": "cso.rma",
            "docs": self.env["cso.rma"].browse(docids),
            **self._get_helpers(),
        }

    @api.model
    def _get_helpers(self):
        """Return the functions by which form and label show codes, addresses and languages."""
        return {
            "barcode_uri": self._get_barcode_uri,
            "qr_uri": self._get_qr_uri,
            "address_lines": self._get_address_lines,
            "format_day": self._format_day,
            "get_lang": self._get_lang,
        }

    @api.model
    def _get_lang(self, case):
        """Return the language of the person at the customer."""
        return case._get_contact().lang or case.partner_id.lang or self.env.lang

    @api.model
    def _format_day(self, case, day):
        """Return a date with the month in letters, in the language in which the case is read."""
        return format_date(case.env, day, date_format=case.env._("d MMM") + " y")

    @api.model
    def _get_address_lines(self, partner):
        """Return the lines of an address that say something, without the company's name."""
        lines = partner._display_address(without_company=True).splitlines()
        return [line.strip() for line in lines if line.strip()]

    @api.model
    def _get_barcode_uri(self, text):
        """Return a Code 128 barcode as data URI.

        It is drawn as SVG: bars stay sharp in print, and no picture library is needed.
        """
        drawing = createBarcodeDrawing("Code128", value=text, quiet=False, width=260, height=50)
        return self._get_drawing_uri(drawing)

    @api.model
    def _get_qr_uri(self, text):
        """Return a QR code as data URI, drawn as SVG too."""
        return self._get_drawing_uri(
            createBarcodeDrawing("QR", value=text, width=100, height=100, barBorder=0)
        )

    @api.model
    def _get_drawing_uri(self, drawing):
        svg = renderSVG.drawToString(drawing).encode()
        return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
