import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { extendCalls, repeatRefusedCalls } from "@partner_access/session/portal_calls";
import { FormGuard } from "@partner_access/session/form_guard";

const ROUTE = "/partner_access/session/";
const DONE = `${ROUTE}done`;
const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"];
const TELL_PAUSE = 10; // seconds between two words to the other tabs that somebody is here
const TICK_LIMIT = 20; // seconds between two looks at the clock, at most

/**
 * Whose page this is, and whether that user is still signed in.
 *
 * The page is covered while its user is not: signed out, locked, or somebody else in this browser.
 * Nothing on it is lost. What it was about to send waits until its user has signed in again.
 */
export class PortalSession {
    constructor(notification) {
        this.notification = notification;
        // On the pages where one signs in, or says again who is there, nothing is anybody's yet.
        const isEntrance = /\/(web|auth-timeout)\//.test(location.pathname);
        this.facts = session.portal_session || {};
        this.uid = (!isEntrance && this.facts.uid) || null;
        this.state = reactive({ cover: null, login: this.facts.login });
        this.touched = this.asked = this.told = Date.now();
        this.waiting = [];
    }

    start() {
        this.channel = new BroadcastChannel("partner_access.session");
        this.channel.addEventListener("message", ({ data }) => this.onMessage(data));
        this.tell({ uid: this.facts.uid || null });
        if (location.pathname.endsWith(DONE) && window.opener) {
            window.close(); // the page that it was opened from has been told
        }
        new FormGuard(this).start();
        if (!this.uid) {
            return;
        }
        extendCalls(
            () => this.headers,
            (content) => this.prepare(content),
        );
        repeatRefusedCalls(
            (address) => address.startsWith(ROUTE),
            () => this.ensure(),
        );
        for (const name of TOUCHES) {
            document.addEventListener(name, () => this.onTouch(), { capture: true, passive: true });
        }
        document.addEventListener("visibilitychange", () => this.onShow());
        window.addEventListener("pageshow", (ev) => ev.persisted && this.onShow());
        this.setLimit(this.facts.limit);
    }

    // --- The server ------------------------------------------------------------------------------

    get headers() {
        const idle = Math.floor((Date.now() - this.touched) / 1000);
        return { "X-Portal-User": this.uid, "X-Portal-Idle": idle };
    }

    /** Ask who is signed in; return whether it is the user of this page. */
    async check() {
        this.asked = Date.now();
        return this.apply(await rpc(`${ROUTE}state`, {}, { silent: true }));
    }

    /** Go on at once when the user of this page is signed in, else when that is so again. */
    async ensure() {
        if (!(await this.check())) {
            await new Promise((resolve) => this.waiting.push(resolve));
        }
    }

    /** Let a form that a script sends wait for the user of the page, and give it a fresh token. */
    async prepare(content) {
        await this.ensure();
        if (content.has("csrf_token")) {
            content.set("csrf_token", odoo.csrf_token);
        }
    }

    /** Sign in again, or unlock, with a password; return what the server says. */
    async resume(password) {
        const answer = await rpc(`${ROUTE}resume`, {
            uid: this.uid,
            login: this.facts.login,
            password,
            switch_from: this.state.cover?.uid,
            is_shared: this.facts.is_shared,
        });
        if (!answer.url && !answer.error) {
            await this.check();
            this.tell({ uid: this.uid });
        }
        return answer;
    }

    /** Take over what the server says of the session; return whether the page can be used. */
    apply(state) {
        this.refreshTokens(state.csrf_token);
        if (!this.uid) {
            return true;
        }
        if (state.uid === this.uid && !state.is_locked) {
            this.setLimit(state.seconds === null ? null : this.facts.limit);
            this.uncover();
            return true;
        }
        const kind = !state.uid ? "ended" : state.uid === this.uid ? "locked" : "other";
        if (this.state.cover?.kind !== kind || this.state.cover.uid !== state.uid) {
            const { uid, login, has_password } = state;
            this.state.cover = { kind, uid, login, has_password };
        }
        return false;
    }

    /** The token of a form belongs to a session; after a new sign-in there is another one. */
    refreshTokens(token) {
        odoo.csrf_token = token;
        for (const inputEl of document.querySelectorAll("input[name=csrf_token]")) {
            inputEl.value = token;
        }
    }

    uncover() {
        this.state.cover = null;
        for (const resolve of this.waiting.splice(0)) {
            resolve();
        }
    }

    /** Sign in on a page of its own: with Microsoft 365, a passkey, a code. */
    openWindow(url) {
        const shared = this.facts.is_shared ? "&shared_computer=1" : "";
        const entrance = `/web/login?switch=1&redirect=${DONE}${shared}`;
        browser.open(url || entrance, "_blank", "popup,width=520,height=760");
    }

    // --- The other tabs --------------------------------------------------------------------------

    tell(message) {
        this.channel.postMessage(message);
    }

    onMessage({ uid, touched }) {
        if (touched) {
            this.touched = Math.max(this.touched, touched);
        } else if (this.uid && (uid !== this.uid || this.state.cover)) {
            this.checkQuietly();
        }
    }

    /** A tab that comes to the front may have missed what happened. */
    onShow() {
        if (!document.hidden) {
            this.checkQuietly();
        }
    }

    async checkQuietly() {
        try {
            await this.check();
        } catch {
            // The server may be restarting; each writing asks again.
        }
    }

    // --- Time without use ------------------------------------------------------------------------

    onTouch() {
        const now = Date.now();
        this.touched = now;
        if (this.limit && now - this.told > TELL_PAUSE * 1000) {
            this.told = now;
            this.tell({ touched: now });
        }
    }

    setLimit(seconds) {
        this.limit = seconds;
        if (seconds && !this.timer) {
            const pause = Math.min(TICK_LIMIT, seconds / 6) * 1000;
            this.timer = browser.setInterval(() => this.tick(), pause);
        }
    }

    /** Let the server know that somebody is typing, and see when it has locked the page. */
    tick() {
        if (!this.limit || this.state.cover) {
            return;
        }
        const limit = this.limit * 1000;
        const isTimeOver = Date.now() - this.touched >= limit;
        const isTyping = this.touched > this.asked && Date.now() - this.asked > limit / 3;
        if (isTimeOver || isTyping) {
            this.checkQuietly();
        }
    }

    // --- Words -----------------------------------------------------------------------------------

    sayUnreachable() {
        this.notification.add(
            _t("The server cannot be reached. What was typed is still here; try again."),
            { type: "warning", sticky: true },
        );
    }
}

registry.category("services").add("portal_session", {
    dependencies: ["notification"],
    start(env, { notification }) {
        const portalSession = new PortalSession(notification);
        portalSession.start();
        return portalSession;
    },
});
