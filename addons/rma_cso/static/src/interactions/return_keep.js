import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** What is typed into a text is kept in the tab until it was sent, also over a new sign-in. */
export class ReturnKeep extends Interaction {
    static selector = ".o_cso_keep";
    dynamicContent = {
        _root: { "t-on-input": this.keep },
    };

    setup() {
        // Another user of this browser finds nothing of it.
        this.key = `rma_cso.${user.userId}.${this.el.dataset.key}`;
    }

    start() {
        if (this.el.dataset.done) {
            sessionStorage.removeItem(this.key);
        } else if (!this.el.value) {
            this.el.value = sessionStorage.getItem(this.key) || "";
        }
    }

    keep() {
        sessionStorage.setItem(this.key, this.el.value);
    }
}

registry.category("public.interactions").add("rma_cso.return_keep", ReturnKeep);
