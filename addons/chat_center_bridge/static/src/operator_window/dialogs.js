import { Component, onWillStart, useState } from "@odoo/owl";

import { Dialog } from "@web/core/dialog/dialog";
import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus } from "@web/core/utils/hooks";

import { callConversation } from "./conversation";

const { DateTime } = luxon;
const WORK_BEGINS_AT_HOUR = 9;

/** What the dialogs share: they call one door of the conversation, once. */
class ConversationDialog extends Component {
    static components = { Dialog };
    static props = ["thread", "close"];

    setup() {
        this.state = useState({ busy: false });
        useAutofocus({ refName: "first" });
    }

    async send(method, values) {
        this.state.busy = true;
        try {
            await callConversation(this.props.thread, method, values);
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}

/** Close, with one of the direction's reasons if it has any. */
export class CloseDialog extends ConversationDialog {
    static template = "chat_center_bridge.CloseDialog";

    setup() {
        super.setup();
        Object.assign(this.state, { reasons: [], reasonId: "" });
        onWillStart(async () => {
            const choices = await callConversation(this.props.thread, "chat_choices");
            this.state.reasons = choices.reasons;
        });
    }

    get canConfirm() {
        return !this.state.busy && (this.state.reasonId || !this.state.reasons.length);
    }

    confirm() {
        return this.send("chat_close", { reason_id: Number(this.state.reasonId) || false });
    }
}

/** Wait for something without a slot, until a moment. */
export class HoldDialog extends ConversationDialog {
    static template = "chat_center_bridge.HoldDialog";

    setup() {
        super.setup();
        this.state.until = this.asInput(DateTime.local().plus({ hours: 1 }));
    }

    asInput(moment) {
        return moment.toFormat("yyyy-MM-dd'T'HH:mm");
    }

    get presets() {
        const now = DateTime.local();
        const morning = now.plus({ days: 1 }).startOf("day");
        return [
            { name: _t("15 minutes"), until: now.plus({ minutes: 15 }) },
            { name: _t("1 hour"), until: now.plus({ hours: 1 }) },
            { name: _t("3 hours"), until: now.plus({ hours: 3 }) },
            {
                name: _t("Tomorrow morning"),
                until: morning.set({ hour: WORK_BEGINS_AT_HOUR }),
            },
        ];
    }

    choose(preset) {
        this.state.until = this.asInput(preset.until);
    }

    confirm() {
        const until = serializeDateTime(DateTime.fromISO(this.state.until));
        return this.send("chat_hold", { until });
    }
}

/** Give it to an operator, a direction with skills, or back to the queue. */
export class TransferDialog extends ConversationDialog {
    static template = "chat_center_bridge.TransferDialog";

    setup() {
        super.setup();
        Object.assign(this.state, {
            target: "direction",
            operatorId: "",
            directionId: "",
            skillIds: [],
            comment: "",
        });
        onWillStart(async () => {
            this.choices = await callConversation(this.props.thread, "chat_choices");
        });
    }

    get targets() {
        return [
            { value: "direction", name: _t("Direction") },
            { value: "operator", name: _t("Operator") },
            ...(this.props.thread.isChatMine
                ? [{ value: "queue", name: _t("Back to the queue") }]
                : []),
        ];
    }

    get canConfirm() {
        const chosen = {
            queue: true,
            operator: this.state.operatorId,
            direction: this.state.directionId,
        };
        return !this.state.busy && Boolean(chosen[this.state.target]);
    }

    toggleSkill(skillId) {
        const skills = new Set(this.state.skillIds);
        if (!skills.delete(skillId)) {
            skills.add(skillId);
        }
        this.state.skillIds = [...skills];
    }

    confirm() {
        const comment = this.state.comment.trim() || false;
        const doors = {
            queue: ["chat_return", { comment }],
            operator: [
                "chat_transfer_to_operator",
                { operator_id: Number(this.state.operatorId), comment },
            ],
            direction: [
                "chat_transfer_to_direction",
                {
                    direction_id: Number(this.state.directionId),
                    skill_ids: this.state.skillIds,
                    comment,
                },
            ],
        };
        return this.send(...doors[this.state.target]);
    }
}
