import { isOwn } from "@partner_access/session/portal_calls";

const NOT_CONTENT = new Set(["csrf_token", "portal_user", "portal_key"]);

function makeKey() {
    const numbers = crypto.getRandomValues(new Uint32Array(4));
    return [...numbers].map((number) => number.toString(16).padStart(8, "0")).join("");
}

function getContent(formEl, submitterEl) {
    const content = [...new FormData(formEl, submitterEl)]
        .filter(([name]) => !NOT_CONTENT.has(name))
        .map(([name, value]) =>
            value instanceof File
                ? [name, value.name, value.size, value.lastModified]
                : [name, value],
        );
    return JSON.stringify(content);
}

/**
 * No form leaves its page before the server has said that the user of the page is signed in: what
 * is typed, files too, would be lost. It goes with a fresh token, with the user of the page, and
 * with a key for this sending, by which the server takes it once.
 */
export class FormGuard {
    constructor(portalSession) {
        this.session = portalSession;
        this.keys = new WeakMap();
    }

    start() {
        // Before any other listener, so that these are asked once.
        document.addEventListener("submit", (ev) => this.onSubmit(ev), { capture: true });
        this.sendHeld();
    }

    /** Send what the page itself kept until now, because its scripts did not run yet. */
    sendHeld() {
        const forms = window.portalForms;
        if (forms) {
            forms.isGuarded = true;
            forms.held?.target.requestSubmit(forms.held.submitter);
            forms.held = null;
        }
    }

    onSubmit(ev) {
        const formEl = ev.target;
        if (!this.isGuarded(formEl, ev.submitter)) {
            return;
        }
        if (this.passing === formEl) {
            this.passing = null;
            this.sign(formEl, ev.submitter);
            return;
        }
        ev.preventDefault();
        ev.stopImmediatePropagation();
        this.send(formEl, ev.submitter);
    }

    isGuarded(formEl, submitterEl) {
        const get = (name) => submitterEl?.getAttribute(`form${name}`) || formEl.getAttribute(name);
        const isPost = get("method")?.toLowerCase() === "post";
        return isPost && isOwn(get("action") || "") && !formEl.closest(".o_portal_session_cover");
    }

    async send(formEl, submitterEl) {
        if (this.isAsking) {
            return;
        }
        this.isAsking = true;
        try {
            await this.session.ensure();
        } catch {
            this.session.sayUnreachable();
            return;
        } finally {
            this.isAsking = false;
        }
        this.passing = formEl;
        formEl.requestSubmit(submitterEl?.isConnected ? submitterEl : null);
        this.passing = null;
    }

    sign(formEl, submitterEl) {
        if (!this.session.uid) {
            return;
        }
        this.setHidden(formEl, "portal_user", this.session.uid);
        this.setHidden(formEl, "portal_key", this.getKey(formEl, submitterEl));
    }

    /** The same content has the same key, however often it is sent from this page. */
    getKey(formEl, submitterEl) {
        const content = getContent(formEl, submitterEl);
        if (this.keys.get(formEl)?.content !== content) {
            this.keys.set(formEl, { content, key: makeKey() });
        }
        return this.keys.get(formEl).key;
    }

    setHidden(formEl, name, value) {
        let inputEl = formEl.querySelector(`input[name="${name}"]`);
        if (!inputEl) {
            inputEl = document.createElement("input");
            inputEl.type = "hidden";
            inputEl.name = name;
            formEl.append(inputEl);
        }
        inputEl.value = value;
    }
}
