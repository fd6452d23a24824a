from . import partner_access_demo
from . import partner_access_demo_team
from . import partner_access_demo_feed
from . import partner_access_application_demo
from . import partner_access_demo_microsoft
from . import partner_access_demo_view_as
