from datetime import date

from odoo.tests import TransactionCase, tagged

from ..tools.feed_file import MAX_BYTES, FeedFileError, is_older, read_date, read_feed

HEADERS = {
    "email": ["e-mail", "mail"],
    "company": ["klantnummer", "company"],
    "name": ["naam"],
    "version": ["version"],
}
GOOD = b"E-mail;Klantnummer;Naam;Fax\nilse@velthuis.example;D1;Ilse;0\n"


@tagged("post_install", "-at_install")
class TestFeedFile(TransactionCase):
    def _get_code(self, content, **options):
        with self.assertRaises(FeedFileError) as refused:
            read_feed(content, HEADERS, **options)
        return refused.exception.code

    def test_columns_are_found_by_the_names_of_their_headers(self):
        for content in (
            GOOD,
            b"\xef\xbb\xbf" + GOOD,
            GOOD.replace(b"\n", b"\r\n"),
            GOOD.replace(b";", b","),
            b'"e mail","KLANT-NUMMER","Naam"\n"ilse@velthuis.example","D1","Ilse"\n\n',
        ):
            with self.subTest(content):
                table = read_feed(content, HEADERS)
                self.assertEqual(table.columns, {"email", "company", "name"})
                self.assertEqual(table.rows[0]["email"], "ilse@velthuis.example")
                self.assertEqual((table.rows[0]["name"], table.rows[0]["line"]), ("Ilse", 2))

    def test_a_file_that_cannot_be_trusted_is_refused_as_a_whole(self):
        for code, content in (
            ("empty", b""),
            ("empty", b" \r\n\n"),
            ("empty", b"mail;company\n"),
            ("empty", b'""\n'),
            ("empty", b";;;\n"),
            ("truncated", GOOD.rstrip()),
            ("truncated", GOOD[:-12]),
            ("truncated", GOOD + b'piet@velthuis.example;"D1;Piet;0\n'),
            ("cells", GOOD + b"piet@velthuis.example;D1\n"),
            ("cells", GOOD + b"piet@velthuis.example;D1;Piet;0;1\n"),
            ("malformed", GOOD + b'"piet"@velthuis.example;D1;Piet;0\n'),
            ("not_utf8", GOOD + "zo\xeb@velthuis.example;D1;Zo\xeb;0\n".encode("cp1252")),
            ("not_utf8", GOOD.decode().encode("utf-16")),
            ("not_text", b"PK\x03\x04\x00\n"),
            ("no_header", b"ilse@velthuis.example;D1\n"),
            ("no_header", b"mail;naam\nilse@velthuis.example;Ilse\n"),
            ("double_header", b"mail;e-mail;company\na@b.example;a@b.example;D1\n"),
            ("too_large", b"\n" * (MAX_BYTES + 1)),
        ):
            with self.subTest(content[-60:]):
                self.assertEqual(self._get_code(content), code)

    def test_a_file_that_is_cut_anywhere_is_noticed_by_its_last_line(self):
        content = GOOD + b"piet@velthuis.example;D1;Piet;0\n#;2\n"
        self.assertEqual(len(read_feed(content, HEADERS, needs_footer=True).rows), 2)
        for end in range(len(content) - 1):
            with self.subTest(content[:end][-20:]), self.assertRaises(FeedFileError):
                read_feed(content[:end], HEADERS, needs_footer=True)

    def test_a_last_line_that_counts_other_rows_is_refused(self):
        for code, end in (("footer", b"#end;3\n"), ("footer", b"#;\n"), ("no_footer", b"")):
            with self.subTest(end):
                self.assertEqual(self._get_code(GOOD + end, needs_footer=True), code)
        for end in (b"#;2\n", b"#;" + b"9" * 5000 + b"\n"):
            self.assertEqual(self._get_code(GOOD + end), "footer")
        self.assertEqual(len(read_feed(GOOD + b"#;001\n", HEADERS).rows), 1)

    def test_all_rows_are_of_one_version(self):
        head = b"mail;company;version\n"
        row = b"ilse@velthuis.example;D1;%s\n"
        self.assertEqual(read_feed(head + row % b"17" * 2, HEADERS).version, "17")
        moment = b"2026-11-22T06:00:00Z"
        self.assertEqual(read_feed(head + row % moment, HEADERS).version, moment.decode())
        mixed = head + row % b"17" + row % b"18"
        self.assertEqual(self._get_code(mixed), "versions")
        for version in (b"new", "²".encode(), b"9" * 5000):
            self.assertEqual(self._get_code(head + row % version), "version")

    def test_versions_are_compared_as_numbers_or_as_moments(self):
        for version, other, expected in (
            ("9", "10", True),
            ("10", "9", False),
            ("10", "10", False),
            ("2026-11-21", "2026-11-22T06:00:00", True),
            ("2026-11-22T06:00:00", "2026-11-21", False),
        ):
            with self.subTest(f"{version} {other}"):
                self.assertEqual(is_older(version, other), expected)

    def test_days_are_read_as_files_write_them(self):
        for text in ("2026-12-31", "31-12-2026", "31.12.2026", "31/12/2026"):
            with self.subTest(text):
                self.assertEqual(read_date(text), date(2026, 12, 31))
        for text in ("12/31/2026", "31-12-26", "soon"):
            with self.subTest(text):
                self.assertIsNone(read_date(text))
