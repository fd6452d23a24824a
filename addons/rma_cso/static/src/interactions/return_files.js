import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

const POLL_DELAY = 2500;
const ROUTE = "/my/returns/form/";

/**
 * Photos and files of a return form: each place takes files by drag and drop, choice and camera, at
 * once and with progress; a phone adds photos through a code, and what it sent appears by itself.
 * Without it the files go along when the form is posted.
 */
export class ReturnFiles extends Interaction {
    static selector = ".o_cso_photos";
    dynamicContent = {
        "input[type=file]": {
            "t-on-input.stop": () => {},
            "t-on-change.stop.withTarget": this.onChoose,
        },
        ".o_cso_slot": {
            "t-on-dragover.prevent.withTarget": (ev, el) => el.classList.add("o_cso_over"),
            "t-on-dragleave.withTarget": this.onDragLeave,
            "t-on-drop.prevent.withTarget": this.onDrop,
        },
        _root: { "t-on-click": this.onClick },
        ".o_cso_phone_open": { "t-on-click.withTarget": this.openPhone },
        ".o_cso_phone_close": { "t-on-click": this.closePhone },
    };

    setup() {
        this.formEl = this.el.closest("form");
        this.statusEl = this.el.querySelector(".o_cso_files_status");
        this.phoneEl = this.el.querySelector(".o_cso_by_phone");
        this.uploading = Promise.resolve();
        this.waiting = 0;
        this.calls = 0;
    }

    start() {
        this.el.classList.add("o_cso_js");
        this.phoneEl.classList.remove("d-none");
        // Capturing: what is still on its way is waited for before the form looks at its answers.
        this.addListener(this.formEl, "submit", this.onSubmit, { capture: true });
        this.setEnd(Number(this.el.dataset.seconds));
        this.showPhone(this.isPhoneOpen ? "old" : "");
        this.waitForTimeout(this.tick, 1000);
        this.waitForTimeout(this.poll, POLL_DELAY);
    }

    // --- Server ----------------------------------------------------------------------------------

    get identity() {
        const names = ["csrf_token", "line", "reason", "position"];
        const fields = names.map((name) => [name, this.formEl.elements[name]?.value]);
        return fields.filter(([_name, value]) => value);
    }

    /** Post to a route of the form; return its answer, or why there is none. */
    post(route, values = {}, onProgress = () => {}) {
        const data = new FormData();
        for (const [name, value] of [...this.identity, ...Object.entries(values)]) {
            data.append(name, value);
        }
        return new Promise((resolve) => {
            const call = new XMLHttpRequest();
            call.open("POST", ROUTE + route);
            call.upload.addEventListener("progress", (ev) => onProgress(ev.loaded / ev.total));
            call.addEventListener("loadend", () => resolve(this.read(call)));
            call.send(data);
        });
    }

    read(call) {
        try {
            return JSON.parse(call.responseText);
        } catch {
            return { problem: this.getProblem(call) };
        }
    }

    getProblem(call) {
        if (call.responseURL.includes("/web/login") || call.status === 400) {
            return _t("your session has ended. Sign in again in a new tab, then go on here");
        }
        return call.status ? _t("the server could not take it") : _t("there is no connection");
    }

    // --- Files -----------------------------------------------------------------------------------

    onChoose(ev, inputEl) {
        this.upload(inputEl.closest(".o_cso_slot"), [...inputEl.files]);
        inputEl.value = "";
    }

    onDragLeave(ev, slotEl) {
        if (!slotEl.contains(ev.relatedTarget)) {
            slotEl.classList.remove("o_cso_over");
        }
    }

    onDrop(ev, slotEl) {
        slotEl.classList.remove("o_cso_over");
        this.upload(slotEl, [...ev.dataTransfer.files]);
    }

    upload(slotEl, files) {
        slotEl.querySelectorAll(".o_cso_upload.o_cso_error").forEach((rowEl) => rowEl.remove());
        for (const file of files) {
            const rowEl = document.createElement("div");
            rowEl.className = "o_cso_upload";
            slotEl.querySelector(".o_cso_uploads").append(rowEl);
            if (file.size > Number(this.el.dataset.sizeLimit)) {
                this.showError(rowEl, _t("%s is larger than 20 MB.", file.name));
                continue;
            }
            this.waiting++;
            this.showProgress(rowEl, file.name);
            this.uploading = this.uploading.then(() => this.uploadOne(slotEl, file, rowEl));
        }
    }

    showProgress(rowEl, name) {
        const nameEl = document.createElement("span");
        nameEl.textContent = name;
        const barEl = document.createElement("progress");
        barEl.max = 1;
        barEl.value = 0;
        barEl.setAttribute("aria-label", _t("Uploading %s", name));
        rowEl.replaceChildren(nameEl, barEl);
    }

    async uploadOne(slotEl, file, rowEl) {
        const kind = slotEl.dataset.kind;
        const barEl = rowEl.querySelector("progress");
        const answer = await this.post("upload", { [`file_${kind}`]: file }, (part) => {
            barEl.value = part;
        });
        this.waiting--;
        if (answer.problem) {
            const text = _t("%(file)s was not sent: %(problem)s.", {
                file: file.name,
                problem: answer.problem,
            });
            this.showError(rowEl, text, () => this.upload(slotEl, [file]));
        } else if (answer.errors[kind]) {
            this.showError(rowEl, answer.errors[kind].join(" "));
        } else {
            rowEl.remove();
        }
        this.showAnswer(answer);
    }

    showError(rowEl, text, retry) {
        rowEl.classList.add("o_cso_error");
        rowEl.setAttribute("role", "alert");
        rowEl.textContent = text;
        if (retry) {
            const buttonEl = document.createElement("button");
            buttonEl.type = "button";
            buttonEl.className = "btn btn-light btn-sm";
            buttonEl.textContent = _t("Try again");
            this.addListener(buttonEl, "click", () => {
                rowEl.remove();
                retry();
            });
            rowEl.append(" ", buttonEl);
        }
    }

    async onClick(ev) {
        const buttonEl = ev.target.closest(".o_cso_remove");
        if (!buttonEl) {
            return;
        }
        ev.preventDefault();
        buttonEl.disabled = true;
        this.calls++;
        const answer = await this.waitFor(this.post("remove", { file: buttonEl.value }));
        buttonEl.disabled = false;
        if (answer.problem) {
            this.say(_t("Not removed: %s.", answer.problem));
        } else {
            this.showAnswer(answer, _t("The file is removed."));
        }
    }

    /** Show the files that the server has now. */
    showAnswer(answer, text = "") {
        this.calls++;
        if (answer.files) {
            this.key = answer.key;
            for (const slotEl of this.el.querySelectorAll(".o_cso_slot")) {
                this.showFiles(slotEl, answer.files[slotEl.dataset.kind] || "");
            }
        }
        if (text) {
            this.say(text);
        }
    }

    showFiles(slotEl, html) {
        const parsed = new DOMParser().parseFromString(html, "text/html");
        const hasFiles = Boolean(parsed.body.children.length);
        slotEl.querySelector(".o_cso_slot_files").replaceChildren(...parsed.body.childNodes);
        slotEl.classList.toggle("d", hasFiles);
        if (hasFiles) {
            slotEl.querySelector(":scope > .o_cso_error")?.remove();
        }
    }

    say(text) {
        this.statusEl.textContent = text;
    }

    /** Files on their way are waited for; the form goes on by itself when they are there. */
    async onSubmit(ev) {
        if (!this.waiting) {
            return;
        }
        ev.preventDefault();
        ev.stopImmediatePropagation();
        if (this.isLeaving) {
            return;
        }
        this.isLeaving = true;
        this.say(_t("Your files are being sent; then it goes on by itself."));
        while (this.waiting) {
            await this.waitFor(this.uploading);
        }
        this.isLeaving = false;
        this.say("");
        if (!this.el.querySelector(".o_cso_upload.o_cso_error")) {
            this.formEl.requestSubmit(ev.submitter?.isConnected ? ev.submitter : null);
        }
    }

    // --- Phone -----------------------------------------------------------------------------------

    get isPhoneOpen() {
        return this.end > Date.now();
    }

    setEnd(seconds) {
        this.end = Date.now() + seconds * 1000;
    }

    async openPhone(ev, buttonEl) {
        buttonEl.disabled = true;
        const answer = await this.waitFor(this.post("phone"));
        buttonEl.disabled = false;
        if (answer.problem) {
            this.say(_t("There is no code: %s.", answer.problem));
            return;
        }
        this.say("");
        this.setEnd(answer.seconds);
        const codeEl = this.el.querySelector(".o_cso_phone_code");
        codeEl.src = answer.image;
        this.showPhone("new");
    }

    async closePhone() {
        const answer = await this.waitFor(this.post("phone/close"));
        if (answer.problem) {
            this.say(_t("Not ended: %s.", answer.problem));
            return;
        }
        this.setEnd(0);
        this.showPhone("");
    }

    /** Show the code ("new"), that a code is in use ("old"), that it is over, or the button only. */
    showPhone(state) {
        this.phoneState = state;
        const isOpen = state === "new" || state === "old";
        const show = (name, isShown) =>
            this.el.querySelector(name).classList.toggle("d-none", !isShown);
        show(".o_cso_by_phone > .o_cso_phone_open", !isOpen);
        show(".o_cso_phone_link", isOpen);
        show(".o_cso_phone_code", state === "new");
        show(".o_cso_phone_hint", state === "new");
        show(".o_cso_phone_old", state === "old");
        show(".o_cso_phone_over", state === "over");
        this.showTime();
    }

    showTime() {
        const seconds = Math.max(0, Math.round((this.end - Date.now()) / 1000));
        const rest = String(seconds % 60).padStart(2, "0");
        this.el.querySelector(".o_cso_phone_time").textContent =
            `${Math.floor(seconds / 60)}:${rest}`;
    }

    tick() {
        const isShown = this.phoneState === "new" || this.phoneState === "old";
        if (isShown && this.isPhoneOpen) {
            this.showTime();
        } else if (isShown) {
            this.showPhone("over");
        }
        this.waitForTimeout(this.tick, 1000);
    }

    /** Ask what is there while a phone may send, and nobody looks away. */
    async poll() {
        if (this.isPhoneOpen && !document.hidden) {
            await this.waitFor(this.look());
        }
        this.waitForTimeout(this.poll, POLL_DELAY);
    }

    async look() {
        const query = new URLSearchParams([
            ...this.identity.filter(([name]) => name !== "csrf_token"),
            ["uid", this.formEl.dataset.uid],
            ["seen", this.key ?? "-"],
        ]);
        const calls = this.calls;
        try {
            const response = await fetch(`${ROUTE}files?${query}`);
            const answer = await response.json();
            // An answer that was overtaken by an upload or a removal is old.
            if (calls === this.calls && this.isPhoneOpen) {
                this.showLook(answer);
            }
        } catch {
            // No connection, or no session: the next look tries again.
        }
    }

    showLook(answer) {
        const isNew = answer.files && this.key !== undefined;
        this.showAnswer(answer, isNew ? _t("Photos from your phone have arrived.") : "");
        if (!answer.seconds) {
            this.setEnd(0);
            this.showPhone("over");
        }
    }
}

registry.category("public.interactions").add("rma_cso.return_files", ReturnFiles);
