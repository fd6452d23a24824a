import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";

const DELAY = 800;

/** What is typed into a form, by the name of the question. */
export function getAnswers(formEl) {
    const data = new FormData(formEl);
    const answers = { lot_ids: data.getAll("lot_ids") };
    for (const [name, value] of data.entries()) {
        if (typeof value === "string" && name !== "lot_ids") {
            answers[name] = value;
        }
    }
    return answers;
}

/**
 * The form of a return reason: keeps what is typed on the server and helps to choose among
 * many serial numbers. Without it the form works by its own buttons.
 */
export class ReturnForm extends Interaction {
    static selector = ".o_cso_form";
    dynamicContent = {
        _root: {
            "t-on-input": this.debounced(this.save, DELAY),
            "t-on-change": this.onChange,
            "t-on-submit": this.onSubmit,
        },
        ".o_cso_question:not([data-live])": {
            "t-on-input.withTarget": this.onAnswer,
            "t-on-change.withTarget": this.onAnswer,
        },
        ".o_cso_serial_filter": {
            "t-on-input.withTarget": this.onFilterSerials,
            "t-on-paste.withTarget": this.onPasteSerials,
            "t-on-keydown.withTarget": this.onSerialKey,
        },
    };

    setup() {
        this.saving = Promise.resolve(true);
        this.stopEl = this.el.querySelector(".o_cso_stop");
        this.savedEl = this.el.querySelector(".o_cso_saved");
    }

    get answers() {
        return getAnswers(this.el);
    }

    get identity() {
        const { line, reason, uid, position } = this.el.dataset;
        return { line: Number(line), reason, uid: Number(uid), position };
    }

    /** Save once at a time: a slow answer never overtakes a newer one. */
    save() {
        this.saving = this.saving.then(() => this.doSave());
        return this.saving;
    }

    /** Save what is typed; return whether it is kept. */
    async doSave() {
        this.hasReplaced = false;
        if (this.isDestroyed || this.isLeaving) {
            return false;
        }
        try {
            const result = await rpc(
                this.el.dataset.url || "/my/returns/form/save",
                { ...this.identity, answers: this.answers, base: this.el.elements.base?.value },
                { silent: true },
            );
            return this.showSaved(result);
        } catch {
            this.say(
                _t(
                    "Not saved: the connection or your session ended. Your text stays on this page.",
                ),
                true,
            );
            return false;
        }
    }

    showSaved(result) {
        if (result.other_user) {
            this.say(
                _t("Not saved: %s is signed in now. Your text stays here.", result.other_user),
                true,
            );
            return false;
        }
        // After a new sign-in in another tab the page is posted with the token of that session.
        this.el.elements.csrf_token.value = result.csrf_token;
        if (result.base) {
            this.el.elements.base.value = result.base;
        }
        this.stopEl.replaceChildren();
        this.say(_t("Saved a moment ago. You can go on later, also on another device."));
        return this.showReplaced(result.replaced || []);
    }

    /** Say what another tab had kept and this one replaced; return whether there is nothing. */
    showReplaced(texts) {
        this.hasReplaced = texts.length > 0;
        if (this.hasReplaced) {
            this.stopEl.textContent = texts.join(" ");
        }
        return !this.hasReplaced;
    }

    say(text, isError = false) {
        this.savedEl.textContent = text;
        this.savedEl.classList.toggle("o_cso_error", isError);
    }

    onChange() {
        const chosenEl = this.el.querySelector(".o_cso_chosen");
        if (chosenEl) {
            chosenEl.textContent = this.el.querySelectorAll("[name=lot_ids]:checked").length;
        }
        this.save();
    }

    /** What was missing is not said any longer once it is there; sending the form judges it. */
    onAnswer(ev, questionEl) {
        const isChoice = ["checkbox", "radio"].includes(ev.target.type);
        const isGiven = isChoice ? questionEl.querySelector(":checked") : ev.target.value.trim();
        if (!isGiven || !ev.target.name) {
            return;
        }
        questionEl.querySelector(".o_cso_error")?.remove();
        questionEl.classList.remove("o_cso_wrong");
        for (const el of questionEl.querySelectorAll("[aria-invalid], fieldset")) {
            el.removeAttribute("aria-invalid");
            el.removeAttribute("aria-describedby");
        }
    }

    /** Leave the page only when what is typed is kept: it would be lost with an ended session. */
    async onSubmit(ev) {
        if (this.isLeaving) {
            return;
        }
        ev.preventDefault();
        if (this.isChecking) {
            return;
        }
        this.isChecking = true;
        const isSaved = await this.waitFor(this.save());
        this.isChecking = false;
        if (isSaved) {
            this.leave(ev.submitter);
        } else if (!this.hasReplaced) {
            this.showStop();
        }
    }

    leave(submitterEl) {
        this.isLeaving = true;
        // Back in the browser shows this page again: it must be usable then.
        this.addListener(window, "pageshow", () => (this.isLeaving = false), { once: true });
        // The buttons of the list of files are replaced by each upload.
        this.el.requestSubmit(submitterEl?.isConnected ? submitterEl : null);
    }

    /** Say at the button why nothing happens, with the way to go on. */
    showStop() {
        const linkEl = document.createElement("a");
        linkEl.href = "/web/login?redirect=/my/returns";
        linkEl.target = "_blank";
        linkEl.textContent = _t("Sign in again in a new tab, then go on here.");
        this.stopEl.replaceChildren(this.savedEl.textContent, " ", linkEl);
        this.stopEl.scrollIntoView({ block: "center" });
    }

    // --- Serial numbers -------------------------------------------------------------------------

    onFilterSerials(ev, inputEl) {
        ev.stopPropagation();
        const text = inputEl.value.trim().toLowerCase();
        for (const labelEl of this.el.querySelectorAll("[data-serial]")) {
            const isChosen = labelEl.querySelector("input").checked;
            labelEl.classList.toggle("d-none", !isChosen && !labelEl.dataset.serial.includes(text));
        }
    }

    onPasteSerials(ev, inputEl) {
        const words = ev.clipboardData
            .getData("text")
            .split(/[\s,;]+/)
            .filter(Boolean);
        if (words.length > 1) {
            ev.preventDefault();
            this.chooseSerials(words);
        }
    }

    onSerialKey(ev, inputEl) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.chooseSerials(inputEl.value.split(/[\s,;]+/).filter(Boolean));
            inputEl.value = "";
            inputEl.dispatchEvent(new Event("input"));
        }
    }

    chooseSerials(words) {
        const unknown = words.filter((word) => !this.chooseSerial(word.toLowerCase()));
        this.el.querySelector(".o_cso_serial_unknown").textContent = unknown.length
            ? _t("Not to be chosen on this line: %s", unknown.join(", "))
            : "";
        this.el
            .querySelector("[name=lot_ids]")
            ?.dispatchEvent(new Event("change", { bubbles: true }));
    }

    chooseSerial(name) {
        const labelEl = this.el.querySelector(`[data-serial="${CSS.escape(name)}"]`);
        const inputEl = labelEl?.querySelector("input:not(:disabled)");
        if (inputEl) {
            inputEl.checked = true;
            labelEl.classList.remove("d-none");
        }
        return Boolean(inputEl);
    }
}

registry.category("public.interactions").add("rma_cso.return_form", ReturnForm);
