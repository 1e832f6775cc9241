def post_init_hook(env):
    """With demo data: make the orders, which need the engine and its people."""
    if env.ref("base.module_order_service").demo:
        from .demo import load  # noqa: PLC0415 - not a part of a production server

        load(env)
