import { onMounted, onWillUnmount } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { ServiceStatusBarButtons } from "@order_service/form/status_bar_buttons";
import { afterLoading, orderIdOf } from "@order_service/live/live_hook";

/** A form of an order or a task that follows what colleagues do with the order. */
export class ServiceFormController extends FormController {
    setup() {
        super.setup();
        this.live = useService("order_service.live");
        this.liveNotification = useService("notification");
        this.closeOffer = null;
        this.whenLoaded = afterLoading(this.model);
        let stop = () => {};
        onMounted(() => {
            stop = this.live.listen(({ orders }) =>
                this.whenLoaded(() => this.onOrdersChanged(orders))
            );
        });
        onWillUnmount(() => {
            stop();
            this.closeOffer?.();
        });
    }

    /** As on a narrower screen: one column that scrolls as a whole. */
    get className() {
        const { "o_xxl_form_view h-100": _wide, ...names } = super.className;
        return names;
    }

    async onOrdersChanged(orders) {
        const record = this.model.root;
        if (!record?.resId || !orders.has(orderIdOf(record))) {
            return;
        }
        if (await record.isDirty()) {
            this.offerReload();
        } else {
            // the person may have begun a load meanwhile
            this.whenLoaded(() => this.model.load());
        }
    }

    offerReload() {
        this.closeOffer?.();
        this.closeOffer = this.liveNotification.add(
            _t("A colleague has changed this order. Your edits are not saved yet."),
            {
                type: "warning",
                sticky: true,
                buttons: [
                    {
                        name: _t("Drop my edits and reload"),
                        onClick: () => {
                            this.closeOffer?.();
                            this.closeOffer = null;
                            return this.model.load();
                        },
                    },
                ],
            }
        );
    }
}

/** The goods need the width: messages stand below them on every screen. */
export class ServiceFormRenderer extends FormRenderer {
    static components = {
        ...FormRenderer.components,
        StatusBarButtons: ServiceStatusBarButtons,
    };

    mailLayout(hasAttachmentContainer) {
        const layout = super.mailLayout(hasAttachmentContainer);
        return layout === "SIDE_CHATTER" ? "BOTTOM_CHATTER" : layout;
    }
}

registry.category("views").add("order_service_form", {
    ...formView,
    Controller: ServiceFormController,
    Renderer: ServiceFormRenderer,
});
