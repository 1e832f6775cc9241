from . import discuss_channel, website_visitor
