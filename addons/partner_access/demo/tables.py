"""Reading the tables of the demo world."""

import base64
import csv

from odoo.tools.misc import file_open


def read_table(path):
    """The rows of a CSV file of an add-on (``add-on/demo/name.csv``) as dictionaries."""
    with file_open(path, "r") as table:
        return list(csv.DictReader(table))


def read_image(path):
    """An image file of an add-on, ready for a binary field."""
    with file_open(path, "rb") as image:
        return base64.b64encode(image.read())
