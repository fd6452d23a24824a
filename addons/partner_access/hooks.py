from odoo.exceptions import UserError

SETTINGS = {
    "auth_signup.invitation_scope": "b2b",
    "auth_signup.reset_password": "True",
    "auth_signup.reset_password.validity.hours": "1",
}


def pre_init_hook(env):
    """Refuse to install while two users share a sign-in name that differs only in case or blanks.

    :raise UserError: with the names, so that a person can decide who keeps which
    """
    env.cr.execute(
        "SELECT array_agg(login ORDER BY id) FROM res_users"
        " GROUP BY lower(trim(login)) HAVING count(*) > 1"
    )
    doubles = [" / ".join(logins) for (logins,) in env.cr.fetchall()]
    if doubles:
        raise UserError(
            env._(
                "These sign-in names differ only in case or blanks. Rename or delete one of each, "
                "then install again:\n%(names)s",
                names="\n".join(doubles),
            )
        )


def post_init_hook(env):
    """Close free sign-up, set the link's hour, tidy sign-in names, register the portal users."""
    for key, value in SETTINGS.items():
        env["ir.config_parameter"].set_param(key, value)
    users = env["res.users"].with_context(active_test=False)
    for user in users.search([("login", "like", "@")]):
        if user.login != user._normalize_login(user.login):
            user.login = user._normalize_login(user.login)
    env["res.users"].search([("share", "=", True)])._sync_access_entries()


def uninstall_hook(env):
    """Give Odoo's own life of a reset link back; free sign-up stays closed."""
    env["ir.config_parameter"].set_param("auth_signup.reset_password.validity.hours", False)
