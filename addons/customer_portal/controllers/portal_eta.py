"""How pages show the dates of suppliers."""


def prepare_eta_cell(line, fmt):
    """What the ETA cell of a line shows.

    :param line: ``sale.order.line`` (sudo, inside the access domain)
    :param fmt: ``PortalFormat``
    """
    eta = line._get_portal_eta(fmt.today)
    eta["text"] = fmt.period(eta["first"], eta["last"], eta["state"] == "partial")
    is_open = eta["state"] == "partial"
    eta["ship_text"] = fmt.period(eta["ship_first"], eta["ship_last"], is_open)
    return eta
