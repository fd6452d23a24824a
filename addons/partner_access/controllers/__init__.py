from . import apply
from . import auth_signup
from . import session
from . import microsoft
from . import portal
from . import portal_team
from . import portal_team_log
from . import view_as
