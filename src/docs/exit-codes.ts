import {EXIT_CODES} from '../exit-codes.ts'

/** The table of exit codes as Markdown: for the README and for its own page. */
export function exitCodeTable(): string {
  const rows = Object.values(EXIT_CODES).map(({code, meaning}) => `| ${code} | ${meaning} |`)
  return ['| code | meaning |', '|---|---|', ...rows].join('\n')
}
