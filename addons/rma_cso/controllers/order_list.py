from odoo.addons.customer_portal.controllers.portal_order_list import OrderListPortal


class FreeOrderList(OrderListPortal):
    def _prepare_order_rows(self, orders_sudo, fmt):
        """Extend `customer_portal`: orders free of charge name the return that they are for."""
        rows = super()._prepare_order_rows(orders_sudo, fmt)
        orders_sudo.fetch(["cso_rma_id"])
        for row, order in zip(rows, orders_sudo, strict=True):
            row["return_number"] = order.cso_rma_id.name
        return rows
