"""Start Odoo: with workers it starts a process of its own by the path of its script, so `-m odoo`
is not enough.
"""

from odoo.cli import main

if __name__ == "__main__":
    main()
