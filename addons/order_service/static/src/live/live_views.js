import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { useLiveRecords } from "@order_service/live/live_hook";

export class ServiceListController extends ListController {
    setup() {
        super.setup();
        useLiveRecords(this.model);
    }
}

export class ServiceKanbanController extends KanbanController {
    setup() {
        super.setup();
        useLiveRecords(this.model);
    }
}

export const serviceListView = { ...listView, Controller: ServiceListController };
export const serviceKanbanView = { ...kanbanView, Controller: ServiceKanbanController };

registry.category("views").add("order_service_list", serviceListView);
registry.category("views").add("order_service_kanban", serviceKanbanView);
