"""Pages of a merged list: one page, whether there is a next one, and a count that stays cheap."""

COUNT_CAP = 1000
MAX_PAGE = 10000


def clean_page(text):
    """The number of a page out of an address, 1 for what is none."""
    text = str(text or "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        return 1
    return min(max(int(text), 1), MAX_PAGE)


class PortalPages:
    """Turns the pages of ``portal.merged.list``."""

    def __init__(self, env, parts, size, page):
        self.merged = env["portal.merged.list"]
        self.parts = parts
        self.size = size
        self.page = clean_page(page)
        self.has_next = False
        self.total = 0

    def search(self, oldest_first=False):
        """:return: ``[(key, id)]`` of this page"""
        self.total = self.merged._count_parts(self.parts, COUNT_CAP)
        offset = (self.page - 1) * self.size
        found = self.merged._search_parts(self.parts, self.size + 1, offset, oldest_first)
        self.has_next = len(found) > self.size
        return found[: self.size]

    @property
    def count_text(self):
        """How many there are, "1000+" where there are more than are counted."""
        return f"{COUNT_CAP}+" if self.total > COUNT_CAP else str(self.total)
