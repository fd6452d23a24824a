import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

const PAUSE = 2000;

/** Files that are being made: the bars move, and the page is loaded again when one is ready. */
export class DownloadProgress extends Interaction {
    static selector = ".o_portal_downloads_open";

    start() {
        this.wait();
    }

    wait() {
        this.waitForTimeout(() => this.refresh(), PAUSE);
    }

    async refresh() {
        let downloads;
        try {
            downloads = await this.waitFor(rpc("/my/downloads/progress", {}, { silent: true }));
        } catch {
            this.wait(); // the server may be restarting
            return;
        }
        for (const row of this.el.querySelectorAll("[data-download]")) {
            const download = downloads[row.dataset.download];
            if (!download || download.state !== row.dataset.state) {
                window.location.reload();
                return;
            }
            this.show(row, download);
        }
        this.wait();
    }

    show(row, download) {
        const bar = row.querySelector("[role=progressbar]");
        if (bar) {
            bar.setAttribute("aria-valuenow", download.percent);
            bar.firstElementChild.style.width = `${download.percent}%`;
            row.querySelector(".o_portal_download_progress").textContent = download.progress;
        }
    }
}

registry.category("public.interactions").add("customer_portal.download_progress", DownloadProgress);
