import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const LINE_WIDTH = 2.5;

/** An area to sign in with mouse, pen or finger; the drawing goes along as a PNG picture. */
export class ApplySignature extends Interaction {
    static selector = ".op-signature";
    dynamicContent = {
        canvas: {
            "t-on-pointerdown.prevent": this.onDown,
            "t-on-pointermove": this.onMove,
            "t-on-pointerup": this.onUp,
            "t-on-pointercancel": this.onUp,
        },
        ".op-signature-clear": { "t-on-click": this.clear },
    };

    setup() {
        this.canvasEl = this.el.querySelector("canvas");
        this.inputEl = this.el.querySelector("input[name=signature]");
        this.pen = this.canvasEl.getContext("2d");
    }

    start() {
        this.el.classList.remove("d-none");
        Object.assign(this.pen, {
            lineWidth: LINE_WIDTH,
            lineCap: "round",
            strokeStyle: "#1c2733",
        });
        if (this.inputEl.value) {
            const image = new Image();
            image.onload = () => this.pen.drawImage(image, 0, 0);
            image.src = this.inputEl.value;
        }
    }

    getPoint(ev) {
        const box = this.canvasEl.getBoundingClientRect();
        return [
            ((ev.clientX - box.left) * this.canvasEl.width) / box.width,
            ((ev.clientY - box.top) * this.canvasEl.height) / box.height,
        ];
    }

    onDown(ev) {
        this.isDrawing = true;
        this.canvasEl.setPointerCapture(ev.pointerId);
        this.pen.beginPath();
        this.pen.moveTo(...this.getPoint(ev));
    }

    onMove(ev) {
        if (this.isDrawing) {
            this.pen.lineTo(...this.getPoint(ev));
            this.pen.stroke();
        }
    }

    onUp() {
        if (this.isDrawing) {
            this.isDrawing = false;
            this.inputEl.value = this.canvasEl.toDataURL("image/png");
        }
    }

    clear() {
        this.pen.clearRect(0, 0, this.canvasEl.width, this.canvasEl.height);
        this.inputEl.value = "";
    }
}

registry.category("public.interactions").add("partner_access.apply_signature", ApplySignature);
