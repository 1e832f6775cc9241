from . import app, proof_link, script, site, webhook
