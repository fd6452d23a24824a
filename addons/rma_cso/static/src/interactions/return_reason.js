import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** The rules of a reason: a tap on the question mark shows them, Escape hides them. */
export class ReturnReason extends Interaction {
    static selector = ".o_cso_reason";
    dynamicContent = {
        ".o_cso_help": { "t-on-click.prevent.withTarget": this.onToggle },
        _root: {
            "t-on-keydown": this.onKey,
            "t-on-mouseleave": this.loud,
            "t-on-focusout": this.loud,
        },
    };

    onToggle(ev, buttonEl) {
        const isShown = buttonEl.getAttribute("aria-expanded") === "true";
        buttonEl.setAttribute("aria-expanded", String(!isShown));
        this.el.classList.toggle("o_cso_quiet", isShown);
    }

    onKey(ev) {
        if (ev.key === "Escape") {
            this.el.querySelector(".o_cso_help")?.setAttribute("aria-expanded", "false");
            this.el.classList.add("o_cso_quiet");
        }
    }

    loud() {
        this.el.classList.remove("o_cso_quiet");
    }
}

registry.category("public.interactions").add("rma_cso.return_reason", ReturnReason);
