import {unbreakable, type View} from './view.ts'

/** One event a line (NDJSON); the last line is `run-finished` with the outcome document. */
export function jsonView({write}: {write: (text: string) => void}): View {
  const put = unbreakable(write)
  return {
    on: event => put(`${JSON.stringify(event)}\n`),
    close: () => Promise.resolve(),
  }
}
