from contextlib import closing

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..tools.row_lock import hold_rows


@tagged("post_install", "-at_install")
class TestRowLock(TransactionCase):
    @mute_logger("odoo.sql_db")
    def test_who_wanted_the_same_row_is_run_again_not_refused(self):
        database, country = db_connect(self.env.cr.dbname), self.env.ref("base.be")
        with closing(database.cursor()) as first, closing(database.cursor()) as second:
            mine, theirs = (country.with_env(api.Environment(cr, 1, {})) for cr in (first, second))
            self.assertTrue(theirs.code)  # it has begun
            hold_rows(mine)
            first.commit()
            with self.assertRaises(SerializationFailure):
                hold_rows(theirs)
