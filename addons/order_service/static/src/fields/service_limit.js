import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/** A bound that zero takes away: “no limit” where it is read, a number while typed. */
export class ServiceLimit extends FloatField {
    get formattedValue() {
        return this.props.readonly && !this.value ? _t("no limit") : super.formattedValue;
    }
}

registry.category("fields").add("service_limit", { ...floatField, component: ServiceLimit });
