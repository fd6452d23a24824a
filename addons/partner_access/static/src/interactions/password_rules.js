import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/**
 * Ticks the password rules while a password is typed. The server says which rules fail, so that
 * what the page shows and what the server refuses cannot differ.
 */
export class PasswordRules extends Interaction {
    static selector = ".op-rules[data-input]";

    setup() {
        const form = this.el.closest("form");
        this.input = form && form.querySelector(`input[name="${this.el.dataset.input}"]`);
        this.asked = 0;
    }

    start() {
        if (this.input) {
            this.addListener(this.input, "input", this.debounced(this.check, 150));
        }
    }

    async check() {
        const password = this.input.value;
        const number = ++this.asked;
        const failures = password
            ? await this.waitFor(
                  rpc("/partner_access/password_failures", {
                      password,
                      token: this.el.dataset.token || null,
                  }),
              )
            : null;
        if (number === this.asked) {
            this.show(failures, password);
        }
    }

    show(failures, password) {
        for (const item of this.el.querySelectorAll("[data-code]")) {
            const isFailing = !failures || failures.includes(item.dataset.code);
            const isWrong = ["common", "personal"].includes(item.dataset.code);
            item.classList.toggle("y", !isFailing);
            item.classList.toggle("x", Boolean(failures) && isFailing && isWrong);
            if (item.dataset.code === "length") {
                item.dataset.count = isFailing && password ? ` (${[...password].length})` : "";
            }
        }
    }
}

registry.category("public.interactions").add("partner_access.password_rules", PasswordRules);
