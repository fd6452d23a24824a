import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const SECONDS = 6;
const FORBIDDEN = 403;

/**
 * Who sees the portal as a customer is told that something was refused, also where a script of the
 * page sent it and shows nothing.
 */
export class ViewBanner extends Interaction {
    static selector = "#portal_view";

    setup() {
        const observer = new PerformanceObserver((list) => {
            if (list.getEntries().some((entry) => entry.responseStatus === FORBIDDEN)) {
                this.tell();
            }
        });
        observer.observe({ type: "resource" });
        this.registerCleanup(() => observer.disconnect());
    }

    tell() {
        this.el.classList.add("op-view-refused");
        this.waitForTimeout(() => this.el.classList.remove("op-view-refused"), SECONDS * 1000);
    }
}

registry.category("public.interactions").add("partner_access.view_banner", ViewBanner);
