from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import file_open

REFERENCES = {
    "customer_kade": "K20410",
    "customer_kade_rotterdam": "K20411",
    "customer_kade_utrecht": "K20412",
    "customer_polder": "K20520",
    "customer_lindenhof": "K20730",
}


class PartnerAccessDemoFeed(models.AbstractModel):
    """A feed with three files: one was imported, one was cut off, one is held by the brake."""

    _name = "partner.access.demo.feed"
    _inherit = "partner.access.demo"
    _description = "Demo World: Feed"

    @api.model
    def _install(self):
        """The people that the distributor's ERP knows."""
        if self.env.ref("partner_access.demo_feed", raise_if_not_found=False):
            return
        for customer, reference in REFERENCES.items():
            self._ref(customer).ref = reference
        self = self.with_company(self._ref("demo_company"))
        feed = self._load("partner.access.feed", [self._prepare_feed()])
        content = self._read_feed("feed.csv")
        held = self._read_feed("feed_held.csv")
        for days, file in ((3, content), (2, held[:-60]), (1, held)):
            made_on = fields.Datetime.now().replace(hour=4, minute=0) - timedelta(days=days)
            name = f"people-{made_on:%Y%m%d}.csv"
            feed._start_run(file, "api", file_name=name, made_on=made_on)

    def _prepare_feed(self):
        return {
            "id": "demo_feed",
            "name": "ERP",
            "company_id": self._ref("demo_company").id,
            "user_id": self._ref("user_bram").id,
            "needs_footer": True,
        }

    def _read_feed(self, name):
        with file_open(f"partner_access/demo/{name}", "rb") as file:
            return file.read()
