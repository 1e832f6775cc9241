def post_init_hook(env):
    """Every company finds its ready-made rules; translations are loaded by now."""
    env["res.company"].search([])._make_notification_rules()
