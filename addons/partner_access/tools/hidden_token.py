import logging
import re


class HideToken(logging.Filter):
    """Keeps what follows a path out of a log: there it is a secret."""

    def __init__(self, path):
        super().__init__()
        self.pattern = re.compile(rf"({re.escape(path)})[^/\s?\"]+")

    def filter(self, record):
        """Extend `logging`: replace the token in the text of a record.

        :return: True; nothing is left out
        """
        text = record.getMessage()
        if self.pattern.search(text):
            record.msg, record.args = self.pattern.sub(r"\1…", text), ()
        return True
