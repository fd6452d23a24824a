from . import cart
from . import common
from . import form
from . import home
from . import portal
from . import register
