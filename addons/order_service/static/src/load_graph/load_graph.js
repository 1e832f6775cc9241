import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";

const WORK = "minutes";
const STAFF = "staff_minutes";

/** Minutes of work and, beside each bar, those of the people on shift. */
export class LoadGraphModel extends GraphModel {
    async _loadDataPoints(metaData) {
        const loaded = await super._loadDataPoints(metaData);
        if (metaData.measure !== WORK) {
            return loaded;
        }
        const [work, currencies] = loaded;
        const [staff] = await super._loadDataPoints({ ...metaData, measure: STAFF });
        const named = (point, measure) => {
            const { string } = metaData.fields[measure];
            return {
                ...point,
                labels: [...point.labels, string],
                identifier: `${point.identifier} ${measure}`,
            };
        };
        // the same groups in the same turn: only the figure is another
        const pairs = work.flatMap((point, index) => [
            named(point, WORK),
            named(staff[index], STAFF),
        ]);
        return [pairs, currencies];
    }
}

registry.category("views").add("order_service_load_graph", {
    ...graphView,
    Model: LoadGraphModel,
});
