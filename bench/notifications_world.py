"""Debtors, their persons and a ledger to measure notifications with; made by SQL."""

from contextlib import contextmanager

from odoo.tools import SQL

from odoo.addons.partner_notifications.tests.common import NotificationBuilders

COMPANIES = 100_000
LINES_A_COMPANY = 10
EURO_SHARE = 10  # one debtor in so many owes in euros too
PASSWORD = "bench"


class NotificationWorld(NotificationBuilders):
    """The builders of the tests with a wholesaler's ledger, two languages in it."""

    def __init__(self, env):
        env = env(context={})
        env["res.lang"]._activate_lang("ru_RU")
        self.set_up_notifications(env)
        self.company.partner_id.lang = "ru_RU"
        self.set_up_ledger()
        self.euro = self.env.ref("base.EUR")
        self.euro.active = True
        self.sample = self._partner("Sample", lang="ru_RU")
        self.person = self._persons(self.sample)
        # of the first language: another one would be redirected to its own address
        self.person.write({"password": PASSWORD, "lang": "en_US"})
        self.env.cr.commit()

    def fill_ledger(self):
        """100 000 companies, each with a person in the portal and ten open lines."""
        if self.env["account.move.line"].search_count([], limit=1):
            return
        self._clone_companies()
        self._clone_lines()
        self.settle()

    def settle(self):
        """Commit and vacuum all, or autovacuum does it while a figure is taken."""
        self.env.cr.commit()
        self.env.cr.connection.autocommit = True
        self.env.cr.execute("VACUUM ANALYZE")
        self.env.cr.connection.autocommit = False
        self.env.invalidate_all()

    # -- rows --------------------------------------------------------------------------

    def _clone_companies(self):
        person = self.person.partner_id
        first = self._next_id("res_partner")
        name = SQL("'Company ' || n")
        own = {
            "id": SQL("%s + n", first),
            "commercial_partner_id": SQL("%s + n", first),
            "name": name,
            "complete_name": name,
            "commercial_company_name": name,
        }
        self.clone("res_partner", self.sample.id, COMPANIES, own)
        name = SQL("'Person ' || n")
        own |= {
            "id": SQL("%s + n", first + COMPANIES),
            "parent_id": SQL("%s + n", first),
            "name": name,
            "complete_name": name,
            "email": SQL("'person' || n || '@example.com'"),
        }
        self.clone("res_partner", person.id, COMPANIES, own)
        users = self._next_id("res_users")
        self.user_ids = range(users, users + COMPANIES)
        own = {
            "id": SQL("%s + n", users),
            "partner_id": SQL("%s + n", first + COMPANIES),
            "login": SQL("'person' || n"),
        }
        self.clone("res_users", self.person.id, COMPANIES, own)
        self.clone(
            "res_groups_users_rel",
            self.person.id,
            COMPANIES,
            {"uid": SQL("%s + n", users)},
            key="uid",
        )
        self.first_partner, self.first_person = first, first + COMPANIES
        for table in ("res_partner", "res_users"):
            self._catch_up(table)

    def _clone_lines(self):
        """Each amount another one; every tenth company owes in euros too."""
        move = self._debt(self.sample, 50)  # too little to be told
        line = move.line_ids.filtered(lambda line: line.account_id == self.receivable)
        self.env.flush_all()
        amount = SQL("(100 + (n::bigint * 7919) %% 1000003 / 100.0)")
        own = {
            "id": SQL("%s + n", self._next_id("account_move_line")),
            "partner_id": SQL("%s + n %% %s", self.first_partner, COMPANIES),
            "currency_id": SQL(
                "CASE WHEN n %% %s = 0 THEN %s ELSE currency_id END",
                EURO_SHARE,
                self.euro.id,
            ),
            **dict.fromkeys(
                (
                    "balance",
                    "debit",
                    "amount_currency",
                    "amount_residual",
                    "amount_residual_currency",
                ),
                amount,
            ),
        }
        self.clone("account_move_line", line.id, COMPANIES * LINES_A_COMPANY, own)
        self._catch_up("account_move_line")

    def clone(self, table, row_id, count, own, key="id"):
        """``count`` copies of a row, numbered n = 0 ...

        :param dict own: column -> SQL of what differs
        """
        names = self._columns(table)
        columns = SQL(", ").join(map(SQL.identifier, names))
        values = SQL(", ").join(own.get(name, SQL.identifier(name)) for name in names)
        with self.bare(table):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO %(table)s (%(columns)s)
                       SELECT %(values)s
                         FROM generate_series(0, %(last)s) AS series (n)
                        CROSS JOIN (SELECT * FROM %(table)s WHERE %(key)s = %(row)s
                                     LIMIT 1) AS sample""",
                    table=SQL.identifier(table),
                    columns=columns,
                    values=values,
                    last=count - 1,
                    key=SQL.identifier(key),
                    row=row_id,
                )
            )

    @contextmanager
    def bare(self, table):
        """Without foreign keys and plain indexes inside the block: filled many times
        as fast, and the indexes are as compact as after a REINDEX."""
        keys = self.env.execute_query(
            SQL(
                """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE conrelid = %s::regclass AND contype = 'f'""",
                table,
            )
        )
        indexes = self.env.execute_query(
            SQL(
                """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
                     FROM pg_index WHERE indrelid = %s::regclass
                      AND NOT indisunique""",
                table,
            )
        )
        execute = self.env.cr.execute
        quoted = SQL.identifier(table)
        for name, _definition in keys:
            execute(
                SQL("ALTER TABLE %s DROP CONSTRAINT %s", quoted, SQL.identifier(name))
            )
        for name, _definition in indexes:
            execute(f"DROP INDEX {name}")
        yield
        execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            execute(definition.replace("%", "%%"), ())
        for name, definition in keys:
            execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')

    def _columns(self, table):
        rows = self.env.execute_query(
            SQL(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_schema = current_schema AND table_name = %s
                      AND is_generated = 'NEVER'""",
                table,
            )
        )
        return [name for (name,) in rows]

    def _next_id(self, table):
        self.env.flush_all()
        query = SQL("SELECT max(id) + 1 FROM %s", SQL.identifier(table))
        return self.env.execute_query(query)[0][0]

    def _catch_up(self, table):
        """The sequence goes on behind the rows with ids given."""
        self.env.cr.execute(
            f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
        )


@contextmanager
def peak_memory():
    """Peak of this process's resident memory inside the block, MB: a one-item list."""
    with open("/proc/self/clear_refs", "w") as reset:
        reset.write("5")
    found = []
    yield found
    with open("/proc/self/status") as status:
        [line] = [line for line in status if line.startswith("VmHWM")]
    found.append(int(line.split()[1]) / 1024)
