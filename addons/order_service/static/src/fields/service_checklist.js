import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The checklist of a task: `[{id, name, done, by}]`; the task checks who may tick. */
export class ServiceChecklist extends Component {
    static template = "order_service.ServiceChecklist";
    static props = { ...standardFieldProps };

    setup() {
        // not useService: a reload may replace this component before the answer is there,
        // and the tick must be shown all the same
        this.orm = this.env.services.orm;
    }

    get items() {
        return this.props.record.data[this.props.name] || [];
    }

    get canTick() {
        return Boolean(this.props.record.data.can_act);
    }

    async onTick(item) {
        const { record } = this.props;
        try {
            await this.orm.call(record.resModel, "action_tick", [[record.resId], item.id]);
        } finally {
            await record.model.load();
        }
    }
}

registry.category("fields").add("service_checklist", {
    component: ServiceChecklist,
    supportedTypes: ["json"],
    isEmpty: () => false,
});
