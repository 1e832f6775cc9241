{
    "name": "Chat Center Bridge: Website",
    "summary": "The chat of website pages, answered by the chat center's queue",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Order Service team",
    "license": "LGPL-3",
    "depends": ["website_livechat", "chat_center_bridge"],
    "data": ["views/portal_chat_templates.xml"],
    "auto_install": True,
}
