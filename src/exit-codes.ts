/**
 * The one table of exit codes: help, README and docs are rendered from it.
 * Once anything was touched only 0, 10, 11, 13, 130 and 143 are possible.
 */
export const EXIT_CODES = {
  deployed: {code: 0, meaning: 'deployed, or nothing to do'},
  bug: {code: 1, meaning: 'a bug or an unforeseen fault, before anything was touched'},
  changes: {code: 2, meaning: 'diff --detailed-exitcode: there are changes'},
  'rolled-back': {code: 10, meaning: 'failed; everything is back and verified healthy'},
  'partly-back': {code: 11, meaning: 'failed or interrupted, and not everything is back'},
  declined: {code: 12, meaning: 'declined, or stopped before anything was touched'},
  paused: {
    code: 13,
    meaning: 'paused and healthy as far as it got; deploy resume goes on, deploy abort undoes it',
  },
  usage: {code: 64, meaning: 'wrong usage'},
  'bad-render': {code: 65, meaning: 'charts or values do not render, or the cluster refuses the objects'},
  'not-found': {code: 66, meaning: 'no such service, environment, release or image version'},
  unreachable: {code: 69, meaning: 'a cluster, registry or metrics server cannot be reached'},
  locked: {code: 75, meaning: 'locked by someone else'},
  forbidden: {code: 77, meaning: 'not permitted, naming the permission'},
  'bad-config': {code: 78, meaning: 'the configuration file is wrong'},
  interrupted: {code: 130, meaning: 'interrupted, and everything is back'},
  terminated: {code: 143, meaning: 'terminated, and everything is back'},
} as const satisfies Record<string, {code: number; meaning: string}>

export type ExitKind = keyof typeof EXIT_CODES

/** Whether something may have been touched where it ended so. */
export function isTouchedEnd(kind: ExitKind): boolean {
  return [0, 10, 11, 13, 130, 143].includes(EXIT_CODES[kind].code)
}

/** The process exit code of an end. */
export function exitCodeOf(kind: ExitKind): number {
  return EXIT_CODES[kind].code
}
