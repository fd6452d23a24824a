import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

const ROUTE = "/my/returns/register/line";

/**
 * A line that is opened on the page of found lines: what is possible for it comes from the server,
 * once. Without it the line holds a link to a page of its own.
 */
export class ReturnLine extends Interaction {
    static selector = ".o_cso_line:has(> .o_cso_ask)";
    dynamicContent = {
        _root: { "t-on-toggle": this.load },
    };

    setup() {
        this.noteEl = this.el.querySelector(".o_cso_ask");
        this.linkEl = this.noteEl.querySelector("a");
    }

    /** A browser that comes back to the page may have left lines open. */
    start() {
        this.load();
    }

    async load() {
        if (!this.el.open || this.isBusy || this.isLoaded) {
            return;
        }
        this.isBusy = true;
        this.el.setAttribute("aria-busy", "true");
        this.noteEl.textContent = _t("Loading…");
        try {
            this.show(await this.waitFor(this.fetchPart()));
        } catch {
            this.noteEl.replaceChildren(_t("This could not be loaded."), " ", this.linkEl);
        }
        this.el.removeAttribute("aria-busy");
        this.isBusy = false;
    }

    async fetchPart() {
        const url = new URL(this.linkEl.href);
        url.pathname += "/line";
        const response = await fetch(url, { headers: { Accept: "text/html" } });
        // Who is signed out by now is sent to another page.
        if (!response.ok || !new URL(response.url).pathname.endsWith(ROUTE)) {
            throw new Error(response.statusText);
        }
        return response.text();
    }

    show(part) {
        const el = document.createElement("div");
        el.innerHTML = part;
        this.noteEl.textContent = "";
        this.insert(el);
        this.isLoaded = true;
    }
}

registry.category("public.interactions").add("rma_cso.return_line", ReturnLine);
