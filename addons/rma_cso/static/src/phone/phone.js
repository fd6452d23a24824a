/** @odoo-module ignore **/
// A page of its own without the portal's scripts: it opens at once on a slow connection, and its
// policy forbids every script but this one. Its texts come with the page, in its user's language.
(function () {
    "use strict";
    const formEl = document.getElementById("photos");
    if (!formEl) {
        return;
    }
    const timeEl = document.getElementById("time");
    const statusEl = document.getElementById("status");
    let queue = Promise.resolve();
    let end = 0;

    /** Return a text of the page with a name in it. */
    function text(key, name) {
        const textEl = document.querySelector(`#texts [data-key=${key}]`);
        return textEl.textContent.replace("%s", name || "");
    }

    function setEnd(seconds) {
        end = Date.now() + seconds * 1000;
    }

    function showTime() {
        const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
        timeEl.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
        if (!seconds) {
            window.location.reload();
        }
    }

    function addElement(parentEl, tag, className, content) {
        const element = document.createElement(tag);
        element.className = className;
        element.textContent = content || "";
        parentEl.append(element);
        return element;
    }

    function showError(rowEl, message, retry) {
        rowEl.replaceChildren();
        rowEl.className = "error";
        rowEl.textContent = message;
        if (retry) {
            const buttonEl = addElement(rowEl, "button", "again", text("again"));
            buttonEl.type = "button";
            buttonEl.addEventListener("click", () => {
                rowEl.remove();
                retry();
            });
        }
    }

    function showFiles(files) {
        for (const sectionEl of formEl.querySelectorAll("section")) {
            const html = files[sectionEl.dataset.kind] || "";
            const parsed = new DOMParser().parseFromString(html, "text/html");
            sectionEl.querySelector(".files").replaceChildren(...parsed.body.childNodes);
            sectionEl.classList.toggle("done", Boolean(html.trim()));
        }
    }

    /** Send one file; its row shows how far it is, and stays where it fails. */
    function send(sectionEl, file, rowEl) {
        return new Promise((resolve) => {
            const data = new FormData();
            data.append(`file_${sectionEl.dataset.kind}`, file);
            const call = new XMLHttpRequest();
            call.responseType = "json";
            call.open("POST", formEl.dataset.url);
            call.upload.addEventListener("progress", (ev) => {
                rowEl.querySelector("progress").value = ev.loaded / ev.total;
            });
            call.addEventListener("loadend", () => {
                finish(sectionEl, file, rowEl, call);
                resolve();
            });
            call.send(data);
        });
    }

    function finish(sectionEl, file, rowEl, call) {
        if (call.status === 410) {
            window.location.reload();
            return;
        }
        if (call.status === 413) {
            showError(rowEl, text("large", file.name));
            return;
        }
        if (call.status !== 200 || !call.response) {
            showError(rowEl, text("failed", file.name), () => upload(sectionEl, [file]));
            return;
        }
        const errors = call.response.errors[sectionEl.dataset.kind];
        if (errors) {
            showError(rowEl, errors.join(" "));
        } else {
            rowEl.remove();
            statusEl.textContent = text("received", file.name);
        }
        setEnd(call.response.seconds);
        showFiles(call.response.files);
    }

    function upload(sectionEl, files) {
        for (const file of files) {
            const rowEl = addElement(sectionEl.querySelector(".uploads"), "p", "sending", "");
            if (file.size > Number(formEl.dataset.sizeLimit)) {
                showError(rowEl, text("large", file.name));
                continue;
            }
            addElement(rowEl, "span", "", text("sending", file.name));
            addElement(rowEl, "progress", "").max = 1;
            queue = queue.then(() => send(sectionEl, file, rowEl));
        }
    }

    for (const inputEl of formEl.querySelectorAll("input[type=file]")) {
        inputEl.addEventListener("change", () => {
            const sectionEl = inputEl.closest("section");
            const oldEls = sectionEl.querySelectorAll(".error");
            oldEls.forEach((errorEl) => errorEl.remove());
            upload(sectionEl, [...inputEl.files]);
            inputEl.value = "";
        });
    }
    document.documentElement.classList.add("scripted");
    setEnd(Number(formEl.dataset.seconds));
    setInterval(showTime, 1000);
})();
