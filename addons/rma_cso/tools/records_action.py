def get_records_action(xml_id, records):
    """Return the window action that shows some records: the one there is, or the list.

    :param str xml_id: of the action that shows all of them
    :param records: of its model
    """
    action = records.env["ir.actions.actions"]._for_xml_id(xml_id)
    action.update({"domain": [("id", "in", records.ids)], "context": {"create": False}})
    if len(records) == 1:
        action.update({"res_id": records.id, "views": [(False, "form")]})
    return action
