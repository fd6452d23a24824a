from odoo.http import request, route

from .common import ReturnsController, read_text


class FiguresPortal(ReturnsController):
    """The returns of the customer in numbers."""

    @route("/my/returns/figures", type="http", auth="user", readonly=True, website=True)
    def figures(self, **kwargs):
        """Show how many positions there were, why, what became of them, and how long it took."""
        self._get_domain("cso.rma.line")
        figures = request.env["cso.customer.figures"]
        periods, period = figures._get_periods(), read_text(kwargs.get("period"))
        period = period if period in periods else "months"
        return self._render(
            "rma_cso.portal_figures",
            chips=[(key, label, key == period) for key, (label, *_days) in periods.items()],
            columns=[
                ("all", request.env._("Positions")),
                ("open", request.env._("Open")),
                ("done", request.env._("Settled")),
                ("ended", request.env._("Refused or ended")),
            ],
            **figures._get_figures(period),
        )
