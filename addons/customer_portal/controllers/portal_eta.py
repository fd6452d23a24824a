"""How pages show the dates of suppliers."""


def prepare_eta_cell(line, fmt, ship_date=None):
    """What the ETA cell of a line shows (template ``portal_eta_cell``).

    :param line: ``sale.order.line`` (sudo, inside the access domain)
    :param fmt: ``PortalFormat``
    :param ship_date: when the last of the line was shipped or sent (date), shown once nothing is
        open
    :return: ``_get_portal_eta`` with 'text', 'ship_text', 'shipped_text', 'is_sent' (by e-mail),
        'unit' (None for pieces), 'is_tentative' and 'parts': slices, what is in stock first;
        'is_empty' when there is nothing to show
    :rtype: dict
    """
    eta = add_eta_texts(line._get_portal_eta(fmt.today), fmt)
    state = eta["state"]
    is_shipped = state in (False, "none") and line.customer_status != "cancelled"
    parts = sorted(eta["slices"], key=lambda part: part[2] != "stock")
    eta.update(
        shipped_text=fmt.day(ship_date) if is_shipped else "",
        is_sent=line.product_id.is_email_delivery,
        unit=_get_unit(line) if len(parts) > 1 else None,
        parts=parts,
        is_tentative=any(part[2:] == ("supplier", "named") for part in parts),
    )
    eta["is_empty"] = state in (False, "none") and not eta["shipped_text"]
    return eta


def add_eta_texts(eta, fmt):
    """Dates of a line as texts.

    :param dict eta: of ``_get_portal_eta``
    :param fmt: ``PortalFormat``
    :return: the same with 'text' and 'ship_text'
    :rtype: dict
    """
    state = eta["state"]
    eta["text"] = fmt.period(eta["first"], eta["last"], state == "partial")
    is_open = state in ("partial", "unknown")
    eta["ship_text"] = fmt.period(eta["ship_first"], eta["ship_last"], is_open)
    return eta


def _get_unit(line):
    """The unit of the line where it is not the piece."""
    unit = line.product_uom_id
    is_piece = unit == line.env.ref("uom.product_uom_unit", raise_if_not_found=False)
    return None if is_piece else unit.name
