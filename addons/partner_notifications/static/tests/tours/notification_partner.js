import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const bell = (state) => `.o_notification_bell:visible .o_notification_badge${state}`;
const allBadges = () => [...document.querySelectorAll(".o_notification_badge")];
const article = (words) => `.o_notification:contains("${words}")`;

/** A partner's way: the bell, the filter, acts in place, the answer to a moved delivery. */
registry.category("web_tour.tours").add("partner_notifications_partner", {
    url: "/my",
    steps: () => [
        { content: "Two are new", trigger: bell(":contains(2)") },
        {
            content: "Open the bell",
            trigger: ".o_notification_bell:visible > a",
            run: "click",
        },
        {
            content: "The newest are listed; opening reads nothing",
            trigger: '.o_notification_bell:visible .o_notification_newest a:contains("News for")',
        },
        { trigger: bell(":contains(2)") },
        {
            content: "To the whole list",
            trigger: '.o_notification_bell:visible .o_notification_menu a[href="/my/notifications"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What stands on the screen for two seconds is read, and the bell knows",
            trigger: `${article("News for")}:not(.o_notification_unread)`,
        },
        {
            content: "Keep it as unread",
            trigger: `${article("News for")} .o_notification_keep`,
            run: "click",
        },
        { trigger: `${article("News for")}.o_notification_unread` },
        { trigger: bell(":contains(1)") },
        {
            content: "The badge follows what another tab of the person does",
            trigger: bell(""),
            run: () => new BroadcastChannel("partner_notifications").postMessage("7"),
        },
        { trigger: bell(":contains(7)") },
        {
            content: "Filter by words",
            trigger: "#notification_search",
            run: "edit delivery on",
        },
        {
            trigger: '.o_notification_filters button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Only the moved delivery is left",
            trigger: '.o_notification_list:not(:contains("News for")) .o_notification',
        },
        {
            content: "Another day, please",
            trigger: '.o_notification button[value="other_day"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer stands there with the name of who gave it",
            trigger: '.o_notification_asked:contains("romashka-0")',
        },
        {
            content: "The filter is still there; take it away",
            trigger: "#notification_search:value(delivery on)",
            run: "clear",
        },
        {
            trigger: '.o_notification_filters button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Archive the other one",
            trigger: `${article("News for")} .o_notification_archive`,
            run: "click",
        },
        {
            content: "It is gone, a note says so and takes it back",
            trigger: '.o_notification_list:not(:contains("News for")) .o_notification_undo',
            run: "click",
        },
        {
            content: "It is back; put it off instead",
            trigger: `${article("News for")} .dropdown-toggle`,
            run: "click",
        },
        {
            trigger: `${article("News for")} .o_notification_later[data-until="hour"]`,
            run: "click",
        },
        {
            trigger: '.o_notification_list:not(:contains("News for")) .o_notification_undo',
            run: "click",
        },
        {
            content: "Archive it in the end",
            trigger: `${article("News for")} .o_notification_archive`,
            run: "click",
        },
        {
            content: "It is gone, and the badge with it",
            trigger: '.o_notification_list:not(:contains("News for"))',
        },
        { trigger: ".o_notification_bell:visible .o_notification_badge.d-none:not(:visible)" },
    ],
});

/** A text taller than the screen is read by who has seen its beginning and its end. */
registry.category("web_tour.tours").add("partner_notifications_tall", {
    url: "/my/notifications",
    steps: () => [
        {
            content: "Its end is below the screen",
            trigger: `${article("Long news")}.o_notification_unread`,
            run: ({ anchor }) => {
                const end = anchor.querySelector(".o_notification_end");
                if (anchor.offsetHeight < window.innerHeight) {
                    throw new Error("The text is not taller than the screen");
                }
                end.scrollIntoView({ block: "end", behavior: "instant" });
            },
        },
        { trigger: `${article("Long news")}:not(.o_notification_unread)` },
    ],
});

/** What comes while a page stands open; the test sends it when it is asked for a visit. */
registry.category("web_tour.tours").add("partner_notifications_live", {
    url: "/my",
    steps: () => [
        { trigger: bell(":contains(2)"), run: () => rpc("/my/notifications/visit") },
        { content: "The badge is live", trigger: bell(":contains(3)"), timeout: 30000 },
        {
            content: "A website's second bell shows it too, and the page asked once",
            trigger: bell(":contains(3)"),
            run: async ({ waitUntil }) => {
                await waitUntil(() => allBadges().every((badge) => badge.textContent === "3"));
                const asked = performance
                    .getEntriesByType("resource")
                    .filter(({ name }) => name.endsWith("/my/notifications/count"));
                if (asked.length !== 1) {
                    throw new Error(`The page asked ${asked.length} times`);
                }
            },
        },
    ],
});

/** Wishes are kept, and a mail's link ends the e-mails with a click on its button. */
registry.category("web_tour.tours").add("partner_notifications_preferences", {
    url: "/my/notifications/preferences",
    steps: () => [
        {
            content: "What is off has no copies",
            trigger: 'tr:contains("Topic 1") .o_notification_wish_portal',
            run: "click",
        },
        { trigger: 'tr:contains("Topic 1") .o_notification_wish_copy:disabled' },
        {
            trigger: 'tr:contains("Topic 1") .o_notification_wish_portal',
            run: "click",
        },
        {
            content: "E-mails, please",
            trigger: 'tr:contains("Topic 1") input[name^="email_"]:enabled',
            run: "click",
        },
        {
            content: "A mandatory topic cannot be switched off",
            trigger: 'tr:contains("Delivery moved") .o_notification_wish_portal:disabled:checked',
        },
        {
            trigger: '.o_notification_preferences button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: 'tr:contains("Topic 1") input[name^="email_"]:checked',
        },
    ],
});
registry.category("web_tour.tours").add("partner_notifications_unsubscribe", {
    steps: () => [
        {
            trigger: '.o_notification_unsubscribe button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: '.o_notification_unsubscribe [role="status"]' },
    ],
});

/** The third day asks for a rating; the answer is thanked for and not asked again. */
registry.category("web_tour.tours").add("partner_notifications_rating", {
    url: "/my/notifications",
    steps: () => [
        { trigger: '.o_notification_feedback label:contains("4")', run: "click" },
        { trigger: "#notification_comment", run: "edit More of it" },
        { trigger: '.o_notification_feedback button[type="submit"]', run: "click" },
        { trigger: ".o_notification_thanks:visible" },
    ],
});
