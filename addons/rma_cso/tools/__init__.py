from .form_error import FormError
from .return_facts import ReturnFacts, ReturnSlot
from .return_request import ReturnRequest
