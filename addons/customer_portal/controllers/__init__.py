from . import portal
from . import portal_document
from . import portal_home
from . import portal_invoice
from . import portal_order
from . import portal_order_list
from . import portal_search
from . import portal_shipment
