from contextlib import contextmanager

from odoo.exceptions import UserError

from .form_error import FormError


class ApiError(UserError):
    """A call that cannot be carried out, with everything that is wrong with it.

    What the caller gets as ``context``: ``{'errors': [{'position', 'line_id', 'field', 'text'}]}``;
    ``position`` counts from 0 and is None for what concerns the call as a whole.
    """

    def __init__(self, errors):
        super().__init__("\n".join(map(self._get_line, errors)))
        self.context = {"errors": errors}

    def _get_line(self, error):
        if error["position"] is None:
            return f"{error['field']}: {error['text']}"
        return f"positions[{error['position']}].{error['field']}: {error['text']}"


class ApiErrors:
    """Collects what is wrong with a call, or with one position of it, to be told at once."""

    def __init__(self, position=None, line_id=None, fields=None):
        self.position = position
        self.line_id = line_id
        self.fields = fields or {}
        self.errors = []

    def add(self, field, text):
        """Note one fault.

        :param str field: name of the parameter, or of the key of the position
        :param str text: what is wrong, in the language of the caller
        """
        self.errors.append(
            {
                "position": self.position,
                "line_id": self.line_id,
                "field": self.fields.get(field, field),
                "text": str(text),
            }
        )

    @contextmanager
    def at(self, field):
        """Note what is refused inside the block; a form may refuse several answers at once.

        :param str field: of what is refused as a whole
        """
        try:
            yield
        except FormError as error:
            for name, text in error.errors.items():
                self.add(name or field, text)
        except UserError as error:
            self.add(field, error)

    def check(self):
        """Refuse the call where something is wrong with it.

        :raise ApiError: with all faults
        """
        if self.errors:
            raise ApiError(self.errors)
