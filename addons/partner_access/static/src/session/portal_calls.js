import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";

const SESSION_ENDED = 100; // Odoo's code for a session that ended or is locked
const OTHER_USER = "odoo.addons.partner_access.models.partner_access_http_session.OtherUserError";

function isOwn(address) {
    return new URL(String(address?.url || address), location.href).origin === location.origin;
}

/**
 * Each call that a page makes says whose page it is, so that the server can refuse what is written
 * for somebody else, and for how long nobody touched the page, so that what a page asks by itself
 * is no use of the session.
 *
 * @param {() => Object} getHeaders
 */
export function addHeaders(getHeaders) {
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, address, ...others) {
        open.call(this, method, address, ...others);
        if (isOwn(address)) {
            for (const [name, value] of Object.entries(getHeaders())) {
                this.setRequestHeader(name, value);
            }
        }
    };
    const { fetch } = window;
    window.fetch = browser.fetch = (address, options) => {
        const call = new Request(address, options);
        if (isOwn(address)) {
            for (const [name, value] of Object.entries(getHeaders())) {
                call.headers.set(name, value);
            }
        }
        return fetch(call);
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
