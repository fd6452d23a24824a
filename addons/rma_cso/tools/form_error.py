from odoo.exceptions import UserError


class FormError(UserError):
    """Answers of a form that cannot be accepted, with one text per question.

    ``errors`` maps the name of the question to the text; the empty name holds what concerns the
    form as a whole.
    """

    def __init__(self, errors):
        super().__init__("\n".join(errors.values()))
        self.errors = errors
