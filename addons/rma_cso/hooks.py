def post_init_hook(env):
    """Give companies and warehouses that are already there what new ones get."""
    companies = env["res.company"].search([])
    companies._ensure_rma_sequence()
    fee_product = env.ref("rma_cso.product_return_fee")
    companies.filtered(lambda company: not company.cso_fee_product_id).write(
        {"cso_fee_product_id": fee_product.id}
    )
    env["stock.warehouse"].with_context(active_test=False).search(
        []
    )._ensure_returns_operation_type()
