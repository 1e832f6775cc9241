import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/**
 * Rows that open in a dialog titled by their own name, and new ones by the words of
 * `add-label`: core would say “Create Stages”, after the label of the whole table.
 */
export class ServiceRows extends X2ManyField {
    setup() {
        super.setup();
        const openRecord = this._openRecord;
        this._openRecord = (params) =>
            openRecord({ ...params, title: this.titleOf(params.record) });
    }

    titleOf(record) {
        const { name, display_name } = (record && record.data) || {};
        const { record: parent, addLabel } = this.props;
        const fallback = record ? parent.fields[this.props.name].string : addLabel;
        return name || display_name || fallback || _t("New");
    }
}

registry.category("fields").add("service_rows", { ...x2ManyField, component: ServiceRows });
