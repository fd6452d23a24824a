from . import report_return_form
from . import report_return_label
