from . import partner_access_accept
from . import change_password_own
from . import change_password_user
from . import partner_access_feed_upload
from . import partner_access_reply
from . import partner_access_view_as
from . import portal_wizard_user
