from odoo import api, fields, models
from odoo.fields import Domain

SLIP_OR_NOT = ["yes", "no"]


class CsoFormWrongDelivery(models.TransientModel):
    """Form for an article that was not ordered, whether the delivery slip names it or not.

    Where the slip does not name it, the article that came is looked up by its number.
    """

    _name = "cso.form.wrong.delivery"
    _inherit = ["cso.form.offer"]
    _description = "Form for Wrong Deliveries"

    slip_matches = fields.Selection(
        lambda self: self._get_slip_answers(), string="What did you receive?"
    )
    received_identification = fields.Char("Maker part number or EAN of the article you received")
    received_product_id = fields.Many2one(
        "product.product", "Received Article", compute="_compute_received_product_id"
    )
    received_description = fields.Text("Describe the article you received")
    still_wanted = fields.Selection(
        lambda self: self._get_position_selection("still_wanted"),
        string="Do you still want the article you ordered?",
    )

    @api.depends("received_identification", "sale_line_id", "position_id")
    def _compute_received_product_id(self):
        for form in self:
            position = form.position_id._origin
            is_kept = position.submitted_on  # what was found then, whatever the catalogue says now
            found = position.received_product_id if is_kept else form._find_received_products()
            form.received_product_id = found if len(found) == 1 else False

    # --------------------------------------------------------------------------------------------
    # Questions
    # --------------------------------------------------------------------------------------------

    @api.model
    def _get_slip_answers(self):
        answers = {
            "yes": self.env._("What the delivery slip says, but I did not order it"),
            "no": self.env._("Another article than the delivery slip says"),
        }
        return list(answers.items())

    @api.model
    def _get_all_own_questions(self):
        return [
            "slip_matches",
            "received_identification",
            "received_description",
            "typed_serials",
            *super()._get_all_own_questions(),
            "still_wanted",
        ]

    def _get_own_questions(self):
        return self._get_all_own_questions()

    def _get_page_questions(self):
        """Extend: what the slip says comes first; the rest depends on it."""
        names = super()._get_page_questions()
        return ["slip_matches", *(name for name in names if name != "slip_matches")]

    def _get_shown_when(self):
        shown_names = ("received_identification", "received_description", "typed_serials")
        shown = {name: {"slip_matches": ["no"]} for name in (*shown_names, "still_wanted")}
        return {
            **super()._get_shown_when(),
            **shown,
            "lot_ids": {"slip_matches": ["yes"]},
            "keep_choice": {"slip_matches": SLIP_OR_NOT},
        }

    def _is_asked(self, name):
        """Extend: an article that was found need not be described."""
        if name == "received_description" and not self._is_unknown():
            return False
        return super()._is_asked(name)

    def _is_unknown(self):
        """Return whether the article that came is not the one of the slip and was not found."""
        is_typed = self.slip_matches == "no" and self.received_identification
        return bool(is_typed) and not self.received_product_id

    def _is_looked_up(self, name):
        return name == "received_identification"

    def _is_possible_in_bulk(self):
        """Extend: what is asked here is another answer for each line."""
        return False

    def _get_required_questions(self):
        return super()._get_required_questions() | {
            "slip_matches",
            "received_identification",
            "received_description",
            "still_wanted",
        }

    def _asks_keeping(self):
        """Extend: without an offer the reviewer decides."""
        return True

    def _get_label(self, name):
        if name == "quantity":
            return self.env._("How many wrong articles did you receive?")
        if name == "typed_serials":
            return self.env._("Serial numbers of the article you received")
        if name == "keep_choice":
            return self.env._("Do you want to keep the wrong article?")
        return super()._get_label(name)

    def _get_help(self, name):
        texts = {
            "received_identification": self.env._(
                "It stands on the article or its box. Not readable? Write what you can read."
            ),
            "received_description": self.env._(
                "Maker, model, colour, what stands on the box; add a photo too."
            ),
        }
        return texts.get(name) or super()._get_help(name)

    def _get_missing_text(self, name):
        texts = {
            "slip_matches": self.env._("Choose what you received."),
            "received_identification": self.env._(
                "Enter the maker part number or EAN of the article you received."
            ),
            "received_description": self.env._("Describe the article you received."),
            "still_wanted": self.env._("Choose whether you still want the article you ordered."),
        }
        return texts.get(name) or super()._get_missing_text(name)

    def _get_impossible_answers(self):
        errors = super()._get_impossible_answers()
        is_ordered = self.received_product_id._origin == self.sale_line_id.product_id._origin
        if self.slip_matches == "no" and self.received_product_id and is_ordered:
            errors["received_identification"] = self.env._(
                "That is the article you ordered. Check the number of the one you received."
            )
        return errors

    def _wants_photos(self):
        return super()._wants_photos() or self._is_unknown()

    def _get_own_slots(self):
        label = self.env._("The article you received, with its serial number")
        slot = self._prepare_slot("received_article", label)
        return [{**slot, "required": slot["required"] or self._is_unknown()}]

    # --------------------------------------------------------------------------------------------
    # Article that came
    # --------------------------------------------------------------------------------------------

    def _find_received_products(self):
        """Return the articles of our catalogue with this maker part number or EAN, at most a few.

        Case, blanks and dashes do not matter; articles of another company, archived ones and
        those that are not sold are not found.
        """
        numbers = self.env["sale.line.number"]
        products_sudo = self.env["product.product"].sudo()  # customers may not read the catalogue
        number = self.received_identification
        if not numbers._normalize_number(number):
            return products_sudo
        match = numbers._get_ean_match(number) | numbers._get_part_number_match(number)
        company = self.sale_line_id.company_id._origin
        allowed = Domain("sale_ok", "=", True) & Domain(
            products_sudo._check_company_domain(company)
        )
        return products_sudo.search(match & allowed, limit=5)

    def _get_answer_note(self, name):
        if name != "received_identification" or not self.received_identification:
            return super()._get_answer_note(name)
        if self.received_product_id:
            return self.env._("Found: %(article)s.", article=self._get_article_text())
        found = self._find_received_products()
        if found:
            return self.env._(
                "This number belongs to several articles: %(articles)s. Enter the EAN, or describe"
                " the article and add a photo.",
                articles="; ".join(found.mapped("name")),
            )
        return self.env._("Not in our catalogue: please describe the article and add a photo.")

    def _get_article_text(self):
        """Return what tells the found article from others."""
        product = self.received_product_id
        ean = product.barcode and self.env._("EAN %(number)s", number=product.barcode)
        parts = [product.name, product.maker_id.name, product.maker_part_number, ean]
        return " · ".join(part for part in parts if part)

    # --------------------------------------------------------------------------------------------
    # Offer
    # --------------------------------------------------------------------------------------------

    def _get_normal_price(self):
        """Extend: of another article the price that the customer would pay for it today."""
        price, currency = super()._get_normal_price()
        if self.slip_matches != "no":
            return price, currency
        product = self.received_product_id._origin
        return self._get_current_price(product, currency) if product else 0.0, currency

    def _get_current_price(self, product, currency):
        """Return today's net price of an article for the customer, per unit of the article."""
        company = self.sale_line_id.company_id
        product = product.with_company(company)
        customer = self.sale_line_id.order_id.partner_id.with_company(company)
        price = customer.property_product_pricelist._get_product_price(
            product, self.quantity or 1.0, currency=currency, date=fields.Datetime.now()
        )
        taxes = product.taxes_id._filter_taxes_by_company(company)
        if not any(taxes.mapped("price_include")):
            return price
        return taxes.compute_all(price, currency, product=product)["total_excluded"]

    def _prepare_position_values(self):
        """Extend: the article that was found."""
        product = self.received_product_id if self.slip_matches == "no" else False
        return {**super()._prepare_position_values(), "received_product_id": product and product.id}
