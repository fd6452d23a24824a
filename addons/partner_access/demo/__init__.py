from . import partner_access_demo
