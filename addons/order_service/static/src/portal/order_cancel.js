import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * The form by which a customer cancels an order: it works without this code, which
 * asks for words where the reason wants them and sends the form once only.
 */
export class OrderCancel extends Interaction {
    static selector = ".o_service_cancel form";
    dynamicContent = {
        "#service_reason": { "t-on-change": this.onReasonChange },
        "#service_note": { "t-att-required": () => this.noteRequired },
        _root: { "t-on-submit": this.onSubmit },
    };

    setup() {
        this.sent = false;
        this.readReason();
    }

    readReason() {
        const reason = this.el.querySelector("#service_reason").selectedOptions[0];
        this.noteRequired = Boolean(reason?.dataset.noteRequired);
    }

    onReasonChange() {
        this.readReason();
    }

    onSubmit(ev) {
        if (this.sent) {
            ev.preventDefault();
        }
        this.sent = true;
    }
}

registry.category("public.interactions").add("order_service.order_cancel", OrderCancel);
