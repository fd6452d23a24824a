import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";

const SESSION_ENDED = 100; // Odoo's code for a session that ended or is locked
const OTHER_USER = "odoo.addons.partner_access.models.partner_access_http_session.OtherUserError";

/** Whether an address is of this server. */
export function isOwn(address) {
    return new URL(String(address?.url || address), location.href).origin === location.origin;
}

/**
 * Each call that a page makes says whose page it is, so that the server can refuse what is written
 * for somebody else, and for how long nobody touched the page, so that what a page asks by itself
 * is no use of the session. A form that a script sends is prepared before.
 *
 * @param {() => Object} getHeaders
 * @param {(content: FormData) => Promise} prepareForm
 */
export function extendCalls(getHeaders, prepareForm) {
    extendRequests(getHeaders, prepareForm);
    const { fetch } = window;
    window.fetch = browser.fetch = async (address, options) => {
        if (!isOwn(address)) {
            return fetch(address, options);
        }
        if (options?.body instanceof FormData) {
            await prepareForm(options.body);
        }
        const call = new Request(address, options);
        for (const [name, value] of Object.entries(getHeaders())) {
            call.headers.set(name, value);
        }
        return fetch(call);
    };
}

function extendRequests(getHeaders, prepareForm) {
    const { open, send } = XMLHttpRequest.prototype;
    const own = new WeakSet();
    XMLHttpRequest.prototype.open = function (method, address, ...others) {
        open.call(this, method, address, ...others);
        if (isOwn(address)) {
            own.add(this);
            for (const [name, value] of Object.entries(getHeaders())) {
                this.setRequestHeader(name, value);
            }
        }
    };
    XMLHttpRequest.prototype.send = function (body) {
        if (!own.has(this) || !(body instanceof FormData)) {
            return send.call(this, body);
        }
        const doSend = () => send.call(this, body);
        prepareForm(body).then(doSend, doSend);
    };
}

/**
 * A call that was refused because of the session is made again, once, when its user has signed in
 * again; nothing of it was done before.
 *
 * @param {(address: string) => boolean} isExempt calls that are about the session itself
 * @param {() => Promise} recover
 */
export function repeatRefusedCalls(isExempt, recover) {
    const call = rpc._rpc;
    rpc._rpc = (address, ...others) => {
        const first = call(address, ...others);
        if (isExempt(address)) {
            return first;
        }
        const promise = first.catch(async (error) => {
            if (error.code !== SESSION_ENDED && error.data?.name !== OTHER_USER) {
                throw error;
            }
            await recover();
            return call(address, ...others);
        });
        promise.abort = first.abort;
        return promise;
    };
}
