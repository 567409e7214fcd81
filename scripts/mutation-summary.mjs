/**
 * @typedef {{ line: number, column: number }} Position
 * @typedef {object} Mutant
 * @property {string} mutatorName
 * @property {string} status
 * @property {string} [replacement]
 * @property {{ start: Position, end: Position }} location
 *
 * @typedef {{ files: Record<string, { source: string, mutants: Mutant[] }> }} Report
 *
 * @typedef {object} Reason why a mutant survives; it is known by what it changes, not by its line
 * @property {string} file
 * @property {string} original the code that is replaced
 * @property {string} [replacement] all of them, where it is left out
 * @property {string} reason
 */

const enoughPercent = 90;
const killed = ['Killed', 'Timeout'];
const survived = ['Survived', 'NoCoverage'];

/**
 * @param {string} source
 * @param {Mutant['location']} location
 */
function codeAt(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  return onOneLine(lines.join('\n'));
}

/** @param {string} code */
const onOneLine = (code) => code.replace(/\s+/g, ' ').trim();

/**
 * @param {number} part
 * @param {number} whole
 */
const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;

/**
 * A table of every file's score, and the survivors, each with its reason if it has one.
 *
 * @param {Report} report
 * @param {Reason[]} reasons
 */
export function summarizeMutants(report, reasons) {
  const rows = ['| File | Mutants | Killed | Score |', '| --- | ---: | ---: | ---: |'];
  /** @type {string[]} */
  const unexplained = [];
  /** @type {string[]} */
  const explained = [];
  const sum = { killed: 0, all: 0 };
  for (const [file, { source, mutants }] of Object.entries(report.files).sort()) {
    const dead = mutants.filter(({ status }) => killed.includes(status));
    const left = mutants.filter(({ status }) => survived.includes(status));
    const all = dead.length + left.length;
    sum.killed += dead.length;
    sum.all += all;
    if (all === 0) continue;
    rows.push(`| ${file} | ${all} | ${dead.length} | ${percent(dead.length, all)} |`);
    for (const { location, replacement = '', mutatorName } of left) {
      const original = codeAt(source, location);
      const change = onOneLine(replacement);
      const known = reasons.find(
        (one) =>
          one.file === file &&
          one.original === original &&
          (one.replacement === undefined || one.replacement === change),
      );
      const place = `${file}:${location.start.line}`;
      const line = `- ${place} \`${original}\` → \`${change}\` (${mutatorName})`;
      if (known) explained.push(`${line}: ${known.reason}`);
      else unexplained.push(line);
    }
  }
  rows.push(`| together | ${sum.all} | ${sum.killed} | ${percent(sum.killed, sum.all)} |`);
  const text = [
    ...rows,
    ...['', `Survivors with a reason: ${explained.length}`, ...explained],
    ...['', `Survivors without one: ${unexplained.length}`, ...unexplained],
  ].join('\n');
  return { text, isEnough: 100 * sum.killed >= enoughPercent * sum.all };
}
