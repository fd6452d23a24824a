from . import eta_file
from . import eta_text
from . import table_file
