import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** A form that acts is sent once; the button shows that something is going on. */
export class ReturnOnce extends Interaction {
    static selector = ".o_cso_once";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        _window: { "t-on-pageshow": this.reset },
    };

    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
            return;
        }
        this.isSent = true;
        this.el.classList.add("o_cso_busy");
    }

    reset() {
        this.isSent = false;
        this.el.classList.remove("o_cso_busy");
    }
}

registry.category("public.interactions").add("rma_cso.return_once", ReturnOnce);
