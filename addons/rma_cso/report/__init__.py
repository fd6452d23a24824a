from . import report_return_form
