def clean_text(value):
    """Return a text without what no database can hold: NUL and halves of characters.

    :param value: as a browser or a program sent it; nothing and what is no text gives ''
    """
    text = value if isinstance(value, str) else str(value or "")
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
