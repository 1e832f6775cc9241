import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The picture of a route: SVG made and escaped by the server. */
export class ServiceGraph extends Component {
    static template = "order_service.ServiceGraph";
    static props = { ...standardFieldProps };

    get picture() {
        return this.props.record.data[this.props.name] || "";
    }
}

registry.category("fields").add("service_graph", {
    component: ServiceGraph,
    supportedTypes: ["html"],
    isEmpty: () => false,
});
