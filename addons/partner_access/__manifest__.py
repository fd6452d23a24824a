{
    "name": "Partner Access",
    "summary": "Who may sign in to the customer portal, and what is theirs",
    "category": "Sales/Sales",
    "version": "19.0.1.0.0",
    "author": "Noorderlicht Software",
    "license": "LGPL-3",
    "depends": [
        "portal",
        "auth_signup",
        "auth_password_policy_portal",
        "auth_password_policy_signup",
        "auth_totp_portal",
        "auth_passkey_portal",
        "auth_timeout",
    ],
    "data": [
        "views/portal_templates.xml",
        "views/login_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "partner_access/static/src/scss/portal.scss",
        ],
    },
}
