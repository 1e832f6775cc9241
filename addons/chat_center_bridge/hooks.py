MODULE = "chat_center_bridge"


def post_init_hook(env):
    """Customers read who speaks to them; a demo gets what its files cannot hold."""
    company = env.ref("base.main_company")
    queue = env.ref(f"{MODULE}.partner_queue")
    queue.name = queue.with_context(lang=company.partner_id.lang).env._("Chat center")
    if env.ref("base.module_chat_center_bridge").demo:
        from .demo import load  # noqa: PLC0415 - not a part of a production server

        load(env)


def uninstall_hook(env):
    """What is gone leaves no work behind, and what was said keeps who said it.

    Jobs of its models would wait for ever, or fail. The queue's own partner stays: core
    lets no session be without an operator, and messages name their author.
    """
    models = [
        name for name, model in env.registry.items() if model._original_module == MODULE
    ]
    env["queue.job"].search([("model_name", "in", models)]).unlink()
    own = [("module", "=", MODULE), ("name", "=", "partner_queue")]
    env["ir.model.data"].search(own).unlink()
