{
    "name": "Partner Notifications: Website",
    "summary": "The bell of notifications in the header of every website page",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Order Service team",
    "license": "LGPL-3",
    "depends": ["website", "partner_notifications"],
    "data": ["views/website_templates.xml"],
    "auto_install": True,
}
