import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { getAnswers } from "@rma_cso/interactions/return_form";

const DELAY = 500;

/**
 * What follows from an answer on the form of a return reason: which questions are asked, what an
 * offer is, which article a number belongs to, what is not possible. All of it is what the server
 * says; without this script the server says so when the form is sent.
 */
export class ReturnCheck extends Interaction {
    static selector = ".o_cso_form[data-line]";
    dynamicContent = {
        "[data-live]": {
            "t-on-change.withTarget": this.onAnswer,
            "t-on-input.withTarget": this.debounced(this.onType, DELAY),
        },
        "[data-lookup] > input": { "t-on-keydown.withTarget": this.onLookUp },
    };

    setup() {
        this.turn = 0;
        this.answeredEls = new Set();
        this.serialCount = this.countSerials();
    }

    onAnswer(ev, questionEl) {
        this.fillQuantity(ev);
        this.hideUnasked();
        this.check(questionEl);
    }

    onType(ev, questionEl) {
        if (ev.target.type === "text" && !ev.target.matches(".o_cso_serial_filter")) {
            this.check(questionEl);
        }
    }

    /** Enter looks up a number that was just typed; it does not send the form yet. */
    onLookUp(ev, inputEl) {
        if (ev.key === "Enter" && inputEl.value !== this.lookedUp) {
            ev.preventDefault();
            this.lookedUp = inputEl.value;
            this.check(inputEl.closest("[data-question]"));
        }
    }

    async check(questionEl) {
        const turn = ++this.turn;
        // An answer that is overtaken by the next one counts with it.
        this.answeredEls.add(questionEl);
        const { line, reason, position } = this.el.dataset;
        const params = { line: Number(line), reason, position, answers: getAnswers(this.el) };
        try {
            const state = await this.waitFor(
                rpc("/my/returns/form/check", params, { silent: true }),
            );
            if (turn === this.turn) {
                this.showState(state, this.answeredEls);
                this.answeredEls.clear();
            }
        } catch {
            this.hideUnasked(true);
        }
    }

    // --- Conditions -----------------------------------------------------------------------------

    /** Hide what an answer rules out, before the server says what is asked instead. */
    hideUnasked(isShowing = false) {
        const answers = getAnswers(this.el);
        for (const questionEl of this.el.querySelectorAll("[data-shown-when]")) {
            const conditions = Object.entries(JSON.parse(questionEl.dataset.shownWhen));
            const isAsked = conditions.every(([name, keys]) => keys.includes(answers[name]));
            if (!isAsked || isShowing) {
                questionEl.classList.toggle("o_cso_hidden", !isAsked);
            }
        }
    }

    // --- What the server says -------------------------------------------------------------------

    showState(state, answeredEls) {
        for (const [name, question] of Object.entries(state.questions)) {
            const questionEl = this.el.querySelector(`[data-question="${name}"]`);
            if (questionEl) {
                this.showQuestion(questionEl, question);
                this.showError(questionEl, question, answeredEls.has(questionEl));
            }
        }
        for (const slotEl of this.el.querySelectorAll("[data-kind]")) {
            this.showRequired(slotEl, state.photos.includes(slotEl.dataset.kind));
        }
    }

    showQuestion(questionEl, question) {
        questionEl.classList.toggle("o_cso_hidden", !question.asked);
        const texts = {
            ".o_cso_label": question.label,
            ".o_cso_help_text": question.help,
            ".o_cso_follows": question.note,
        };
        for (const [selector, text] of Object.entries(texts)) {
            this.showText(questionEl.querySelector(selector), text);
        }
        for (const [key, label] of Object.entries(question.options)) {
            const optionEl = questionEl.querySelector(`[data-option="${key}"]`);
            this.showText(optionEl?.querySelector(".o_cso_option"), label);
            this.showText(optionEl?.querySelector(".o_cso_hint"), question.hints[key]);
        }
    }

    /** Texts that stay the same are left alone: a screen reader would read them again. */
    showText(el, text) {
        if (el && el.textContent !== (text || "")) {
            el.textContent = text || "";
        }
    }

    /** An error of the last sending stays until its question is answered. */
    showError(questionEl, question, isAnswered) {
        const errorEl = questionEl.querySelector(".o_cso_error");
        if (question.error) {
            const el = errorEl || this.addError(questionEl, question.name);
            el.dataset.found = "1";
            this.showText(el, `✕ ${question.error}`);
        } else if (errorEl && (isAnswered || errorEl.dataset.found)) {
            errorEl.remove();
        }
        const isWrong = Boolean(questionEl.querySelector(".o_cso_error"));
        questionEl.classList.toggle("o_cso_wrong", isWrong);
        this.markControl(questionEl, question.name, isWrong);
    }

    addError(questionEl, name) {
        const el = document.createElement("div");
        el.id = `e_${name}`;
        el.className = "o_cso_error";
        el.setAttribute("role", "alert");
        const titleEl = questionEl.querySelector("legend, label:not(.o_cso_check)");
        this.insert(el, titleEl || questionEl, titleEl ? "afterend" : "afterbegin");
        return el;
    }

    markControl(questionEl, name, isWrong) {
        const controlEl = questionEl.querySelector(
            "fieldset, .form-control:not(.o_cso_serial_filter), [type=checkbox]",
        );
        for (const [attribute, value] of [
            ["aria-invalid", "true"],
            ["aria-describedby", `e_${name}`],
        ]) {
            if (isWrong) {
                controlEl?.setAttribute(attribute, value);
            } else {
                controlEl?.removeAttribute(attribute);
            }
        }
    }

    showRequired(slotEl, isRequired) {
        const starEl = slotEl.querySelector(".o_cso_star");
        if (isRequired && !starEl) {
            const el = document.createElement("span");
            el.className = "o_cso_star";
            el.textContent = " *";
            slotEl.querySelector(".o_cso_slot_name")?.append(el);
        } else if (!isRequired) {
            starEl?.remove();
        }
    }

    // --- Units ----------------------------------------------------------------------------------

    countSerials() {
        return this.el.querySelectorAll("[name=lot_ids]:checked").length;
    }

    /** The number follows the serials that are chosen, until somebody types another one. */
    fillQuantity(ev) {
        const quantityEl = this.el.elements.quantity;
        if (ev.target.name === "lot_ids" && quantityEl && this.el.dataset.count) {
            const before = this.serialCount;
            this.serialCount = this.countSerials();
            if (["", String(before)].includes(quantityEl.value.trim())) {
                quantityEl.value = this.serialCount || "";
            }
        }
    }
}

registry.category("public.interactions").add("rma_cso.return_check", ReturnCheck);
