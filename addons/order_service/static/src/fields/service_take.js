import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { clickRecordButton } from "./record_button";

/**
 * “Take” for a task that nobody has, “Take over” for a colleague's, which asks first:
 * two people who work on one task is what taking prevents.
 */
export class ServiceTake extends Component {
    static template = "order_service.ServiceTake";
    static props = { ...standardWidgetProps, className: { type: String, optional: true } };

    get task() {
        return this.props.record.data;
    }

    get holder() {
        return this.task.user_id && this.task.user_id.display_name;
    }

    async onClick() {
        const clickParams = { type: "object", name: "action_take" };
        if (this.holder) {
            clickParams.confirm = _t("%s has this task. Take it over?", this.holder);
            clickParams["confirm-title"] = _t("Take over");
            clickParams["confirm-label"] = _t("Take over");
            clickParams["cancel-label"] = _t("Back");
        }
        await clickRecordButton(this.env, this.props.record, clickParams);
    }
}

registry.category("view_widgets").add("service_take", {
    component: ServiceTake,
    extractProps: ({ options }) => ({ className: options.className }),
    fieldDependencies: [
        { name: "can_take", type: "boolean" },
        { name: "user_id", type: "many2one", relation: "res.users" },
    ],
});
