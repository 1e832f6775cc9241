import { registry } from "@web/core/registry";

const suggested = (name) => `[name=suggested_partner_ids] tr:contains(${name})`;

/** A customer is linked by one button, undone, written to, blocked and unblocked. */
registry.category("web_tour.tours").add("chat_center_bridge_customer", {
    url: "/odoo/action-chat_center_bridge.action_chat_identity",
    steps: () => [
        { trigger: ".o_data_row .o_data_cell:contains(Anna)", run: "click" },
        { trigger: "[name=proof_meaning]:contains(proves nothing)" },
        { trigger: `${suggested("Anna Belova")} button[name=action_chat_link]`, run: "click" },
        { trigger: "[name=partner_id]:contains(Anna Belova)" },
        { trigger: "button[name=chat_undo_link]", run: "click" },
        { trigger: suggested("Anna Belova") },
        { trigger: "button[name=chat_prefer]", run: "click" },
        { trigger: "[name=is_preferred] input:checked" },
        { trigger: "button:contains(Block…)", run: "click" },
        { trigger: ".modal [name=reason] input", run: "edit Advertising" },
        { trigger: ".modal button[name=action_block]", run: "click" },
        { trigger: ".alert:contains(Blocked by):contains(Advertising)" },
        { trigger: "button[name=chat_unblock]", run: "click" },
        { trigger: "button[name=action_begin]", run: "click" },
        { trigger: ".o-chat_center-panel:contains(Earlier conversations):contains(Closed)" },
    ],
});
