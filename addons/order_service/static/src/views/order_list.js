import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListRenderer } from "@web/views/list/list_renderer";
import { serviceListView } from "@order_service/live/live_views";

const COUNTED_UP_TO = 99;

/** Four counters above the operator's list; a click shows their orders. */
export class OrderCounters extends Component {
    static template = "order_service.OrderCounters";
    static props = { list: Object };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ counts: {} });
        // The list does not wait for its counters.
        onMounted(() => this.count());
        onWillUpdateProps(() => {
            this.count();
        });
    }

    get counters() {
        const names = {
            new: [_t("New orders"), "info"],
            late: [_t("Late orders"), "danger"],
            attention: [_t("Need attention"), "warning"],
            postponed: [_t("Postponed orders"), "secondary"],
        };
        return Object.entries(names).map(([filter, [name, color]]) => {
            const count = this.state.counts[filter] || 0;
            return {
                filter,
                name,
                color: count ? color : "light",
                count: count > COUNTED_UP_TO ? `${COUNTED_UP_TO}+` : count,
            };
        });
    }

    async count() {
        const counts = await this.orm.silent.call("sale.order", "get_service_counters", []);
        this.state.counts = counts;
    }

    onClick(counter) {
        const { searchModel } = this.env;
        const [item] = searchModel.getSearchItems((item) => item.name === counter.filter);
        if (item) {
            searchModel.query = [];
            searchModel.toggleSearchItem(item.id);
        }
    }
}

export class OrderListRenderer extends ListRenderer {
    static template = "order_service.OrderListRenderer";
    static components = { ...ListRenderer.components, OrderCounters };
}

registry.category("views").add("order_service_order_list", {
    ...serviceListView,
    Renderer: OrderListRenderer,
});
