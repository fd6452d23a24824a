def _create_returns_operation_types(env):
    """Give every warehouse that is already there its returns location and operation type."""
    env["stock.warehouse"].search([])._ensure_returns_operation_type()
