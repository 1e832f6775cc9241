import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ProgressBarField, progressBarField } from "@web/views/fields/progress_bar/progress_bar_field";

const ASK_EVERY_MS = 3000;

/** A bar that follows the scheduled action while its record is in work. */
export class NotificationProgressField extends ProgressBarField {
    setup() {
        super.setup();
        let timer = null;
        onMounted(() => {
            timer = setInterval(() => this.askForNews(), ASK_EVERY_MS);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    async askForNews() {
        const { record } = this.props;
        const quiet = document.visibilityState !== "visible" || !record.data.in_work;
        if (quiet || this.asking || (await record.isDirty())) {
            return;
        }
        this.asking = true;
        try {
            await record.load();
        } finally {
            this.asking = false;
        }
    }
}

registry.category("fields").add("notification_progress", {
    ...progressBarField,
    component: NotificationProgressField,
});
