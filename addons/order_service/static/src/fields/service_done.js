import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { clickRecordButton } from "./record_button";

/**
 * “Done” for the open task of the reader. Handing goods over cannot be taken back, so
 * there the task asks first (`done_question`), with the order's number and the money.
 */
export class ServiceDone extends Component {
    static template = "order_service.ServiceDone";
    static props = {
        ...standardWidgetProps,
        className: { type: String, optional: true },
        mine: { type: Boolean, optional: true },
    };

    get task() {
        return this.props.record.data;
    }

    /** On cards only at one's own tasks; an assembly is finished on its own screen. */
    get shown() {
        const { assembles, can_act, mine } = this.task;
        return can_act && !assembles && (mine || !this.props.mine);
    }

    get label() {
        return this.task.role === "courier" ? _t("Delivered") : _t("Done");
    }

    async onClick() {
        const clickParams = { type: "object", name: "action_done" };
        if (this.task.done_question) {
            clickParams.confirm = this.task.done_question;
            clickParams["confirm-title"] = this.label;
            clickParams["confirm-label"] = this.label;
            clickParams["cancel-label"] = _t("Back");
        }
        await clickRecordButton(this.env, this.props.record, clickParams);
    }
}

registry.category("view_widgets").add("service_done", {
    component: ServiceDone,
    extractProps: ({ options }) => ({
        className: options.className,
        mine: Boolean(options.mine),
    }),
    fieldDependencies: [
        { name: "assembles", type: "boolean" },
        { name: "mine", type: "boolean" },
        { name: "can_act", type: "boolean" },
        { name: "role", type: "selection" },
        { name: "done_question", type: "char" },
    ],
});
