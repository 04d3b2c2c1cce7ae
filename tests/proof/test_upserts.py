"""No INSERT ... ON CONFLICT meets a row that is hidden: its WHERE would show what the policy hides (decision 12)."""

from __future__ import annotations

import pytest

from houvast.database import Connection, DatabaseError, connect, run, run_query
from tests.proof.scene import Scene

OPEN_TO_BOTH = """
SELECT n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = 'hv_' || n.nspname
WHERE c.relkind = 'v' AND pg_get_userbyid(c.relowner) = 'hv_v_' || n.nspname
  AND has_any_column_privilege(r.oid, c.oid, 'INSERT') AND has_any_column_privilege(r.oid, c.oid, 'UPDATE')"""
WITHOUT_TRIGGER = f"""{OPEN_TO_BOTH}
  AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgtype & 4 <> 0)
  AND NOT EXISTS (SELECT FROM pg_attribute k WHERE k.attrelid = c.oid AND k.attname = 'id'
                  AND c.relname = 'orders' AND NOT has_column_privilege(r.oid, c.oid, k.attnum, 'INSERT'))"""
HIDDEN = """SELECT i.id, i.account_id FROM invoice i JOIN account a ON a.id = i.account_id
WHERE i.paid_at IS NOT NULL AND NOT EXISTS (SELECT FROM houvast.c_order_open o WHERE o.person = i.account_id)
  AND NOT EXISTS (SELECT FROM houvast.c_invoice_open o WHERE o.person = i.account_id) LIMIT 1"""
FORGED = """INSERT INTO invoice AS v (id, account_id, number, billing_name, billing_address, total)
VALUES (%s, %s, 'forged', 'f', 'f', 0)
ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE (v.billing_name::text)::int = 1"""


def test_every_view_that_takes_inserts_and_updates_decides_the_insert_or_leaves_keys(administrator: Connection) -> None:
    assert len(run_query(administrator, OPEN_TO_BOTH)) > 10
    assert run_query(administrator, WITHOUT_TRIGGER) == []


def test_a_hidden_invoice_is_not_in_the_error_of_an_upsert(scene: Scene, administrator: Connection) -> None:
    [(number, account)] = run_query(administrator, HIDDEN)
    with connect(scene.door.login("billing_run")) as session:
        run(session, "SELECT houvast.open_use('billing', 'invoice run')")
        assert run_query(session, "SELECT count(*) FROM invoice WHERE id = %s", (number,)) == [(0,)]
        with pytest.raises(DatabaseError) as caught:
            run_query(session, FORGED, (number, account))
    assert "no unique or exclusion constraint" in str(caught.value)


def test_a_key_that_the_database_draws_cannot_be_given(scene: Scene) -> None:
    """Table `orders` says `generated_key: yes`, and so keeps the fast way of inserting."""
    values = "'new', 'A. Voorbeeld', 'Voorbeeldstraat 1', 10"
    with connect(scene.door.login("shop"), autocommit=False) as session:
        run(session, "SELECT houvast.open_use('order', 'a new order')")
        session.commit()
        [(account,)] = run_query(session, "SELECT min(account_id) FROM contact")
        columns = "account_id, status, delivery_name, delivery_address, total"
        made = run_query(session, f"INSERT INTO orders ({columns}) VALUES (%s, {values}) RETURNING id", (account,))
        assert made[0][0] > 0
        for more in ("", " ON CONFLICT (id) DO UPDATE SET total = 1 WHERE (v.total::text)::int = 1"):
            session.rollback()
            with pytest.raises(DatabaseError, match="permission denied"):
                run_query(
                    session, f"INSERT INTO orders AS v (id, {columns}) VALUES (1, %s, {values}){more}", (account,)
                )


def test_the_applications_own_triggers_work_within_an_insert_that_is_decided(
    scene: Scene, administrator: Connection
) -> None:
    """A line of an order changes the total of the order by a trigger of the application's, which names `orders`."""
    [(order,)] = run_query(administrator, "SELECT o.id FROM orders o JOIN account a ON a.id = o.account_id"
                           " WHERE a.closed_at IS NULL AND o.status = 'new' ORDER BY o.id LIMIT 1")  # fmt: skip
    with connect(scene.door.login("shop"), autocommit=False) as session:
        run(session, "SELECT houvast.open_use('order', 'one more line')")
        session.commit()
        [(before,)] = run_query(session, "SELECT total FROM orders WHERE id = %s", (order,))
        run_query(session, "INSERT INTO order_line (order_id, line, product_id, quantity, price)"
                  " VALUES (%s, 99, 1, 2, 10) RETURNING line", (order,))  # fmt: skip
        assert run_query(session, "SELECT total FROM orders WHERE id = %s", (order,)) == [(before + 20,)]
        session.rollback()
