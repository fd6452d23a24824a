from . import cart
from . import common
from . import form
from . import portal
from . import register
