from odoo.tests import tagged

from .common import RaceCommon


@tagged("post_install", "-at_install")
class TestCsoPositionDialog(RaceCommon):
    """Two clerks decide on the same position at once."""

    def _create_review(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line()
            return factories._create_case(line, "complaint", comment="Not as described").id

    def _act(self, model_name, position, **values):
        context = {"active_model": position._name, "active_ids": position.ids}
        wizard = position.env[model_name].with_context(**context).create(values)
        if model_name == "cso.authorise":
            wizard.line_ids.goods = "no"
        getattr(wizard, {"cso.ask.back": "action_ask"}.get(model_name, "action_authorise"))()
        position.env.cr.commit()

    def test_the_second_clerk_is_told_what_the_first_has_done(self):
        number = self._create_review()
        told = self._race(
            "cso.rma.line",
            (number, number),
            lambda position: self._act("cso.authorise", position),
        )
        self.assertIn("To decide", told)
        self.assertIn("this step does not fit", told)

    def test_asking_and_asking_at_once_asks_once(self):
        number = self._create_review()
        told = self._race(
            "cso.rma.line",
            (number, number),
            lambda position: self._act("cso.ask.back", position, text="Which firmware?"),
        )
        self.assertIn("Waiting for the customer", told)
