import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * Ticking documents: all of a month at once, and how many are chosen. Without scripts the boxes and
 * the button work as they are.
 */
export class PortalDocuments extends Interaction {
    static selector = ".op-documents";
    dynamicContent = {
        "input[name='document']": { "t-on-change": this.onChange },
        ".op-all": {
            "t-on-change.withTarget": this.onChangeAll,
            "t-att-class": () => ({ "d-none": false }),
        },
        ".op-chosen": { "t-out": () => this.chosenText },
        ".op-get": { "t-att-disabled": () => (this.count ? undefined : "disabled") },
    };

    setup() {
        this.updateCount();
    }

    get chosenText() {
        return this.count ? `(${this.count})` : "";
    }

    updateCount() {
        this.count = this.el.querySelectorAll("input[name='document']:checked").length;
    }

    onChange() {
        this.updateCount();
    }

    onChangeAll(event, target) {
        const selector = `input[name='document'][data-month='${target.dataset.month}']`;
        for (const box of this.el.querySelectorAll(selector)) {
            box.checked = target.checked;
        }
        this.updateCount();
    }
}

registry.category("public.interactions").add("customer_portal.portal_documents", PortalDocuments);
