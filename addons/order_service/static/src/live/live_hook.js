import { onWillUnmount } from "@odoo/owl";
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
 * Reload a list or kanban when an order it shows has changed or a new one came.
 *
 * @param {Object} model relational model of the view
 */
export function useLiveRecords(model) {
    const live = useService("order_service.live");
    const stop = live.listen(({ orders, arrived }) => {
        const root = model.root;
        if (!root || root.editedRecord || root.selection?.length) {
            return;
        }
        if (arrived || shownRecords(root).some((record) => orders.has(orderIdOf(record)))) {
            model.load();
        }
    });
    onWillUnmount(stop);
}
