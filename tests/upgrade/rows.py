"""The rows of a database, or whether those of an older one are all still in it.

rows.py DATABASE             prints each row of each table, as JSON
rows.py DATABASE BEFORE      compares with what was printed before: each row must be there, by the columns it had
"""

import collections
import json
import sqlite3
import sys


def tables(connection):
    """Names of the tables that hold rows of ours: not indexes of words, which are made from them."""
    listed = connection.execute("select name, type from pragma_table_list where schema = 'main'")
    return [name for name, kind in listed if kind == "table" and not name.startswith("sqlite_")]


def rows(connection, table, columns):
    named = ", ".join(f'"{column}"' for column in columns)
    # Bytes are compared as text.
    return ([value.hex() if isinstance(value, bytes) else value for value in row]
            for row in connection.execute(f'select {named} from "{table}"'))


# Unit prices were whole centimes before there were corrections of them, and are ten-thousandths since.
PRICES = {("pieces", "prix_unitaire"), ("mouvements", "cout_unitaire"), ("stocks", "cump")}


def in_ten_thousandths(table, columns, row):
    """A row of centimes as it is kept now."""
    told = dict(zip(columns, row))
    for column in columns:
        if (table, column) not in PRICES or told[column] is None:
            continue
        if column == "cump" and told["stock"] > 0:
            stock = told["stock"]
            told[column] = (200_000 * told["valeur"] + stock) // (2 * stock)
        else:
            told[column] *= 100
    return list(told.values())


def main(database, before=None):
    connection = sqlite3.connect(database)
    if before is None:
        for table in tables(connection):
            columns = [row[1] for row in connection.execute(f'pragma table_info("{table}")')]
            for row in rows(connection, table, columns):
                print(json.dumps([table, columns, row]))
        return 0
    kept = collections.defaultdict(list)
    with open(before, encoding="utf-8") as lines:
        for line in lines:
            table, columns, row = json.loads(line)
            kept[table, tuple(columns)].append(row)
    if not any("corrige_id" in columns for table, columns in kept if table == "mouvements"):
        for (table, columns), old in kept.items():
            old[:] = [in_ten_thousandths(table, columns, row) for row in old]
    lost = 0
    for (table, columns), old in kept.items():
        now = {row[1] for row in connection.execute(f'pragma table_info("{table}")')}
        for column in set(columns) - now:
            print(f"{table}.{column} is gone", file=sys.stderr)
            lost += 1
        if not now.issuperset(columns):
            continue
        there = collections.Counter(map(json.dumps, rows(connection, table, columns)))
        gone = collections.Counter(map(json.dumps, old)) - there
        for row in list(gone)[:3]:
            print(f"{table}: {row}", file=sys.stderr)
        lost += gone.total()
    print(f"{sum(map(len, kept.values()))} rows in {len(kept)} tables, {lost} lost")
    return 1 if lost else 0


sys.exit(main(*sys.argv[1:]))
