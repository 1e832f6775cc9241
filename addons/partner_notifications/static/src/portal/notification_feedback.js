import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/** Counts the visit; asks what the person thinks of the section when it is time to. */
export class NotificationFeedback extends Interaction {
    static selector = ".o_notification_list";
    dynamicContent = {
        ".o_notification_feedback": {
            "t-att-class": () => ({ "d-none": !this.isAsked }),
            "t-on-submit.prevent": this.onSend,
        },
        ".o_notification_not_now": { "t-on-click": () => this.answer({}) },
        ".o_notification_thanks": { "t-att-class": () => ({ "d-none": !this.isThanked }) },
    };

    setup() {
        this.isAsked = false;
        this.isThanked = false;
    }

    async start() {
        this.isAsked = await this.waitFor(rpc("/my/notifications/visit", {}, { silent: true }));
        this.updateContent();
    }

    async onSend(ev) {
        const { score, comment } = ev.currentTarget.elements;
        await this.answer({ score: +score.value, comment: comment.value });
        this.isThanked = true;
        this.updateContent();
    }

    async answer(params) {
        await this.waitFor(rpc("/my/notifications/feedback", params));
        this.isAsked = false;
        this.updateContent();
    }
}

registry
    .category("public.interactions")
    .add("partner_notifications.feedback", NotificationFeedback);
