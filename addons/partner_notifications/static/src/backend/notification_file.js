import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BinaryField, binaryField } from "@web/views/fields/binary/binary_field";
import { FileUploader } from "@web/views/fields/file_handler";

const BYTES_OF_A_MEGABYTE = 1024 * 1024;

/** Refuses a file that is empty or too big before a byte of it is sent. */
export class TableUploader extends FileUploader {
    static props = { ...FileUploader.props, mostMegabytes: Number };

    async onFileChange(ev) {
        const most = this.props.mostMegabytes;
        const [file] = ev.target.files;
        if (file && !file.size) {
            this.refuse(ev, _t("“%s” is empty.", file.name));
        } else if (file && file.size > most * BYTES_OF_A_MEGABYTE) {
            const name = file.name;
            this.refuse(ev, _t("“%(name)s” is bigger than %(most)s MB: divide it.", { name, most }));
        } else {
            await super.onFileChange(ev);
        }
    }

    refuse(ev, sentence) {
        ev.target.value = null;
        this.notification.add(sentence, { type: "danger" });
    }
}

/** A table to upload; what it may hold is said before it is chosen. */
export class NotificationFileField extends BinaryField {
    static template = "partner_notifications.NotificationFile";
    static components = { FileUploader: TableUploader };
    static props = {
        ...BinaryField.props,
        mostMegabytes: Number,
        mostRows: Number,
    };
    static defaultProps = { acceptedFileExtensions: ".csv,.txt,.xlsx" };

    get limits() {
        return _t("CSV or XLSX, at most %(megabytes)s MB and %(rows)s rows.", {
            megabytes: this.props.mostMegabytes,
            rows: this.props.mostRows.toLocaleString(),
        });
    }
}

registry.category("fields").add("notification_file", {
    ...binaryField,
    component: NotificationFileField,
    extractProps: ({ attrs, options }) => ({
        fileNameField: attrs.filename,
        mostMegabytes: options.most_megabytes,
        mostRows: options.most_rows,
    }),
});
