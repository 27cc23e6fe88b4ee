import {usableWidth} from './layout.ts'

/**
 * The lines at the bottom of the terminal that are painted over and over. listr2's own writer (log-update) would
 * register signal listeners, and takes a terminal that says it has no columns at its word.
 */
export type Frame = {
  paint(text: string): void
  /** Text that stays, above the frame. */
  above(text: string): void
  /** Take the frame away. */
  clear(): void
}

export type Terminal = {
  write: (text: string) => void
  columns: () => number | undefined
  rows: () => number | undefined
}

export function openFrame(terminal: Terminal): Frame {
  let shown: readonly string[] = []
  // One write a picture: nothing flickers, and nothing gets between.
  const replace = (text: string, lines: readonly string[]) => {
    terminal.write(erase(shown.length) + text + lines.map(line => `${line}\n`).join(''))
    shown = lines
  }
  return {
    paint(text) {
      const lines = fitting(text, terminal)
      if (lines.join('\n') !== shown.join('\n')) replace('', lines)
    },
    above: text => replace(text, shown),
    clear: () => replace('', []),
  }
}

/** The newest lines count where the terminal is too low for all. */
function fitting(text: string, terminal: Terminal): string[] {
  const lines = text === '' ? [] : text.split('\n')
  const rows = terminal.rows() ?? 0
  return rows > 1 ? lines.slice(1 - rows) : lines
}

// From the first column: the terminal echoes what is typed, the `^C` of a Ctrl-C too, and the cursor stands behind it.
function erase(lineCount: number): string {
  return lineCount === 0 ? '' : `\r\u001b[${lineCount}A\u001b[J`
}

/** What listr2 needs of a stream, and no more: it is no terminal to it, so nothing of the real one is touched. */
export function streamOf(terminal: Terminal): NodeJS.WriteStream {
  const stream = {
    write: (text: string) => {
      terminal.write(text)
      return true
    },
    get columns() {
      return usableWidth(terminal.columns())
    },
  }
  return stream as unknown as NodeJS.WriteStream
}
