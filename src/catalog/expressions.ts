/** SQL expressions that several queries share. */

/** The oid of the database that the session is connected to. */
export const CURRENT_DATABASE =
  "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";

/** A qualified name, quoted where it must be: `pg_catalog."C"`. */
export function qualifiedName(schema: string, name: string): string {
  return `pg_catalog.quote_ident(${schema}) || '.' || pg_catalog.quote_ident(${name})`;
}

/** An operator as SQL names it: `OPERATOR(public.<)`. `schema` and `operator` are aliases. */
export function operatorName(schema: string, operator: string): string {
  return `'OPERATOR(' || pg_catalog.quote_ident(${schema}.nspname) || '.' || ${operator}.oprname || ')'`;
}

/** A column of type `regproc` as text; null where it refers to no function. */
export function functionOrNull(column: string): string {
  return `NULLIF(${column}::text, '-')`;
}

/** Types of the input arguments of a `pg_proc` row: `integer, text`. */
export function argumentTypes(row: string): string {
  return `(SELECT COALESCE(pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.position), '')
            FROM pg_catalog.unnest(${row}.proargtypes) WITH ORDINALITY AS a(type, position))`;
}

/** The default of a type as an SQL expression. `typdefault` alone is a literal in external form (PostgreSQL docs, pg_type). */
export const TYPE_DEFAULT = `COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass),
                    pg_catalog.quote_literal(t.typdefault))`;
