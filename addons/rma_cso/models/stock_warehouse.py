from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    cso_returns_location_id = fields.Many2one(
        "stock.location", "Returns Location", check_company=True, copy=False
    )
    cso_quarantine_location_id = fields.Many2one(
        "stock.location",
        "Quarantine Location",
        check_company=True,
        copy=False,
        help="Where returned goods are kept apart after their test.",
    )
    cso_returns_type_id = fields.Many2one(
        "stock.picking.type", "Returns Operation Type", check_company=True, copy=False
    )
    cso_receiving_partner_id = fields.Many2one(
        "res.partner",
        "Receiving Address of Returns",
        help="Where customers send what goes back to this warehouse. Empty: the company's.",
    )

    def _get_locations_values(self, vals, code=False):
        """Override of `stock`: where returned goods wait for their test, and are kept apart."""
        values = super()._get_locations_values(vals, code=code)
        code = (vals.get("code") or code or "").replace(" ", "").upper()
        company_id = vals.get("company_id", self.default_get(["company_id"])["company_id"])
        values["cso_returns_location_id"] = {
            "name": self.env._("Returns"),
            "active": True,
            "usage": "internal",
            "barcode": self._valid_barcode(f"{code}RETURNS", company_id),
        }
        values["cso_quarantine_location_id"] = {
            "name": self.env._("Quarantine"),
            "active": True,
            "usage": "internal",
            "barcode": self._valid_barcode(f"{code}QUARANTINE", company_id),
        }
        return values

    def _get_sequence_values(self, name=False, code=False):
        """Override of `stock`: the sequence of the returns operation type."""
        values = super()._get_sequence_values(name=name, code=code)
        name, code = name or self.name, code or self.code
        values["cso_returns_type_id"] = {
            "name": self.env._("%(name)s Sequence returns", name=name),
            "prefix": f"{code}/{self.cso_returns_type_id.sequence_code or 'RET'}/",
            "padding": 5,
            "company_id": self.company_id.id,
        }
        return values

    def _get_picking_type_create_values(self, max_sequence):
        """Override of `stock`: the operation type that receives returns."""
        values, next_sequence = super()._get_picking_type_create_values(max_sequence)
        values["cso_returns_type_id"] = {
            "name": self.env._("Returns"),
            "code": "incoming",
            # An unknown serial number is typed like any other; what is missing stays announced.
            "use_create_lots": True,
            "use_existing_lots": True,
            "create_backorder": "always",
            "default_location_src_id": self._get_partner_locations()[0].id,
            "default_location_dest_id": self.cso_returns_location_id.id,
            "sequence": next_sequence + 1,
            "sequence_code": "RET",
            "company_id": self.company_id.id,
        }
        return values, next_sequence + 2

    def _get_picking_type_update_values(self):
        """Override of `stock`: keep the operation type active with its warehouse."""
        values = super()._get_picking_type_update_values()
        values["cso_returns_type_id"] = {
            "active": self.active,
            "barcode": f"{self.code.replace(' ', '').upper()}RET",
        }
        return values

    def _get_cso_quarantine(self):
        """Return the quarantine location of this warehouse, made when there is none."""
        self.ensure_one()
        if not self.cso_quarantine_location_id:
            self.sudo()._create_missing_locations({})  # testers do not set up warehouses
        return self.cso_quarantine_location_id

    def _ensure_returns_operation_type(self):
        """Make the returns location and operation type of warehouses that lack them."""
        for warehouse in self.filtered(lambda warehouse: not warehouse.cso_returns_type_id):
            warehouse._create_missing_locations({})
            warehouse.write(warehouse._create_or_update_sequences_and_picking_types())
