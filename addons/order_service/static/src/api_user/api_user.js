import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Where the login of a site lands: it works over the API and has no screens. */
export class ApiUser extends Component {
    static template = "order_service.ApiUser";
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
    }

    openPreferences() {
        return this.action.doAction("base.action_res_users_my");
    }
}

registry.category("actions").add("order_service.api_user", ApiUser);
