from . import partner_access_view_as
