import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The end of a sign-in with Microsoft 365 in a window of its own: tells the page it came from. */
export class MicrosoftDone extends Interaction {
    static selector = ".o_microsoft_done";

    start() {
        const { state } = this.el.dataset;
        if (state === "error") {
            return;
        }
        const channel = new BroadcastChannel("check_identity");
        channel.postMessage(state === "more" ? "identityNeedsMore" : "identityChecked");
        channel.close();
        window.close();
    }
}

registry.category("public.interactions").add("partner_access.microsoft_done", MicrosoftDone);
