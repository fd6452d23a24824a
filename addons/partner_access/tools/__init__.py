from . import addresses
from . import password_rules
