"""Odoo's command line as a script.

With workers Odoo starts a process for live notices by the path of its own script, which fails after
`python -m odoo`. The script has a folder of its own: Python looks for modules beside it.
"""

from odoo.cli import main

if __name__ == "__main__":
    main()
