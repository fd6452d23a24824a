from odoo.tests import BaseCase, tagged

from ..tools.pasted_rows import get_readings, get_text_readings, read_rows

ROWS = {
    # pasted: the likeliest readings of each row
    "960-000972": [[("960-000972", "1")]],
    "960-000972\t5": [[("960-000972", "5")]],
    "960-000972;2,5": [[("960-000972", "2,5")]],
    '"960-000972";"5"': [[("960-000972", "5")]],
    "5\t960-000972": [[("960-000972", "5")], [("5", "960-000972")]],
    "960-000972\tWebcam\t5\t63.21": [[("960-000972", "5")]],
    "960-000972\ttwo": [[("960-000972", "two")]],
    "\n \n960-000972\t5\n\n": [[("960-000972", "5")]],
    "Part number\tDescription\tQty\n960-000972\tWebcam 4\t5": [[("960-000972", "5")]],
    "Aantal;Artikel\n5;960-000972": [[("960-000972", "5")]],
    "Menge,EAN\n5,5099206045200": [[("5099206045200", "5")]],
    "Article\tEAN\tQuantity\n\t5099206045200\t5": [[("5099206045200", "5")]],
    "Quantity\n960-000972": [[("Quantity", "1")]],
}
TEXTS = {
    "960-000972 5": ("960-000972", "5"),
    "960-000972, 5": ("960-000972", "5"),
    "960-000972,2,5": ("960-000972", "2,5"),
    "960-000972 -1": ("960-000972", "-1"),
    "960-000972 1e12": ("960-000972", "1e12"),
    "960-000972 NaN": ("960-000972", "NaN"),
    "960-000972 5 pcs": ("960-000972", "5"),
    "5 x 960-000972": ("960-000972", "5"),
    "5x 960-000972": ("960-000972", "5"),
    "960-000972 x 5": ("960-000972", "5"),
}


@tagged("post_install", "-at_install")
class TestPastedRows(BaseCase):
    def test_rows_are_read_with_and_without_headings(self):
        for text, readings in ROWS.items():
            with self.subTest(text):
                self.assertEqual(read_rows(text)[0].readings, readings)

    def test_a_row_without_columns_is_read_as_a_whole_and_in_parts(self):
        for text, reading in TEXTS.items():
            with self.subTest(text):
                (readings,) = get_text_readings(text)
                self.assertEqual(readings[0], (text, "1"))
                self.assertIn(reading, readings[1:])

    def test_two_numbers_in_a_row_are_read_both_ways(self):
        self.assertEqual(get_readings(["5", "123"]), [[("5", "123")], [("123", "5")]])

    def test_each_row_keeps_its_text(self):
        rows = read_rows("A\t1\r\n\r\n B ;2")
        self.assertEqual([row.text for row in rows], ["A\t1", "B ;2"])
