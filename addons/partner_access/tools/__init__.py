from . import addresses
from . import feed_file
from . import feed_location
from . import password_rules
