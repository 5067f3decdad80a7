"""Units of work beside a migration."""

from app.services import Services
from app.store.database import Row, Transaction


async def test_a_unit_runs_again_where_a_migration_has_just_changed_a_type(services: Services) -> None:
    async def read(tx: Transaction) -> list[Row]:
        return await tx.rows("SELECT * FROM pairs()")

    database = services.database
    await database.rows("CREATE TYPE pair AS (one int)")
    await database.rows("CREATE FUNCTION pairs() RETURNS SETOF pair LANGUAGE sql AS 'SELECT 1'")
    assert [dict(row) for row in await database.unit(read)] == [{"one": 1}]
    await database.rows("DROP FUNCTION pairs")
    await database.rows("ALTER TYPE pair ADD ATTRIBUTE two int")
    await database.rows("CREATE FUNCTION pairs() RETURNS SETOF pair LANGUAGE sql AS 'SELECT 1, 2'")
    assert [dict(row) for row in await database.unit(read)] == [{"one": 1, "two": 2}]
    await database.rows("DROP FUNCTION pairs")
    await database.rows("DROP TYPE pair")
