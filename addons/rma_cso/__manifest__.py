{
    "name": "Returns Desk",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Returns",
    "summary": "Returns and claims of business customers, from the request to the credit note",
    "author": "Noorderlicht Software",
    "license": "LGPL-3",
    "depends": ["customer_portal", "stock_account"],
    "data": [
        "security/cso_security.xml",
        "security/ir.model.access.csv",
        "security/ir_rule.xml",
        "data/cso_reason_data.xml",
    ],
    "assets": {},
    "application": True,
    "post_init_hook": "_create_returns_operation_types",
}
