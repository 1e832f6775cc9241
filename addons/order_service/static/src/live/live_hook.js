import { onMounted, onWillUnmount } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** Ids of the orders a record of any of our models shows. */
export function orderIdOf(record) {
    if (record.resModel === "sale.order") {
        return record.resId;
    }
    const order = record.data.order_id;
    return order ? order.id : false;
}

/** Every record a list or kanban shows, groups included. */
export function shownRecords(root) {
    if (root.records) {
        return root.records;
    }
    return (root.groups || []).flatMap((group) => shownRecords(group.list));
}

/**
 * Run `reload` at once, or after the load that is under way: a second load would cancel
 * the first. A screen whose first load is cancelled stays empty, and a dialog that waits
 * for the load behind it never closes.
 *
 * @param {Object} model relational model of the view
 * @returns {Function} takes the reload to run
 */
export function afterLoading(model) {
    const load = model.load.bind(model);
    let loads = 0;
    let loading = false;
    let waiting = null;

    model.load = async (params) => {
        const mine = ++loads;
        loading = true;
        try {
            return await load(params);
        } finally {
            if (mine === loads) {
                loading = false;
                const reload = waiting;
                waiting = null;
                reload?.();
            }
        }
    };
    return (reload) => {
        if (loading) {
            waiting = reload;
        } else {
            reload();
        }
    };
}

/**
 * Reload a list or kanban when an order it shows has changed or a new one came.
 *
 * @param {Object} model relational model of the view
 */
export function useLiveRecords(model) {
    const live = useService("order_service.live");
    const whenLoaded = afterLoading(model);
    function reload({ orders, arrived }) {
        const root = model.root;
        if (!root || root.editedRecord || root.selection?.length) {
            return;
        }
        if (arrived || shownRecords(root).some((record) => orders.has(orderIdOf(record)))) {
            model.load();
        }
    }
    let stop = () => {};
    // Not before the view stands, and not while a load of the person is under way.
    onMounted(() => {
        stop = live.listen((changed) => whenLoaded(() => reload(changed)));
    });
    onWillUnmount(() => stop());
}
