import {
    advanceTime,
    animationFrame,
    beforeEach,
    Deferred,
    describe,
    edit,
    expect,
    press,
    queryAllTexts,
    test,
    tick,
} from "@odoo/hoot";
import {
    contains,
    getService,
    makeMockServer,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { ConnectionLostError } from "@web/core/network/rpc";
import { WebClient } from "@web/webclient/webclient";
import { Assembly, byPlace } from "@order_service/assembly/assembly";
import { isBarcode, MarkQueue, readQuantity } from "@order_service/assembly/mark_queue";

const lost = () => Promise.reject(new ConnectionLostError("/web"));

describe("what is typed", () => {
    test("a scanner's number is no quantity", () => {
        expect(isBarcode("2000000000046")).toBe(true);
        expect(isBarcode("20000004")).toBe(true);
        expect(isBarcode("0.956")).toBe(false);
        expect(isBarcode("12")).toBe(false);
    });

    test("a comma is a point, nothing is as ordered, words are refused", () => {
        expect(readQuantity(" 0,956 ")).toBe(0.956);
        expect(readQuantity("")).toBe(null);
        expect(() => readQuantity("two")).toThrow();
        expect(() => readQuantity("1,2,3")).toThrow();
    });
});

test("lines of one place stand together, in the order they came", () => {
    const lines = ["A", "A", "B", "A"].map((place, id) => ({ place, id }));
    const places = byPlace(lines).map((place) => [place.name, place.lines.length]);
    expect(places).toEqual([
        ["A", 2],
        ["B", 1],
        ["A", 1],
    ]);
});

describe("marks on their way", () => {
    test("they do not overtake each other, and a refused one stops nobody", async () => {
        const queue = new MarkQueue();
        const first = new Deferred();
        queue.add(async () => {
            await first;
            expect.step("first");
        });
        const refused = queue.add(() => Promise.reject(new Error("no such goods")));
        const last = queue.add(async () => expect.step("last"));
        expect(queue.waiting).toBe(3);
        await tick();
        expect.verifySteps([]);
        first.resolve();
        await expect(refused).rejects.toThrow("no such goods");
        await last;
        await queue.settled();
        expect.verifySteps(["first", "last"]);
        expect(queue.waiting).toBe(0);
    });

    test("without a network they are kept and sent again, then the rest", async () => {
        const told = [];
        const queue = new MarkQueue(({ offline, waiting }) => told.push([offline, waiting]));
        const answers = [lost, lost, () => Promise.resolve("marked")];
        const scan = queue.add(() => {
            expect.step("scan");
            return answers.shift()();
        });
        const next = queue.add(async () => expect.step("next"));
        await tick();
        expect.verifySteps(["scan"]);
        expect([queue.offline, queue.waiting]).toEqual([true, 2]);
        await advanceTime(3000);
        expect.verifySteps(["scan"]);
        await advanceTime(3000);
        expect(await scan).toBe("marked");
        await next;
        await queue.settled();
        expect.verifySteps(["scan", "next"]);
        expect([queue.offline, queue.waiting]).toEqual([false, 0]);
        expect(told.at(-1)).toEqual([false, 0]);
    });

    test("a closed screen does not try for ever", async () => {
        const queue = new MarkQueue();
        const scan = queue.add(lost);
        await tick();
        queue.close();
        await advanceTime(3000);
        await expect(scan).rejects.toThrow(/couldn't be established/);
    });
});

describe("the screen", () => {
    defineMailModels();
    const LINE = {
        barcode: "2000000000046",
        place: "A-01",
        unit: "Units",
        weighed: false,
        ordered: 2,
        found: 0,
        outcome: "",
        key: false,
        wish: "",
        substitute: "",
        asked: false,
        hangs_on: "",
        comes_off: "",
        proposals: [],
    };
    const order = (values = {}, state = {}) => ({
        order: 7,
        number: "S-1",
        task: "Assemble",
        state: "open",
        open: true,
        marked: 0,
        total: 2,
        comment: "",
        currency: 1,
        holder: "",
        warning: "",
        question: "",
        checklist: [],
        lines: [
            { ...LINE, id: 1, name: "Bread", sku: "BREAD", ...values },
            { ...LINE, id: 2, name: "A very long name of a milk", sku: "MILK", barcode: "" },
        ],
        ...state,
    });
    let bus;

    beforeEach(() => {
        mockService("order_service.live", () => ({
            state: { overdue: 0, isStaff: false },
            listen: () => () => {},
        }));
    });

    async function open(context = { active_id: 5 }) {
        onRpc("order.service.task", "get_service_assembly", () => order());
        await makeMockServer();
        await mountWithCleanup(WebClient);
        await getService("action").doAction({
            type: "ir.actions.client",
            tag: "order_service.assembly",
            context,
        });
        bus = getService("barcode").bus;
    }

    test("a scan is sent again with its token, a second scan has another", async () => {
        const tokens = [];
        let failures = 1;
        patchWithCleanup(Assembly.prototype, {
            call(method, args) {
                if (method === "action_service_scan") {
                    tokens.push(args[1]);
                    if (failures-- > 0) {
                        return lost();
                    }
                }
                return super.call(...arguments);
            },
        });
        onRpc("order.service.task", "action_service_scan", ({ args }) => {
            expect(args.slice(0, 2)).toEqual([[5], "2000000000046"]);
            return { ...order({ found: 1, outcome: "short" }, { marked: 1 }), scanned: 1 };
        });
        await open();
        bus.trigger("barcode_scanned", { barcode: "2000000000046" });
        await animationFrame();
        expect(".o_service_assembly header .text-danger").toHaveCount(2);
        await advanceTime(3000);
        await animationFrame();
        expect(".o_service_marked").toHaveText("1 / 2");
        expect("[data-sku=BREAD]").toHaveClass("o_service_scanned");
        bus.trigger("barcode_scanned", { barcode: "2000000000046" });
        await animationFrame();
        expect(tokens).toHaveLength(3);
        expect(tokens[0]).toBe(tokens[1]);
        expect(tokens[2]).not.toBe(tokens[0]);
    });

    test("what comes off with a lost key item says so and has no buttons", async () => {
        onRpc("order.service.task", "action_service_missing", () =>
            order(
                { outcome: "found", found: 2, hangs_on: "Milk", comes_off: "Milk" },
                { marked: 2, warning: "The customer is called." }
            )
        );
        await open();
        await contains("[data-sku=MILK] button.o_service_missing").click();
        await animationFrame();
        expect("[data-sku=BREAD]").toHaveClass("o_service_came_off");
        expect("[data-sku=BREAD] .o_service_comes_off").toHaveText(
            "Comes off with Milk: take it out of the bag."
        );
        expect("[data-sku=BREAD] button").toHaveCount(0);
        expect("[data-sku=BREAD] .o_service_hangs_on").toHaveCount(0);
        expect(".o_service_warning").toHaveText("The customer is called.");
        expect(".o_service_marked").toHaveText("2 / 2");
    });

    test("a box says what it shows, and a refused tick is taken back", async () => {
        const ITEM = { id: 3, name: "Bags are labelled", by: "" };
        const ticked = (done) => order({}, { checklist: [{ ...ITEM, done }] });
        let refuse = false;
        onRpc("order.service.task", "action_service_found", () => ticked(false));
        onRpc("order.service.task", "action_service_tick", ({ args }) => {
            expect.step(`tick ${args[2]}`);
            if (refuse) {
                throw makeServerError({ message: "A colleague has had the task." });
            }
            return ticked(args[2]);
        });
        await open();
        expect(".o_service_checklist").toHaveCount(0);
        await contains("[data-sku=MILK] .o_service_found").click();
        await contains(".o_service_checklist input").click();
        expect(".o_service_checklist input").toBeChecked();
        refuse = true;
        await contains(".o_service_checklist input").click();
        await animationFrame();
        expect(".o_service_checklist input").toBeChecked();
        expect.verifySteps(["tick true", "tick false"]);
    });

    test("what is left of the checklist is asked about once all is marked", async () => {
        onRpc("order.service.task", "action_service_all_found", () =>
            order({}, { marked: 2, question: "Not ticked: Bags. Finish all the same?" })
        );
        onRpc("order.service.task", "action_done", () => {
            expect.step("done");
            return false;
        });
        await open();
        await contains(".o_service_all_found").click();
        await contains(".o_service_finish").click();
        expect(".modal-body").toHaveText("Not ticked: Bags. Finish all the same?");
        expect.verifySteps([]);
        await contains(".modal-footer .btn-secondary").click();
        expect.verifySteps([]);
        await contains(".o_service_finish").click();
        await contains(".modal-footer .btn-primary").click();
        await animationFrame();
        expect.verifySteps(["done"]);
    });

    test("a refused scan is a note, and the next one counts", async () => {
        onRpc("order.service.task", "action_service_scan", ({ args }) => {
            if (args[1] === "11111111") {
                throw makeServerError({ message: "11111111 is nothing of order S-1." });
            }
            return { ...order({ outcome: "found", found: 2 }, { marked: 1 }), scanned: 1 };
        });
        await open();
        bus.trigger("barcode_scanned", { barcode: "11111111" });
        await animationFrame();
        await animationFrame();
        expect(queryAllTexts(".o_notification_content")).toEqual([
            "11111111 is nothing of order S-1.",
        ]);
        expect(".modal").toHaveCount(0);
        bus.trigger("barcode_scanned", { barcode: "2000000000046" });
        await animationFrame();
        await animationFrame();
        expect(".o_service_marked").toHaveText("1 / 2");
    });

    test("a barcode typed into a quantity is a scan, Enter is “Found”", async () => {
        onRpc("order.service.task", "action_service_scan", ({ args }) => {
            expect.step(`scan ${args[1]}`);
            return { ...order(), scanned: 1 };
        });
        onRpc("order.service.task", "action_service_found", ({ args }) => {
            expect.step(`found ${args[1]} ${args[2]}`);
            return order({ found: 1.5, outcome: "short" });
        });
        await open();
        await contains("[data-sku=MILK] input").click();
        await edit("2000000000046");
        await press("Enter");
        await animationFrame();
        await contains("[data-sku=MILK] input").click();
        await edit("1,5");
        await press("Enter");
        await animationFrame();
        expect.verifySteps(["scan 2000000000046", "found 2 1.5"]);
        await contains("[data-sku=MILK] input").click();
        await edit("many");
        await press("Enter");
        await animationFrame();
        expect(".o_notification_content").toHaveText("“many” is not a number.");
    });

    test("a tab that is closed with marks on their way asks first", async () => {
        const answer = new Deferred();
        onRpc("order.service.task", "action_service_missing", () => answer);
        await open();
        await contains("[data-sku=BREAD] button.o_service_missing").click();
        const asked = new Event("beforeunload", { cancelable: true });
        window.dispatchEvent(asked);
        expect(asked.defaultPrevented).toBe(true);
        answer.resolve(order({ outcome: "missing" }, { marked: 1 }));
        await animationFrame();
        await animationFrame();
        const free = new Event("beforeunload", { cancelable: true });
        window.dispatchEvent(free);
        expect(free.defaultPrevented).toBe(false);
    });

    test("without its task the screen says where to open it", async () => {
        await open({});
        expect(".o_service_assembly").toHaveText(/Open the assembly from its task/);
    });
});
