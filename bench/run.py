"""All figures of the addons: ``bin/bench [part ...]``.

Parts: see ``parts``; ``project`` is the baseline beside a move, ``load`` the first load
by CSV; ``upload``, ``debts`` and ``portal`` are the partner notifications; ``choice``,
``takes``, ``figures``, ``webhook``, ``messages``, ``screen`` and those that begin with
``chat_`` the chat center. Without arguments all of them run, in this order. Figures go
to the file BENCH_REPORT names.
"""

import os
import sys

from report import Report

import odoo.api
import odoo.modules.registry
import odoo.tools


def parts():
    """Name -> (its world, what measures it); they import our addons, so Odoo is
    configured."""
    import assembly
    import chat_choice
    import chat_day
    import chat_doors
    import chat_figures
    import chat_messages
    import chat_order
    import chat_screen
    import chat_takes
    import chat_wake
    import chat_webhook
    import lists
    import load
    import move
    import notifications_debt
    import notifications_portal
    import notifications_upload
    import overdue
    import prices
    import slots
    import submit
    import suggest
    from chat_world import ChatWorld
    from notifications_world import NotificationWorld
    from world import World

    orders = {
        "submit": submit.measure,
        "slots": slots.measure,
        "move": move.measure,
        "overdue": overdue.measure,
        "list": lists.measure,
        "assembly": assembly.measure,
        "suggest": suggest.measure,
        "project": move.measure_project_task,
        "load": load.measure,
        "prices": prices.measure,
    }
    notifications = {
        "upload": notifications_upload.measure,
        "debts": notifications_debt.measure,
        "portal": notifications_portal.measure,
    }
    chats = {
        "choice": chat_choice.measure,
        "takes": chat_takes.measure,
        "figures": chat_figures.measure,
    }
    wires = {
        "webhook": chat_webhook.measure,
        "messages": chat_messages.measure,
        "screen": chat_screen.measure,
    }
    worlds = (
        (World, orders),
        (NotificationWorld, notifications),
        (chat_takes.TakesWorld, chats),
        (chat_wake.WakeBenchWorld, {"chat_wake": chat_wake.measure}),
        (chat_order.OrderWorld, {"chat_order": chat_order.measure}),
        (chat_doors.DoorsWorld, {"chat_doors": chat_doors.measure}),
        (chat_day.DayWorld, {"chat_day": chat_day.measure}),
        (ChatWorld, wires),
    )
    return {
        name: (world, measure)
        for world, measures in worlds
        for name, measure in measures.items()
    }


def main(names):
    """Measure the parts named, or all."""
    database = os.environ["BENCH_DATABASE"]
    odoo.tools.config.parse_config(["-d", database], setup_logging=True)
    registry = odoo.modules.registry.Registry(database)
    known = parts()
    if unknown := set(names) - set(known):
        sys.exit(f"bench: no such part: {', '.join(sorted(unknown))}")
    report, worlds = Report(os.environ["BENCH_REPORT"]), {}
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        for name in names or known:
            print(f"-- {name}", flush=True)
            world, measure = known[name]
            if world not in worlds:
                worlds[world] = world(env)
            measure(worlds[world], report)
            report.write()
    report.show()
    if missed := report.missed():
        sys.exit(f"bench: {len(missed)} of the figures above miss their limit")


if __name__ == "__main__":
    main(sys.argv[1:])
