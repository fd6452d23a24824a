import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** What lies over a page whose user is not signed in any more; see PortalSession. */
export class PortalSessionCover extends Component {
    static template = "partner_access.PortalSessionCover";
    static props = {};

    setup() {
        this.portalSession = useService("portal_session");
        this.session = useState(this.portalSession.state);
        this.state = useState({ error: "", url: "", isBusy: false });
        this.password = useRef("password");
        this.box = useRef("box");
        useEffect(
            (cover) => this.onCover(cover),
            () => [this.session.cover],
        );
    }

    /** Whether an employee saw this page as a customer does: nobody signs in for it again. */
    get isView() {
        return this.portalSession.facts.is_view;
    }

    get title() {
        const { kind, login } = this.session.cover;
        if (this.isView) {
            return _t("You no longer see the portal as a customer.");
        }
        const titles = {
            ended: _t("Sign in again"),
            locked: _t("Locked"),
            other: _t("%s is signed in in this browser now", login),
        };
        return titles[kind];
    }

    get text() {
        const { kind } = this.session.cover;
        if (this.isView) {
            return _t("This page was shown as %s sees it.", this.session.login);
        }
        const texts = {
            ended: _t("You are not signed in any more. Everything on this page is still here."),
            locked: _t("Nobody used this page for a while. Everything on it is still here."),
            other: _t(
                "This page is of %s. Nothing that was typed is lost, and nothing of it was sent.",
                this.session.login,
            ),
        };
        return texts[kind];
    }

    /** What lies below cannot be reached by keyboard or screen reader. */
    onCover(cover) {
        document.getElementById("wrapwrap")?.toggleAttribute("inert", Boolean(cover));
        this.state.error = this.state.url = "";
        if (cover) {
            (this.password.el || this.box.el)?.focus();
        }
    }

    async onSubmit() {
        this.state.isBusy = true;
        this.state.error = "";
        try {
            const answer = await this.portalSession.resume(this.password.el.value);
            this.state.error = answer.error || "";
            this.state.url = answer.url || "";
        } catch {
            this.state.error = _t("The server cannot be reached. Try again.");
        }
        this.state.isBusy = false;
        if (this.password.el) {
            this.password.el.value = "";
        }
    }

    onOtherWay() {
        this.portalSession.openWindow(this.state.url || undefined);
    }
}

registry
    .category("main_components")
    .add("partner_access.portal_session_cover", { Component: PortalSessionCover });
