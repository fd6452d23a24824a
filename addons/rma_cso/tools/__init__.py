from odoo.addons.customer_portal.tools.typed_number import read_number, show_number, write_number

from .api_errors import ApiError, ApiErrors
from .api_values import ApiValues
from .creditable import Creditable, CreditPart
from .form_error import FormError
from .records_action import get_records_action
from .return_facts import ReturnFacts, ReturnShipment, ReturnSlot
from .return_request import ReturnRequest
from .typed_text import clean_text
