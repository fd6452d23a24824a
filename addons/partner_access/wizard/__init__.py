from . import partner_access_accept
from . import partner_access_feed_upload
from . import partner_access_reply
from . import partner_access_view_as
