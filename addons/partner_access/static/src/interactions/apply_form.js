import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";

/**
 * The form of a new customer: what is typed is saved by itself, documents are sent at once. Without
 * it both go along when the form is posted.
 */
export class ApplyForm extends Interaction {
    static selector = ".op-apply-form";
    dynamicContent = {
        _root: { "t-on-input": this.debounced(this.save, 800), "t-on-click": this.onClick },
        "input[type=file]": {
            "t-on-input.stop": () => {},
            "t-on-change.stop.withTarget": this.onChoose,
        },
        ".op-place": {
            "t-on-dragover.prevent.withTarget": (ev, el) => el.classList.add("op-over"),
            "t-on-dragleave.withTarget": (ev, el) => el.classList.remove("op-over"),
            "t-on-drop.prevent.withTarget": this.onDrop,
        },
    };

    setup() {
        this.url = `/apply/${this.el.dataset.token}`;
        this.savedEl = this.el.querySelector(".op-apply-saved");
        this.sending = Promise.resolve();
        this.waiting = 0;
    }

    start() {
        this.el.classList.add("op-js");
        this.addListener(this.el, "submit", this.onSubmit, { capture: true });
    }

    // --- Typed -----------------------------------------------------------------------------------

    async save() {
        const data = new FormData(this.el);
        const names = ["csrf_token", "signature", "signed_name", "accepted"];
        const answers = Object.fromEntries(
            [...data.entries()].filter(
                ([name, value]) => !names.includes(name) && typeof value === "string",
            ),
        );
        try {
            const answer = await this.waitFor(rpc(`${this.url}/save`, { answers }));
            this.showSaved(answer);
        } catch {
            this.savedEl.textContent = _t("Not saved: there is no connection. It is tried again.");
        }
    }

    showSaved(answer) {
        this.savedEl.textContent = answer.saved
            ? _t("Saved a moment ago.")
            : _t("Not saved: this application was sent already, or the link has expired.");
        const fieldEl = this.el.querySelector("[data-field=vat]");
        fieldEl.querySelector(".op-apply-error")?.remove();
        fieldEl.classList.toggle("op-wrong", Boolean(answer.vat_error));
        if (answer.vat_error) {
            const errorEl = document.createElement("div");
            errorEl.className = "op-apply-error";
            errorEl.textContent = `✕ ${answer.vat_error}`;
            fieldEl.append(errorEl);
        }
    }

    // --- Documents -------------------------------------------------------------------------------

    onChoose(ev, inputEl) {
        this.upload(inputEl.closest(".op-place"), [...inputEl.files]);
        inputEl.value = "";
    }

    onDrop(ev, placeEl) {
        placeEl.classList.remove("op-over");
        this.upload(placeEl, [...ev.dataTransfer.files]);
    }

    onClick(ev) {
        const buttonEl = ev.target.closest(".op-remove");
        if (buttonEl) {
            ev.preventDefault();
            const placeEl = buttonEl.closest(".op-place");
            this.queue(placeEl, { remove: buttonEl.value }, "");
        }
    }

    upload(placeEl, files) {
        placeEl.querySelector(":scope > .op-apply-error")?.remove();
        for (const file of files) {
            if (file.size > Number(this.el.dataset.sizeLimit)) {
                this.showError(placeEl, _t("%s is larger than 20 MB.", file.name));
            } else {
                const values = { [`file_${placeEl.dataset.kind}`]: file };
                this.queue(placeEl, values, _t("Sending %s …", file.name));
            }
        }
    }

    queue(placeEl, values, text) {
        this.waiting++;
        placeEl.querySelector(".op-place-status").textContent = text;
        this.sending = this.sending.then(() => this.send(placeEl, values));
        return this.sending;
    }

    async send(placeEl, values) {
        const data = new FormData();
        data.append("csrf_token", this.el.elements.csrf_token.value);
        for (const [name, value] of Object.entries(values)) {
            data.append(name, value);
        }
        const statusEl = placeEl.querySelector(".op-place-status");
        try {
            const response = await fetch(`${this.url}/upload`, { method: "POST", body: data });
            const answer = await response.json();
            statusEl.textContent = "";
            this.showFiles(answer.files);
            const error = answer.errors[`document_${placeEl.dataset.kind}`];
            if (error) {
                this.showError(placeEl, error);
            }
        } catch {
            statusEl.textContent = "";
            this.showError(placeEl, _t("Not sent: the server could not be reached."));
        }
        this.waiting--;
    }

    showFiles(files) {
        for (const placeEl of this.el.querySelectorAll(".op-place")) {
            const html = files[placeEl.dataset.kind] || "";
            const parsed = new DOMParser().parseFromString(html, "text/html");
            placeEl.classList.toggle("d", Boolean(parsed.body.children.length));
            placeEl.querySelector(".op-place-files").replaceChildren(...parsed.body.childNodes);
        }
    }

    showError(placeEl, text) {
        const errorEl = document.createElement("div");
        errorEl.className = "op-apply-error";
        errorEl.setAttribute("role", "alert");
        errorEl.textContent = `✕ ${text}`;
        placeEl.querySelector(".op-place-status").before(errorEl);
    }

    /** Files on their way are waited for; then the form goes on by itself. */
    async onSubmit(ev) {
        if (this.waiting) {
            ev.preventDefault();
            ev.stopImmediatePropagation();
            await this.waitFor(this.sending);
            this.el.requestSubmit(ev.submitter?.isConnected ? ev.submitter : null);
        }
    }
}

registry.category("public.interactions").add("partner_access.apply_form", ApplyForm);
