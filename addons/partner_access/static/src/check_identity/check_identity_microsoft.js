import { onWillDestroy } from "@odoo/owl";
import { CheckIdentityForm } from "@auth_timeout/services/check_identity/check_identity";
import { patch } from "@web/core/utils/patch";
import { redirect } from "@web/core/utils/urls";

CheckIdentityForm.authMethodTemplates.microsoft = {
    form: "partner_access.CheckIdentityFormMicrosoft",
    linkString: "partner_access.CheckIdentityLinkStringMicrosoft",
};

/**
 * Who signs in with Microsoft 365 confirms so. From a dialog over a page it is in a window of its own:
 * the page stays as it is.
 */
patch(CheckIdentityForm.prototype, {
    setup() {
        super.setup(...arguments);
        const channel = new BroadcastChannel("check_identity");
        channel.addEventListener("message", async ({ data }) => {
            if (data === "identityNeedsMore") {
                this.setAuthMethods((await this.checkIdentity.getInitData()).auth_methods);
            }
        });
        onWillDestroy(() => channel.close());
    },
    async onSubmit(ev) {
        if (ev.target.id !== "microsoft") {
            return super.onSubmit(...arguments);
        }
        const address = "/web/login/microsoft/unlock";
        if (this.props.redirect) {
            redirect(`${address}?redirect=${encodeURIComponent(this.props.redirect)}`);
        } else {
            window.open(address, "_blank", "popup,width=520,height=680");
        }
    },
});
