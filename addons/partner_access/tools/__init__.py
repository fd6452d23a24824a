from . import password_rules
