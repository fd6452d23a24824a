from . import cso_report
from . import cso_return_rate
from . import report_return_form
from . import report_return_label
