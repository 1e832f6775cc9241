"""The gateways of the shop, and who is known at them."""

from dataclasses import dataclass, field

from ..rules.adapter import Sender
from .customers import COURIERS, CUSTOMERS, crowd

# of the discard protocol: whatever the demo sends stays on this machine
NOWHERE = "http://127.0.0.1:9"
CROWD = 36
VISITOR = "Посетитель"


@dataclass(frozen=True)
class Plan:
    """A gateway to be made.

    :param str direction: customers, b2b or couriers
    :param dict account: what the adapter's fields hold
    :param dict values: more of chat.gateway
    """

    gateway_type: str
    name: str
    direction: str = "customers"
    account: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)


GATEWAYS = {
    "telegram": Plan(
        "telegram",
        "Телеграм-бот магазина",
        account={
            "token": "100000001:demo-of-the-shop-without-a-bot",
            "webhook_secret": "demo-secret-of-the-webhook",
        },
    ),
    "whatsapp": Plan(
        "whatsapp",
        "WhatsApp магазина",
        account={
            "phone_number_id": "100000000000001",
            "business_account_id": "100000000000002",
            "access_token": "demo-of-the-shop-without-an-account",
            # as the simulator of messengers signs
            "app_secret": "0123456789abcdef0123456789abcdef",
            "verify_token": "demo-verify-token",
        },
    ),
    "site": Plan("site", "Чат в личном кабинете", values={"is_on_portal": True}),
    "couriers": Plan(
        "telegram",
        "Телеграм-бот курьеров",
        "couriers",
        account={
            "token": "100000002:demo-of-the-couriers-without-a-bot",
            "webhook_secret": "demo-secret-of-the-couriers",
        },
    ),
}
# customer -> res.partner of order_service's demo
PARTNERS = {
    "Игорь Богданов": "demo_contact_partner1",
    "Людмила Киселёва": "demo_contact_partner2",
}
# writes in the portal
SIGNED_IN = "demo_contact_partner3"


@dataclass(frozen=True)
class People:
    """Who writes: each a chat.identity, or a record of several.

    :param dict known: name -> those who are played
    :param crowd: each writes once
    :param couriers: in the order of ``COURIERS``
    :param signed_in: at the portal
    :param visitors: of the site, whom nobody knows
    """

    known: dict
    crowd: object
    couriers: object
    signed_in: object
    visitors: object


def load_gateways(env):
    """The gateways, live; without a simulator nobody is at the messengers' end.

    :return: dict name -> chat.gateway
    """
    return {name: _make(env, name, plan) for name, plan in GATEWAYS.items()}


def _make(env, name, plan):
    direction = env.ref(f"chat_center_bridge.demo_direction_{plan.direction}")
    gateway = env["chat.gateway"].create(
        {
            "name": plan.name,
            "gateway_type": plan.gateway_type,
            "direction_id": direction.id,
            "company_id": env.company.id,
            **plan.values,
        }
    )
    xml_id = f"chat_center_bridge.demo_gateway_{name}"
    # else the next update of the addon deletes it: no file names it
    env["ir.model.data"]._update_xmlids(
        [{"xml_id": xml_id, "record": gateway, "noupdate": True}]
    )
    account = {**plan.account, "api_url": NOWHERE}
    for row in gateway.setting_ids:
        row.entered = account.get(row.name)
    gateway.action_go_live()
    return gateway


def load_people(env, gateways):
    """Everybody as a gateway knows him.

    :param dict gateways: name -> chat.gateway
    :return: People
    """
    identities = env["chat.identity"]
    known = {one.name: _customer(gateways, one) for one in CUSTOMERS}
    for name, partner in PARTNERS.items():
        _link(known[name], env.ref(f"order_service.{partner}"))
    return People(
        known=known,
        crowd=identities.union(*(_customer(gateways, one) for one in crowd(CROWD))),
        couriers=identities.union(*_couriers(env, gateways["couriers"])),
        signed_in=identities._of_visitor(
            gateways["site"], env.ref(f"order_service.{SIGNED_IN}"), env["mail.guest"]
        ),
        visitors=identities.union(*_visitors(env, gateways["site"])),
    )


def _customer(gateways, customer):
    kind = "whatsapp" if customer.number % 3 == 0 else "telegram"
    gateway = gateways[kind]
    return gateway.env["chat.identity"]._of_sender(gateway, _sender(customer, kind))


def _couriers(env, gateway):
    for user, courier in COURIERS.items():
        sender = _sender(courier, "telegram")
        identity = env["chat.identity"]._of_sender(gateway, sender)
        _link(identity, env.ref(f"order_service.{user}").partner_id)
        yield identity


def _visitors(env, gateway):
    nobody = env["res.partner"]
    for _number in range(2):
        guest = env["mail.guest"].create({"name": VISITOR, "lang": "ru_RU"})
        yield env["chat.identity"]._of_visitor(gateway, nobody, guest)


def _link(identity, partner):
    identity.write({"partner_id": partner.id, "proof": "operator"})


def _sender(customer, kind):
    """The customer as the messenger tells him."""
    if kind == "telegram":
        return Sender(str(customer.chat), name=customer.name, lang="ru")
    return Sender(
        customer.bsuid, phone=customer.phone, bsuid=customer.bsuid, name=customer.name
    )
