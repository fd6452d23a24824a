from odoo.tests import TransactionCase, tagged

from .common import TeamCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessUserTeam(TeamCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()

    def test_sessions_that_are_ended_do_not_come_back(self):
        sid = "x" * 84
        before = self.person._compute_session_token(sid)
        device = self.env["res.device.log"].create(
            {"session_identifier": "y" * 42, "user_id": self.person.id}
        )
        team = self.env["partner.access.team"].with_user(self.gouda_admin)
        team._end_sessions(team._find_entry(self.person.access_entry_ids.id))
        self.env.flush_all()
        self.assertNotEqual(self.person._compute_session_token(sid), before)
        self.assertTrue(device.revoked)
        self.assertTrue(self.person.active)
        log = self.env["partner.access.log"].search([("kind", "=", "session_ended")], limit=1)
        self.assertEqual((log.user_id, log.actor_id), (self.person, self.gouda_admin))

    def test_sessions_of_who_was_never_signed_out_stay(self):
        """The new field changes no token until it is set."""
        values = dict(self.person._session_token_get_values())
        self.assertIsNone(values["sessions_ended_on"])

    def test_access_that_is_taken_away_ends_the_sessions(self):
        before = self.person._compute_session_token("x" * 84)
        self.person.access_entry_ids.active = False
        self.env.flush_all()
        self.assertNotEqual(self.person._compute_session_token("x" * 84), before)
