from . import controllers
from . import models
from . import report
from . import wizard
from .hooks import _create_returns_operation_types
