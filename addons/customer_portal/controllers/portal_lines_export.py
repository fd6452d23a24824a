import logging
import os
import socket
import struct
import tempfile
from contextlib import suppress

from werkzeug.urls import url_encode
from werkzeug.wsgi import wrap_file

from odoo import api, http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.portal_format import PortalFormat
from ..tools.table_file import MAX_ROWS

_logger = logging.getLogger(__name__)

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Lines that are made while the user waits, some seconds; more are queued.
DIRECT_LIMITS = {"csv": 200_000, "xlsx": 20_000}


class LinesExportPortal(CustomerPortal):
    @http.route(
        "/my/lines/export",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_lines_export(self, **kw):
        """The lines of the page as a file, or the question whether a large one is to be made."""
        params = request.httprequest.args
        file_format = params.get("format")
        export = request.env["sale.line.export"]
        parameters = export._prepare_parameters(params)
        if file_format not in CONTENT_TYPES:
            text = request.env._("Lines can be downloaded as CSV or as Excel file.")
            return self._render_export(parameters, refusal=text)
        limit = DIRECT_LIMITS[file_format]
        if export._count(parameters, limit + 1) > limit:
            return self._render_export(parameters, file_format)
        if file_format == "csv":
            return self._stream_csv(parameters)
        return self._send_xlsx(parameters)

    @http.route("/my/lines/export", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_lines_export_queue(self, **kw):
        """Have a large file made."""
        params = request.httprequest.form
        file_format = params.get("format")
        if file_format not in CONTENT_TYPES:
            return request.redirect("/my/lines", code=303)
        export = request.env["sale.line.export"]
        parameters = export._prepare_parameters(params)
        total = export._count(parameters)
        if file_format == "xlsx" and total >= MAX_ROWS:
            return self._render_export(parameters, file_format)
        name = export._get_file_name(file_format)
        try:
            request.env["portal.download"]._enqueue(f"lines_{file_format}", name, parameters, total)
        except UserError as refusal:
            return self._render_export(parameters, refusal=str(refusal))
        return request.redirect("/my/downloads", code=303)

    def _render_export(self, parameters, file_format=None, refusal=""):
        """The page between: a large file is made on request only, a strange one not at all."""
        export = request.env["sale.line.export"]
        total = 0 if refusal else export._count(parameters)
        if file_format == "xlsx" and total >= MAX_ROWS:
            refusal = request.env._(
                "A sheet of Excel has %(limit)s lines. Narrow the filter, or take CSV.",
                limit=PortalFormat(request.env).quantity(MAX_ROWS),
            )
        values = {
            **self._prepare_portal_layout_values(),
            **self._prepare_export_texts(parameters, total),
            "file_format": file_format,
            "inputs": self._prepare_inputs(parameters),
            "refusal": refusal,
            "portal_page": "lines",
            "page_name": "lines_export",
        }
        response = request.render("customer_portal.portal_my_lines_export", values)
        response.status_code = 400 if refusal else 200
        return response

    def _prepare_export_texts(self, parameters, total):
        env = request.env
        lines = env["sale.line.list"]
        count = PortalFormat(env).quantity(total)
        return {
            "heading": env._("%(count)s lines are a large file", count=count),
            "filters": lines._describe_filters(parameters["filters"]),
            "lines_url": f"/my/lines?{url_encode(self._prepare_inputs(parameters))}",
        }

    def _prepare_inputs(self, parameters):
        """What was asked for as pairs of an address or a form."""
        pairs = [("sort", parameters["sort"])]
        for key, value in parameters["filters"].items():
            values = value if isinstance(value, list) else [value]
            pairs += [(key, "1" if one is True else one) for one in values]
        if len(parameters["keys"]) == len(request.env["sale.line.export"]._get_columns()):
            pairs.append(("columns", "all"))
        return pairs

    # --- files ----------------------------------------------------------------------------------

    def _prepare_file_headers(self, file_format):
        name = request.env["sale.line.export"]._get_file_name(file_format)
        return [
            ("Content-Type", CONTENT_TYPES[file_format]),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ]

    def _send_xlsx(self, parameters):
        file = tempfile.TemporaryFile(prefix="lines_export_")  # noqa: SIM115 sent, then closed
        request.env["sale.line.export"]._write_file("xlsx", file, parameters)
        headers = self._prepare_file_headers("xlsx")
        headers.append(("Content-Length", str(file.seek(0, os.SEEK_END))))
        file.seek(0)
        response = request.make_response(wrap_file(request.httprequest.environ, file), headers)
        response.direct_passthrough = True
        return response

    def _stream_csv(self, parameters):
        """Send lines while they are read. The request is over by then, its cursor closed."""
        env = request.env
        connection = request.httprequest.environ.get("socket")
        pieces = self._iterate_pieces(env.registry, env.uid, dict(env.context), parameters)
        stream = self._guard_stream(pieces, connection)
        return request.make_response(stream, self._prepare_file_headers("csv"))

    def _iterate_pieces(self, registry, uid, context, parameters):
        with registry.cursor(readonly=True) as cr:
            export = api.Environment(cr, uid, context)["sale.line.export"]
            facts = export._get_facts(parameters)
            yield from export._iterate_csv(*export._get_selection(parameters), facts)

    def _guard_stream(self, pieces, connection):
        """A file that breaks off must not look whole: then the connection breaks, too."""
        try:
            yield from pieces
        except Exception as error:
            _logger.exception("An export of order lines broke off")
            self._break_connection(connection)
            raise ConnectionAbortedError from error
        finally:
            pieces.close()

    def _break_connection(self, connection):
        """End a connection without the orderly end that a browser takes for the end of a file.

        Where there is no socket the server sends pieces that are counted, and misses the last.
        """
        with suppress(OSError, AttributeError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(connection.detach())
