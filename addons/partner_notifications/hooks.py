def post_init_hook(env):
    """Every company finds its ready-made rules; translations are loaded by now.

    A database with demo data also gets what demo data files cannot hold.
    """
    env["res.company"].search([])._make_notification_rules()
    if env.ref("base.module_partner_notifications").demo:
        from .demo import load  # noqa: PLC0415 - not a part of a production server

        load(env)
