import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Copies the licence keys of one delivery; without it they can be selected by hand. */
export class CopyKeys extends Interaction {
    static selector = ".op-keys";
    dynamicContent = {
        button: {
            "t-on-click": this.copy,
            "t-att-class": () => ({ "d-none": !navigator.clipboard }),
            "t-out": () => (this.isDone ? this.button.dataset.done : this.label),
        },
    };

    setup() {
        this.button = this.el.querySelector("button");
        this.label = this.button.textContent;
        this.isDone = false;
    }

    async copy() {
        const keys = this.el.querySelector("pre").textContent;
        await this.waitFor(navigator.clipboard.writeText(keys));
        this.isDone = true;
    }
}

registry.category("public.interactions").add("customer_portal.copy_keys", CopyKeys);
