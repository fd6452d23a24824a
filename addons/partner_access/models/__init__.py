from . import res_company
from . import partner_access_role
from . import partner_access_entry
from . import partner_access_request
from . import res_partner
from . import res_users
from . import res_config_settings
