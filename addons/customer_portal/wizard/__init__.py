from . import delivery_hold_release
from . import email_delivery_mark
from . import email_delivery_mark_line
from . import portal_request_answer
from . import purchase_order_set_eta
from . import supplier_eta_import
from . import supplier_eta_import_line
