from . import eta_file
from . import eta_text
from . import period
from . import portal_format
from . import record_id
from . import stored_fields
from . import table_file
