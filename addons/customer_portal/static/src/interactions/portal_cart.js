import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { _t } from "@web/core/l10n/translation";

const NOT_KEPT = new Set(["csrf_token", "portal_user", "portal_key", "is_same"]);

/** What is typed in the cart is kept at once, and answered with prices and availability. */
export class PortalCart extends Interaction {
    static selector = "#portal_cart_form";
    dynamicContent = {
        _root: { "t-on-change": this.save, "t-on-submit": this.send },
    };

    setup() {
        this.savedEl = this.el.querySelector(".op-cart-saved");
        this.number = 0;
        this.saving = null;
    }

    getValues() {
        const entries = [...new FormData(this.el)];
        return Object.fromEntries(
            entries.filter(([name]) => !NOT_KEPT.has(name) && !name.startsWith("seen_")),
        );
    }

    save(ev) {
        if (ev.target.name !== "is_same") {
            this.saving = this.keep(++this.number);
        }
    }

    /** What was typed last is kept before the cart is sent, so that both are the same. */
    async send(ev) {
        if (!this.saving) {
            return;
        }
        ev.preventDefault();
        const submitterEl = ev.submitter;
        await this.waitFor(this.saving);
        this.el.requestSubmit(submitterEl);
    }

    async keep(number) {
        const answer = await this.ask();
        if (number !== this.number) {
            return; // something else was typed meanwhile, and is on its way
        }
        this.saving = null;
        if (answer?.other_user) {
            this.say(_t("%s is signed in now.", answer.other_user));
        } else if (answer) {
            this.show(answer);
        }
    }

    async ask() {
        try {
            return await this.waitFor(
                rpc("/my/cart/update", { values: this.getValues(), uid: user.userId }),
            );
        } catch {
            this.say(_t("Not kept yet: the server does not answer."));
            return null;
        }
    }

    show(answer) {
        for (const [id, line] of Object.entries(answer.lines)) {
            this.showLine(id, line, answer.errors[id]);
        }
        for (const name of ["wished_date", "partner_shipping_id"]) {
            this.setText(`#error_${name}`, answer.errors[name]);
        }
        for (const name of ["amounts", "reference"]) {
            const partEl = this.el.querySelector(`#portal_cart_${name}`);
            if (partEl) {
                // Made by the template of the page, which escapes what was typed.
                partEl.innerHTML = answer[name];
            }
        }
        const isWrong = Object.keys(answer.errors).length;
        this.say(isWrong ? _t("Kept, except what is marked.") : _t("✓ Kept a moment ago."));
    }

    showLine(id, line, error) {
        const rowEl = this.el.querySelector(`[data-line="${id}"]`);
        if (!rowEl) {
            return;
        }
        const inputEl = rowEl.querySelector(`[name="quantity_${id}"]`);
        inputEl.toggleAttribute("aria-invalid", Boolean(error));
        this.setText(`#error_${id}`, error);
        if (!error && inputEl !== document.activeElement) {
            inputEl.value = line.quantity;
        }
        rowEl.querySelector(`[name="seen_${id}"]`).value = line.seen;
        const [tone, text, note] = line.availability;
        const badgeEl = rowEl.querySelector(".op-cart-availability .op-badge");
        badgeEl.className = `op-badge ${tone}`;
        badgeEl.textContent = text;
        rowEl.querySelector(".op-cart-availability .op-m").textContent = note;
        for (const name of ["price", "amount", "discount"]) {
            const cellEl = rowEl.querySelector(`.op-cart-${name}`);
            if (cellEl) {
                cellEl.textContent = line[name];
            }
        }
    }

    setText(selector, text) {
        const partEl = this.el.querySelector(selector);
        if (partEl) {
            partEl.textContent = text || "";
        }
    }

    say(text) {
        if (this.savedEl) {
            this.savedEl.textContent = text;
        }
    }
}

registry.category("public.interactions").add("customer_portal.portal_cart", PortalCart);
