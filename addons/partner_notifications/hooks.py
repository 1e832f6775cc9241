def post_init_hook(env):
    """Load what the demo data files cannot hold, in a database with demo data."""
    if env.ref("base.module_partner_notifications").demo:
        from .demo import load  # noqa: PLC0415 - not a part of a production server

        load(env)
