"""A mail server for demo and tests: it keeps every mail in a folder and sends nothing.

python bin/mailbox.py FOLDER PORT    one file `<number>.eml` a mail, and `<number>.html` to look at
"""

import asyncio
import email
import email.policy
import sys
from pathlib import Path

from aiosmtpd.controller import UnthreadedController


class Mailbox:
    """Keep each mail as a file, numbered in the order of arrival."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.number = len(list(self.folder.glob("*.eml")))

    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        path = self.folder / f"{self.number:04}.eml"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_body(("html", "plain"))
        if body is not None:
            path.with_suffix(".html").write_text(body.get_content(), encoding="utf-8")
        # Last, and in one step: whoever waits for the mail finds it whole.
        part = path.with_suffix(".part")
        part.write_bytes(envelope.content)
        part.rename(path)
        print(f"mail to {', '.join(envelope.rcpt_tos)}: {mail['subject']} ({path})", flush=True)
        return "250 kept"


def main(folder, port):
    loop = asyncio.new_event_loop()
    controller = UnthreadedController(Mailbox(folder), hostname="127.0.0.1", port=port, loop=loop)
    controller.begin()
    loop.run_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
