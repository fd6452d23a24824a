"""Odoo's command line with passwords that are hashed once, as Odoo's own tests do it.

The tests make many users and sign in many times; the 600,000 rounds of a real server would cost a
quarter of a second each time.
"""

from odoo.cli import main

import odoo.addons.base.models.res_users

odoo.addons.base.models.res_users.MIN_ROUNDS = 1

if __name__ == "__main__":
    main()
