/** What can be dropped without losing what a row holds: it is made again from its text. */
const rebuildable =
  'function|procedure|aggregate|operator|index|policy|trigger|view|rule|cast|constraint|default|not|expression';

const destructive = [
  new RegExp(`\\bdrop\\s+(?!(?:${rebuildable})\\b)`, 'i'),
  /\btruncate\b/i,
  // a new type may round, cut off or refuse what is there
  /\balter\s+table\b.*\balter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b/is,
];

/**
 * Statements on a migration's way up after which data may be gone for good. The body of a function is not looked
 * at, because defining it runs nothing; that of a DO block is. This is a guard against an oversight and no proof:
 * it does not see a DELETE, nor text that is put together and executed.
 */
export function destructiveStatements(migration: string): string[] {
  return withoutText(wayUp(migration))
    .split(';')
    .filter((statement) => destructive.some((pattern) => pattern.test(statement)))
    .map((statement) => statement.replace(/\s+/g, ' ').trim().slice(0, 120));
}

const wayUp = (migration: string) => migration.split(/^\s*--\s*down migration/im)[0] ?? '';

/** Without comments, quoted values and the bodies of functions, whose words mean nothing here. */
const withoutText = (sql: string) =>
  sql
    .replace(/--.*$/gm, '')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/(\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure)\b[^;]*?)(\$\w*\$).*?\2/gis, '$1')
    // temporary tables
    .replace(/\bon\s+commit\s+drop\b/gi, '');
