from . import partner_access_feed_upload
from . import partner_access_view_as
