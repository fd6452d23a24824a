"""The access matrix: for every page, call and model the verdict who may have it.

The tests read Odoo's routing map and its models and ask each of them as every person of the table,
with the ids of somebody else. What has no verdict here fails the suite, and so does a verdict of
what is not there any more.

A new route: one line in ROUTES, the verb and the path as in its decorator, and one of VERDICTS:

    "GET /my/team": "signed",

`GET`, `POST` and `JSON` (type="jsonrpc") are asked each for itself. A route of ours needs a line of
its own; a pattern (`*`) is for families of Odoo's own routes. Parameters get the values of KINDS by
their names; where the path means another kind of record, the line says so, also several times:

    "GET /my/returns/<int:case_id>/file/<int:file_id>": [("case", {"file_id": "case_file"})],

A new kind of parameter: one line in KINDS, the name and the key of the record in matrix_world.py
(or `=text`, or a number). A new model: a line in CLOSED, or in MODELS with the rights of customers,
of visitors, and a verdict. A new number that who sees no prices may read: its name in NUMBERS.
"""

# What each role is answered:
#   yes   the page (or a way on); of POST and JSON it is not asked, as that would change something
#   no    404, as if it were not there
#   in    the way to the sign-in page
#   off   any refusal: 400 to 426, an error of access, the way home, an empty answer
#   any   whatever it is, it holds nothing of the customer; for routes of Odoo's own only
#   .     not asked
# The roles are people of matrix_world.py: owner, colleague, clerk, plain and solo are of the branch
# that ordered, head of its head office.
VERDICTS = """
          owner colleague head clerk plain solo branch stranger former abroad employee public
everybody yes   yes       yes  yes   yes   yes  yes    yes      yes    yes    yes      yes
signed    yes   yes       yes  yes   yes   yes  yes    yes      yes    yes    yes      in
customer  yes   yes       yes  yes   yes   yes  yes    yes      yes    yes    off      in
order     yes   yes       yes  yes   yes   no   no     no       no     no     no       off
slip      yes   .         .    yes   .     no   no     no       no     no     no       off
label     .     .         .    .     .     no   no     no       no     no     no       off
edi       yes   yes       yes  off   off   off  off    off      off    off    off      off
priced    yes   yes       yes  no    no    no   no     no       no     no     no       off
print     yes   .         .    no    no    no   no     no       no     no     no       off
write     .     .         .    .     .     off  off    off      off    off    off      off
buy       .     .         .    off   off   off  off    off      off    off    off      off
message   yes   yes       yes  off   off   off  off    off      off    off    .        off
talk      .     .         .    .     .     off  off    off      off    off    .        off
statement yes   yes       yes  no    no    yes  yes    yes      yes    yes    no       in
sheet     yes   .         .    no    no    .    .      .        .      .      no       in
again     yes   yes       yes  yes   yes   no   no     no       no     no     no       in
returns   yes   yes       yes  yes   no    yes  yes    yes      yes    yes    no       in
request   yes   yes       yes  yes   yes   no   no     no       no     no     no       in
claim     yes   yes       yes  yes   no    no   no     no       no     no     no       in
paper     yes   .         .    .     no    no   no     no       no     no     no       in
credit    yes   yes       yes  no    no    no   no     no       no     no     no       in
draft     yes   no        no   no    no    no   no     no       no     no     no       in
form      yes   yes       yes  yes   no    no   no     no       no     no     no       in
address   yes   .         .    .     off   off  off    off      off    off    off      in
own       yes   no        no   no    no    no   no     no       no     no     no       in
made      .     no        no   no    no    no   no     no       no     no     no       in
contact   yes   yes       yes  yes   yes   yes  off    off      off    .      .        in
user      yes   yes       off  yes   yes   yes  off    off      off    .      .        off
team      yes   no        no   no    no    no   yes    yes      no     no     no       in
person    yes   no        no   no    no    no   no     no       no     no     no       in
link      yes   yes       yes  yes   yes   yes  yes    yes      yes    yes    yes      yes
vendor    off   off       off  off   off   off  off    off      off    off    off      off
staff     off   off       off  off   off   off  off    off      off    off    .        off
nobody    off   off       off  off   off   off  off    off      off    off    off      off
harmless  .     .         .    any   .     .    .      any      .      .      .        any
last      .     .         .    .     .     .    .      .        .      .      .        off
operator  .     .         .    .     .     .    .      .        .      .      .        .
"""

# Where the answer does not depend on the person, one of each kind asks: an insider, one without the
# role for prices, a customer of another company, an employee, a visitor. Pages of ours that people
# fill with their own records (`signed`) are asked by everybody.
SAME = {"everybody", "link", "nobody", "staff", "vendor"}
KIND_OF = {"owner", "clerk", "stranger", "employee", "public"}

_columns, *_rows = (row.split() for row in VERDICTS.strip().splitlines())
ANSWERS = {name: dict(zip(_columns, answers, strict=True)) for name, *answers in _rows}

PAYMENT = {
    "access_token": "=",
    "payment_reference": "=x",
    "provider_id": 1,
    "payment_method_id": 1,
    "token_id": 0,
    "flow": "=direct",
    "tokenization_requested": False,
    "landing_route": "=/my",
}
ROUTES = {
    # --- partner_access ---------------------------------------------------------------------------
    "GET /web/login": "everybody",
    "GET /web/reset_password": "everybody",
    "GET /web/signup": "nobody",  # free sign-up is closed
    "JSON /partner_access/password_failures": "nobody",  # without a link's own token
    "POST /my/address/submit": "address",
    "GET /my/account": "signed",
    "POST /my/account": "signed",
    "GET /my/account/email": "customer",
    "POST /my/account/email": "customer",
    "POST /my/account/email/cancel": "customer",
    "GET /my/account/email/confirm/<string:token>": "customer",
    "POST /my/account/email/confirm/<string:token>": "customer",
    "POST /my/language": "signed",
    "GET /apply": "nobody",  # until there are conditions to accept
    "POST /apply": "everybody",
    "POST /apply/link": "everybody",
    "GET /apply/<string:token>": [("link", {"token": "application_token"}), ("nobody", {})],
    "POST /apply/<string:token>": "nobody",  # with a token of something else
    "POST /apply/<string:token>/address": "nobody",
    "GET /apply/<string:token>/file/<int:file_id>": [
        ("nobody", {}),
        ("nobody", {"token": "application_token"}),  # a file of something else
    ],
    "JSON /apply/<string:token>/save": "nobody",
    "POST /apply/<string:token>/upload": "nobody",
    "GET /my/security/sessions": "signed",
    "POST /my/security/sessions": "signed",
    "GET /my/team": "team",
    "GET /my/team/page/<int(max=100000):page>": "team",
    "GET /my/team/log": "team",
    "GET /my/team/log/page/<int(max=100000):page>": "team",
    "GET /my/team/invite": "team",
    "POST /my/team/invite": "team",
    "GET /my/team/<int(max=2147483647):entry_id>": "person",
    "POST /my/team/<int(max=2147483647):entry_id>": "person",
    "POST /my/team/<int(max=2147483647):entry_id>/<any(send_link, take_access, give_access, "
    "end_sessions):action>": "person",
    "POST /my/team/<int(max=2147483647):entry_id>/hand_over": "person",
    "JSON /partner_access/session/resume": "everybody",
    "JSON /partner_access/session/state": "everybody",
    "GET /partner_access/session/done": "signed",
    "POST /partner_access/view/end": "signed",
    "GET /partner_access/view/ended": "signed",
    "GET /web/login/microsoft": "nobody",  # until it is switched on
    "POST /web/login/microsoft": "everybody",
    "GET /web/login/microsoft/callback": "nobody",  # without a code of Microsoft's
    "GET /web/login/microsoft/unlock": "nobody",
    # --- customer_portal --------------------------------------------------------------------------
    "GET /my": "signed",
    "GET /my/home": "signed",
    "GET /my/cart": "customer",
    "GET /my/cart/add": "signed",
    "POST /my/cart/add": "customer",
    "GET /my/cart/again": "signed",
    "POST /my/cart/again": [("again", {"order": "order"}), ("again", {"line": "line"})],
    "GET /my/cart/choose": "signed",
    "POST /my/cart/choose": "customer",
    "GET /my/cart/save": "signed",
    "POST /my/cart/save": "customer",
    "GET /my/cart/send": "signed",
    "POST /my/cart/send": "customer",
    "JSON /my/cart/update": "customer",
    "GET /my/documents": "signed",
    "GET /my/documents/zip": [
        ("slip", {"document": "=slip-{shipment}"}),
        ("print", {"document": "=invoice-{bill}"}),
        ("print", {"document": "=confirmation-{order}"}),
    ],
    "POST /my/documents/zip": [("order", {"document": "=slip-{shipment}"})],
    "GET /my/downloads": "signed",
    "GET /my/downloads/<int:download_id>": "made",  # the owner's: see test_access.py
    "GET /my/downloads/<int:download_id>/retry": "signed",
    "POST /my/downloads/<int:download_id>/retry": "own",
    "JSON /my/downloads/progress": "signed",
    "GET /my/invoices/<int:invoice_id>": [
        ("priced", {}),
        ("priced", {"report_type": "=html"}),
        ("nobody", {"invoice_id": "vendor_bill"}),
    ],
    "GET /my/lines": "signed",
    "GET /my/lines/columns": "signed",
    "POST /my/lines/columns": "signed",
    "GET /my/lines/export": [
        ("signed", {"format": "=csv", "columns": "=all"}),
        ("signed", {"format": "=xlsx", "columns": "=all"}),
    ],
    "POST /my/lines/export": "signed",
    "GET /my/lines/filters": "signed",
    "POST /my/lines/filters": "signed",
    "GET /my/lines/filters/<int:filter_id>/delete": "signed",
    "POST /my/lines/filters/<int:filter_id>/delete": "own",
    "POST /my/addresses/<int(max=2147483647):address_id>/<any(archive, restore):action>": [
        ("write", {"address_id": "address", "action": "=archive"})
    ],
    "POST /my/addresses/<int(max=2147483647):address_id>/default/<any(invoice, delivery):kind>": [
        ("write", {"address_id": "address", "kind": "=invoice"})
    ],
    "GET /my/company": "team",
    "GET /my/company/change": "team",
    "POST /my/company/change": "team",
    "GET /my/notifications": "customer",
    "POST /my/notifications": "customer",
    "GET /my/orders": [("signed", {"search": "="})],
    "GET /my/orders/page/<int:page>": [("signed", {"search": "="})],
    "GET /my/orders/<int:order_id>": [
        ("order", {}),
        ("order", {"payment_amount": 1}),
        ("priced", {"report_type": "=html"}),
        ("priced", {"order_id": "quotation"}),
    ],
    "GET /my/orders/<int:order_id>/document/<int:document_id>": "nobody",
    "POST /my/orders/<int(max=2147483647):order_id>/confirm": "priced",
    "GET /my/orders/<int:order_id>/change": "order",
    "POST /my/orders/<int:order_id>/change": "order",
    "GET /my/requests": "customer",
    "GET /my/requests/<int(max=2147483647):request_id>": "request",
    "POST /my/requests/<int(max=2147483647):request_id>/withdraw": "request",
    "GET /my/requests/<int(max=2147483647):request_id>/file/<int(max=2147483647):file_id>": [
        ("request", {"file_id": "request_file"}),
        ("nobody", {}),  # a file of something else
    ],
    "GET /my/search": [
        ("signed", {"q": "="}),
        ("signed", {"q": "=CAGE-1"}),
    ],
    "GET /my/serials": [("signed", {"number": "="})],
    "GET /my/serials/<int:lot_id>": "order",
    "GET /my/shipments": [("signed", {"search": "="})],
    "GET /my/statement": "statement",
    "GET /my/statement/csv": "statement",
    "GET /my/statement/pdf": "sheet",
    "GET /my/statement/pay/<string:key>/<any(due, open):choice>": [
        ("credit", {"key": "account", "choice": "=open"}),
    ],
    "JSON /my/statement/transaction/<string:key>/<any(due, open):choice>": [
        ("credit", {"key": "account", "choice": "=open"}),
    ],
    "JSON /invoice/transaction/overdue": "nobody",  # the statement's own way is the only one
    # --- rma_cso ----------------------------------------------------------------------------------
    "GET /my/returns": "returns",
    "GET /my/returns/archive": "returns",
    "GET /my/returns/status": "returns",
    "GET /my/returns/figures": "returns",
    "GET /my/returns/register": [("returns", {"number": "=CAGE-1"}), ("returns", {"number": "="})],
    "GET /my/returns/register/line": [("form", {"line": "line", "number": "=CAGE-1"})],
    "GET /my/returns/bulk": [("returns", {"number": "=", "serials": "="})],
    "POST /my/returns/bulk": [("returns", {"number": "=", "serials": "="})],
    "GET /my/returns/bulk/form": "returns",
    "POST /my/returns/bulk/form": "returns",
    "GET /my/returns/bulk/save": "signed",
    "JSON /my/returns/bulk/save": "returns",
    "GET /my/returns/bulk/start": "signed",
    "POST /my/returns/bulk/start": "returns",
    "GET /my/returns/cart": "returns",
    "GET /my/returns/cart/address": "made",
    "POST /my/returns/cart/address": "made",
    "GET /my/returns/cart/edit": "signed",
    "POST /my/returns/cart/edit": "returns",
    "GET /my/returns/cart/remove": "signed",
    "POST /my/returns/cart/remove": "returns",
    "GET /my/returns/cart/submit": "signed",
    "POST /my/returns/cart/submit": "made",
    "GET /my/returns/draft/discard": "signed",
    "POST /my/returns/draft/discard": "returns",
    "GET /my/returns/<int:case_id>": "claim",
    "GET /my/returns/<int:case_id>/<any(credit,invoice,slip):kind>/<int:document_id>": "nobody",
    "GET /my/returns/<int:case_id>/answer": "signed",
    "POST /my/returns/<int:case_id>/answer": "claim",
    "GET /my/returns/<int:case_id>/documents": "claim",
    "GET /my/returns/<int:case_id>/file/<int:file_id>": "nobody",
    "GET /my/returns/<int:case_id>/label": "paper",
    "GET /my/returns/<int:case_id>/message": "signed",
    "POST /my/returns/<int:case_id>/message": "claim",
    "GET /my/returns/<int:case_id>/object": "signed",
    "POST /my/returns/<int:case_id>/object": "claim",
    "GET /my/returns/<int:case_id>/pdf": "paper",
    "GET /my/returns/<int:case_id>/sent": "signed",
    "POST /my/returns/<int:case_id>/sent": "claim",
    "GET /my/returns/<int:case_id>/withdraw": "signed",
    "POST /my/returns/<int:case_id>/withdraw": "claim",
    "GET /my/returns/file/<int:file_id>": "draft",
    "GET /my/returns/form": "form",
    "POST /my/returns/form": "form",
    "GET /my/returns/form/address": "form",
    "POST /my/returns/form/address": "form",
    "JSON /my/returns/form/address/save": "form",
    "JSON /my/returns/form/check": "form",
    "GET /my/returns/form/files": "form",
    "GET /my/returns/form/phone": "signed",
    "POST /my/returns/form/phone": "form",
    "GET /my/returns/form/phone/close": "signed",
    "POST /my/returns/form/phone/close": "form",
    "GET /my/returns/form/remove": "signed",
    "POST /my/returns/form/remove": "form",
    "JSON /my/returns/form/save": "form",
    "GET /my/returns/form/upload": "signed",
    "POST /my/returns/form/upload": "form",
    "GET /photos/<string:token>": "link",
    "POST /photos/<string:token>": "link",
    "GET /photos/<string:token>/file/<int:file_id>": "nobody",  # what came from elsewhere
    "POST /photos/<string:token>/upload": "link",
    # --- Odoo: portal, sign-in --------------------------------------------------------------------
    "GET /": "everybody",
    "GET /my/address": "address",
    "GET /my/addresses": "signed",
    "JSON /my/address/archive": [("write", {"partner_id": "address"})],
    'JSON /my/address/country_info/<model("res.country"):country>': "everybody",
    "JSON /my/counters": "signed",
    "POST /my/deactivate_account": "last",
    "GET /my/security": "signed",
    "POST /my/security": "last",
    "GET /auth-timeout/check-identity": "signed",
    "JSON /auth-timeout/*": "signed",
    "JSON /auth/passkey/start-auth": "everybody",
    "GET /web/login/totp": "signed",
    "POST /web/login/totp": "signed",
    "GET /web/login_successful": "signed",
    "GET /web/session/logout": "last",
    "JSON /web/session/destroy": "last",
    "JSON /web/session/authenticate": "last",
    "GET /web/become": "last",
    "JSON /web/session/*": "signed",
    "JSON /web/session/get_lang_list": "everybody",
    # --- Odoo: what hangs on a document -----------------------------------------------------------
    "JSON /mail/chatter_fetch": [("write", {}), ("buy", {})],
    "JSON /portal/chatter_init": "harmless",
    "JSON /portal/attachment/remove": [("write", {"attachment_id": "file"})],
    "GET /mail/message/<int:message_id>": "message",
    "GET /mail/view": [("message", {"model": "=sale.order"})],
    "GET /mail/attachment/pdf_first_page/<int:attachment_id>": "nobody",
    "POST /mail/attachment/upload": "write",
    "POST /mail/attachment/zip": [("write", {"file_ids": "={file}", "zip_name": "=x"})],
    "JSON /mail/attachment/*": "write",
    "JSON /mail/message/*": "write",
    "JSON /mail/thread/messages": "talk",
    "JSON /mail/thread/*subscribe": "staff",
    "JSON /mail/update_is_internal": "write",
    "JSON /mail/read_subscription_data": "staff",
    "* /mail/*": "harmless",
    "* /discuss/*": "harmless",
    "* /chat/*": "nobody",
    "* /meet/*": "nobody",
    "JSON /web/dataset/*": "write",
    "GET /web/content*": "harmless",
    "GET /web/image*": "harmless",
    "GET /report/<converter>/<reportname>": "harmless",
    "GET /report/<converter>/<reportname>/<docids>": [
        ("staff", {}),
        ("staff", {"reportname": "=stock.report_deliveryslip", "docids": "shipment"}),
        ("staff", {"reportname": "=account.report_invoice", "docids": "bill"}),
        ("staff", {"reportname": "=rma_cso.report_return_form", "docids": "case"}),
        ("staff", {"reportname": "=customer_portal.report_statement", "docids": "owner_partner"}),
    ],
    "GET /report/download": [
        ("staff", {"data": '=["/report/pdf/sale.report_saleorder/{order}", "qweb-pdf"]'}),
    ],
    "GET /report/barcode*": "harmless",
    "JSON /report/check_wkhtmltopdf": "signed",
    "GET /web/export/*": "harmless",
    "JSON /web/export/*": "harmless",
    "GET /web/pivot/export_xlsx": "harmless",
    "GET /web/partner/vcard": "harmless",
    'GET /web_enterprise/partner/<model("res.partner"):partner>/vcard': "contact",
    "JSON2 /json/2/<__model__>/<__method__>": "nobody",  # without a key; test_cso_api.py has keys
    "* /json/*": "harmless",
    "* /doc*": "staff",
    "JSON /jsonrpc": "harmless",
    "POST /xmlrpc/*": "harmless",
    # --- Odoo: orders, invoices, purchases, payments ----------------------------------------------
    "POST /my/orders/<int:order_id>/decline": [("write", {}), ("buy", {"order_id": "quotation"})],
    "GET /my/orders/<int:order_id>/download_edi": [
        ("edi", {}),
        ("edi", {"order_id": "quotation"}),
    ],
    "JSON /my/orders/<int:order_id>/accept": [("buy", {}), ("buy", {"order_id": "quotation"})],
    "JSON /my/orders/<int:order_id>/transaction": [("buy", PAYMENT)],
    "JSON /my/orders/<int:order_id>/update_line_dict": [
        ("buy", {}),
        ("buy", {"order_id": "quotation", "line_id": "quotation_line"}),
    ],
    "GET /my/quotes*": "signed",
    "GET /my/picking/pdf/<int:picking_id>": "slip",
    "GET /my/picking/return/pdf/<int:picking_id>": "label",
    "GET /my/invoices": "signed",
    "GET /my/invoices/page/<int:page>": "signed",
    "GET /my/invoices/overdue": "everybody",  # leads to the own list
    "* /my/journal/<int:journal_id>/unsubscribe": "nobody",
    "GET /account/*": "staff",
    "JSON /account/*": "staff",
    "JSON /invoice/transaction/*": [("buy", PAYMENT)],
    "GET /my/purchase": "customer",
    "GET /my/purchase/page/<int:page>": "customer",
    "GET /my/rfq": "customer",
    "GET /my/rfq/page/<int:page>": "customer",
    "* /my/purchase/<int:order_id>*": [("vendor", {"order_id": "purchase"})],
    "GET /my/payment_method": "signed",
    "GET /payment/status": "everybody",
    "GET /payment/confirmation": "nobody",
    "GET /payment/pay": [("nobody", {"sale_order_id": "order", "invoice_id": "bill", "amount": 1})],
    "JSON /payment/*": "harmless",
    "POST /payment/*": "harmless",
    # --- Odoo: the back office --------------------------------------------------------------------
    "JSON /product/catalog/*section*": "write",
    "JSON /product/*": "staff",
    "JSON /sale/combo_configurator/*": "harmless",
    "JSON /sale/*": "staff",
    "JSON /delivery/*": "staff",
    "POST /product/document/upload": "harmless",
    "GET /product/export/pricelist/": "harmless",
    "POST /sale_pdf_quote_builder/*": "harmless",
    "GET /stock/<string:output_format>/<string:report_name>": "staff",
    "GET /spreadsheet/*": "nobody",
    "GET /dashboard/*": "nobody",
    "* /digest/*": "nobody",
    "GET /odoo": "signed",
    "GET /odoo/<path:subpath>": "signed",
    "GET /odoo/offline": "everybody",
    "GET /web": "signed",
    "GET /scoped_app": "everybody",
    "GET /scoped_app/<path:subpath>": "signed",
    "GET /scoped_app_icon_png": "everybody",
    "GET /web/webclient/load_menus": "staff",
    "GET /web/filestore/*": "nobody",
    "* /web/database/*": "operator",  # never asked: they drop and make databases
    "* /html_editor/*": "harmless",
    "* /web_editor/*": "harmless",
    "* /web_unsplash/*": "harmless",
    "* /base_import*": "harmless",
    "JSON /base_setup/*": "staff",
    "* /google_gmail/*": "staff",
    "* /microsoft_outlook/*": "staff",
    "* /bus/*": "harmless",
    "* /websocket*": "harmless",
    "JSON /sms/status": "harmless",
    "GET /logo*": "harmless",
    "GET /robots.txt": "harmless",
    "GET /terms": "everybody",
    "* /website/translations": "harmless",
    "* /web/*": "harmless",
}

# What a parameter is asked with, by its name: a record of matrix_world.py, `=text` (records of the
# world in braces), a number, or a list or dict of these.
KINDS = {
    # records
    "address": "address",
    "action": "=end_sessions",
    "address_id": "address",
    "attachment": "file",
    "attachment_id": "file",
    "attachments": "file",
    "cart": "case",
    "case_id": "case",
    "docids": "order",
    "document_id": "bill",
    "download_id": "download",
    "draft": "draft",
    "entry_id": "entry",
    "file": "photo",
    "file_id": "photo",
    "file_ids": ["file"],
    "filter_id": "saved",
    "id": "file",
    "ids": ["order"],
    "invoice_id": "bill",
    "invoices": "bill",
    "key": "account",
    "line": "line",
    "line_id": "line",
    "lot_id": "lot",
    "message_id": "message",
    "moves": "bill",
    "order_id": "order",
    "partner": "owner_partner",
    "partner_id": "owner_partner",
    "partner_ids": ["owner_partner"],
    "picking_id": "shipment",
    "pid": "owner_partner",
    "position": "case_line",
    "product_id": "article",
    "product_ids": ["article"],
    "product_template_id": "template",
    "product_tmpl_id": "template",
    "reason": "reason",
    "request_id": "request",
    "res_id": "order",
    "thread_id": "order",
    "token": "token",
    "uid": "person",  # who asks
    "user_id": "owner_id",
    # models and methods
    "__method__": "=read",
    "__model__": "=sale.order",
    "args": [["order"], ["=name"]],
    "kwargs": {},
    "method": "=read",
    "model": "=sale.order",
    "model_name": "=sale.order",
    "model_names": ["=sale.order"],
    "model_names_to_fetch": ["=sale.order"],
    "res_model": "=sale.order",
    "thread_model": "=sale.order",
    # numbers that any database has, and what is no record at all
    "action_id": 1,
    "alpha": 10,
    "amount": 1,
    "answers": {},
    "channel_id": 1,
    "child_field": "=order_line",
    "choice": "=open",
    "converter": "=html",
    "counters": ["=order_count"],
    "country": 1,
    "digest_id": 1,
    "fetch_params": {},
    "field": "=name",
    "filetype": "=pdf",
    "height": 10,
    "journal_id": 1,
    "kind": "=invoice",
    "lang": "=en_US",
    "page": 1,
    "sections": [],
    "post_data": {"body": "=x"},
    "report_name": "=stock.report_deliveryslip",
    "reportname": "=sale.report_saleorder",
    "size": 10,
    "update_data": {"body": "=x"},
    "width": 10,
    "xmlid": "=base.main_company",
}

# Models that customers or visitors have a right on: the rights of customers, those of visitors (r
# read, w write, c create, u unlink), and who finds the records of the world: a verdict, or `open`
# for what belongs to nobody.
MODELS = {
    "account.move": "r - priced",
    "account.move.line": "r - priced",
    "account.payment.term": "r - open",
    "auth.passkey.key": "rw - own",
    "auth.passkey.key.create": "rwcu - own",
    "auth_totp.device": "r - own",
    "auth_totp.wizard": "rwcu - own",
    "cso.outcome": "r - open",
    "cso.reason": "r - open",
    "cso.rma": "r - claim",
    "cso.rma.line": "r - claim",
    "discuss.call.history": "r r own",
    "discuss.channel": "r r own",
    "discuss.channel.member": "rwcu rwcu own",
    "ir.filters": "rwcu rwcu own",
    "mail.message": "rwcu r message",
    "mail.message.subtype": "r r open",
    "mail.notification": "r - own",
    "payment.method": "r r open",
    "payment.token": "r r own",
    "portal.request": "r - order",
    "portal.saved.filter": "rwcu - own",
    "purchase.order": "r - vendor",
    "purchase.order.line": "r - vendor",
    "res.company": "r r open",
    "res.country": "r r open",
    "res.country.group": "r r open",
    "res.country.state": "r r open",
    "res.currency": "r r open",
    "res.currency.rate": "r r open",
    "res.lang": "r r open",
    "res.partner": "r r contact",
    "res.users": "r r user",
    "res.users.apikeys": "r - own",
    "res.users.apikeys.description": "rc - own",
    "res.users.identitycheck": "rwc - own",
    "sale.line.delivery": "r - order",
    "sale.order": "r - order",
    "sale.order.line": "r - order",
    "sale.order.line.eta.change": "r - order",
    "stock.picking": "r - order",
}

# Models of ours without any right for customers and visitors.
CLOSED = {
    "partner.access.accept",
    "partner.access.application",
    "partner.access.application.link",
    "partner.access.attempt",
    "partner.access.conditions",
    "partner.access.email.change",
    "partner.access.feed",
    "partner.access.feed.row",
    "partner.access.feed.run",
    "partner.access.feed.upload",
    "partner.access.identity",
    "partner.access.reply",
    "partner.access.secret",
    "partner.access.submission",
    "partner.access.view.as",
    "cso.ask.back",
    "cso.authorise",
    "cso.authorise.line",
    "cso.choose.outcome",
    "cso.claim",
    "cso.claim.line",
    "cso.claim.start",
    "cso.decide.correction",
    "cso.decide.correction.line",
    "cso.decide.credit",
    "cso.decide.credit.line",
    "cso.decide.delivery",
    "cso.decide.delivery.line",
    "cso.decide.goodwill",
    "cso.decide.goodwill.line",
    "cso.decide.keep",
    "cso.decide.keep.line",
    "cso.decide.repair",
    "cso.decide.take.back",
    "cso.difference",
    "cso.extend",
    "cso.form.claim",
    "cso.form.complaint",
    "cso.form.concealed.damage",
    "cso.form.defect",
    "cso.form.draft",
    "cso.form.file",
    "cso.form.licence",
    "cso.form.over.delivery",
    "cso.form.shortage",
    "cso.form.transport.damage",
    "cso.form.unopened",
    "cso.form.wrong.delivery",
    "cso.form.wrong.invoice",
    "cso.notification",
    "cso.parcel",
    "cso.receive",
    "cso.refuse",
    "cso.register",
    "cso.register.reason",
    "cso.report",
    "cso.return.rate",
    "cso.rma.line.lot",
    "cso.split",
    "cso.standard.text",
    "cso.step",
    "cso.test",
    "cso.test.line",
    "cso.upload.link",
    "cso.vendor.policy",
    "delivery.hold.release",
    "email.delivery.mark",
    "email.delivery.mark.line",
    "partner.access.entry",
    "partner.access.log",
    "partner.access.request",
    "partner.access.role",
    "portal.cart",
    "portal.cart.line",
    "portal.download",
    "portal.notification",
    "portal.request.answer",
    "portal.request.change",
    "portal.request.field",
    "portal.request.notification",
    "product.customer.code",
    "purchase.order.line.eta.change",
    "purchase.order.set.eta",
    "sale.line.eta.drift",
    "sale.line.eta.queue",
    "sale.line.eta.slip",
    "supplier.eta.import",
    "supplier.eta.import.line",
}

# Fields of models that name an amount, to be asked for through the records that hang on them.
PRICED = {
    "account.move": ["amount_total", "amount_residual"],
    "account.move.line": ["price_unit", "balance"],
    "cso.rma": ["amount_total"],
    "cso.rma.line": ["unit_price"],
    "product.product": ["list_price", "standard_price"],
    "product.template": ["list_price", "standard_price"],
    "purchase.order": ["amount_total"],
    "purchase.order.line": ["price_unit"],
    "sale.order": ["amount_total", "amount_untaxed"],
    "sale.order.line": ["price_unit", "price_subtotal", "discount"],
    "stock.move": ["price_unit"],
}

# Numbers that a customer without the role for prices reads.
NUMBERS = {
    "cso.rma.line": "back_qty credited_posted_qty credited_qty fee_percent offer_percent quantity "
    "received_qty received_total uninvoiced_qty",
    "res.partner": "on_time_rate partner_latitude partner_longitude",
    "sale.line.delivery": "quantity",
    "sale.order": "currency_rate shipping_weight",
    "sale.order.line": "cso_claim_limit cso_claimed_qty customer_invoiced_qty customer_lead "
    "customer_open_qty customer_shipped_qty free_qty_today product_qty product_uom_qty "
    "qty_available_today qty_delivered qty_delivered_at_date qty_invoiced qty_invoiced_at_date "
    "qty_invoiced_posted qty_to_deliver qty_to_invoice virtual_available_at_date",
}

# Hidden fields of which a filter or an order tells something all the same, that does no harm: of
# required fields that they are set, of the person's own activities, of settings, of our warehouse,
# of an order how its customer's request was answered.
MOOT = {
    "*": "my_activity_date_deadline company_price_include",
    "sale.line.delivery": "user_id",
    "sale.order": "portal_change_state",
    "sale.order.line": "recompute_delivery_price",
    "stock.picking": "country_code days_to_arrive delivery_type destination_country_code "
    "has_message integration_level location_dest_id location_id move_type partner_country_id "
    "picking_type_entire_packs picking_type_id products_availability_state show_operations "
    "use_create_lots use_existing_lots warehouse_address_id",
}

# Fields that every model has.
MAGIC = {"create_uid", "create_date", "write_uid", "write_date", "id", "display_name"}
