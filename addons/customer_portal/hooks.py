def post_init_hook(env):
    """Order confirmations that happened before the installation become visible in the portal.

    Confirmed orders got their date when the column was made. A cancelled order counts as once
    confirmed when something was to be shipped for it.
    """
    env.cr.execute(
        """
        UPDATE sale_order o
           SET confirmed_on = o.date_order
         WHERE o.state = 'cancel'
           AND o.confirmed_on IS NULL
           AND EXISTS (SELECT FROM sale_order_line l
                         JOIN stock_move m ON m.sale_line_id = l.id
                        WHERE l.order_id = o.id)
        """
    )
    env.cr.execute(
        """
        UPDATE sale_order_line l
           SET confirmed_on = o.confirmed_on
          FROM sale_order o
         WHERE o.id = l.order_id
           AND l.confirmed_on IS DISTINCT FROM o.confirmed_on
        """
    )
    env["sale.order"].invalidate_model(["confirmed_on"])
    env["sale.order.line"].invalidate_model(["confirmed_on"])
