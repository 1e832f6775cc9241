import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";

/**
 * Send a message again; where nobody knows whether it arrived, only if the operator
 * takes the risk that the customer reads it twice.
 *
 * @param {{id: number, state: string}} delivery
 */
export function sendAgain(orm, dialog, delivery) {
    const confirm = () => orm.call("chat.outbox", "action_send_again", [[delivery.id]]);
    if (delivery.state !== "unknown") {
        return confirm();
    }
    dialog.add(ConfirmationDialog, {
        title: _t("Send again?"),
        body: _t("The customer may have the message already, and would get it twice."),
        confirmLabel: _t("Send again"),
        confirm,
        cancel: () => {},
    });
}
