# What stands on credit notes beside goods, as the company may set otherwise.
MONEY_PRODUCTS = {
    "cso_fee_product_id": "rma_cso.product_return_fee",
    "cso_difference_product_id": "rma_cso.product_price_difference",
    "cso_goodwill_product_id": "rma_cso.product_goodwill",
}


def post_init_hook(env):
    """Give companies and warehouses that are already there what new ones get."""
    companies = env["res.company"].search([])
    companies._ensure_rma_sequence()
    companies._ensure_loss_location()
    for name, product in MONEY_PRODUCTS.items():
        companies.filtered(lambda company, name=name: not company[name]).write(
            {name: env.ref(product).id}
        )
    env["stock.warehouse"].with_context(active_test=False).search(
        []
    )._ensure_returns_operation_type()


def uninstall_hook(env):
    """Take cases, operation types, locations and sequences of returns away; no more keys are made.

    What stock moves went through is archived: the moves stay.
    """
    _close_api(env)
    env["cso.rma"].search([]).with_context(_force_unlink=True).unlink()
    warehouses = env["stock.warehouse"].with_context(active_test=False).search([])
    operation_types = warehouses.cso_returns_type_id
    companies = env["res.company"].with_context(active_test=False).search([])
    locations = warehouses.cso_returns_location_id | companies.cso_loss_location_id
    companies.cso_loss_location_id = False
    locations |= warehouses.cso_quarantine_location_id
    # In one go: a warehouse makes the locations that it lacks whenever it is written.
    warehouses.write(
        {
            "cso_returns_type_id": False,
            "cso_returns_location_id": False,
            "cso_quarantine_location_id": False,
        }
    )
    used = env["stock.picking"].search([("picking_type_id", "in", operation_types.ids)])
    (operation_types & used.picking_type_id).active = False
    unused = operation_types - used.picking_type_id
    sequences = unused.sequence_id
    unused.unlink()
    _remove_locations(env, locations)
    sequences |= env["ir.sequence"].search([("code", "=", "cso.rma")])
    sequences.unlink()


def _close_api(env):
    env["ir.config_parameter"].set_param("portal.allow_api_keys", False)
    env.ref("base.group_portal").api_key_duration = 0.0


def _remove_locations(env, locations):
    moved = env["stock.move.line"].search(
        ["|", ("location_id", "in", locations.ids), ("location_dest_id", "in", locations.ids)]
    )
    used = locations & (moved.location_id | moved.location_dest_id)
    used.active = False
    (locations - used).unlink()
