import {
  DefaultRenderer,
  Listr,
  ListrLogger,
  type ListrTask,
  ProcessOutput,
  Spinner,
  type ListrDefaultRendererLogLevels,
} from 'listr2'
import {type Frame, streamOf, type Terminal} from './frame.ts'
import {cutLine} from './layout.ts'
import type {Palette} from './palette.ts'

/** One line with a spinner before it, and lines under it; it ends when somebody else says so. */
export type LiveTask = {
  title: () => string
  end: Promise<LiveEnd>
  children: readonly LiveTask[]
}

/** `left`: neither good nor bad, somebody else's failure ended it. */
export type LiveEnd = 'done' | 'failed' | 'left'

/** Shows tasks until all have ended; then what they said last stays, or nothing. Titles are asked for at every picture. */
export async function showTasks(
  tasks: readonly LiveTask[],
  {frame, terminal, palette, isKept}: {frame: Frame; terminal: Terminal; palette: Palette; isKept: boolean},
): Promise<void> {
  const titles: (() => void)[] = []
  const spinner = new Spinner()
  const list = new Listr(
    tasks.map(task => listrTask(task, titles)),
    {
      renderer: rendererOn(frame, spinner, () => titles.forEach(update => update())),
      rendererOptions: {
        ...APPEARANCE,
        spinner,
        clearOutput: !isKept,
        ...styleOf(palette),
        logger: loggerOn(terminal),
      },
      concurrent: true,
      exitOnError: false,
      // Ctrl-C is the flow's business: a view that exits would leave a rollout alone.
      registerSignalListeners: false,
    },
  )
  await list.run()
}

const APPEARANCE = {
  collapseSubtasks: false,
  showErrorMessage: false,
  formatOutput: 'truncate',
} as const

/** Ten pictures a second would be as good as twenty, and four are enough. */
const PICTURE_EVERY_MS = 150

function listrTask(live: LiveTask, titles: (() => void)[]): ListrTask<unknown, typeof DefaultRenderer> {
  return {
    title: live.title(),
    task: async (_, task) => {
      titles.push(() => {
        if (task.title !== live.title()) task.title = live.title()
      })
      if (live.children.length > 0) {
        return task.newListr(
          live.children.map(child => listrTask(child, titles)),
          {concurrent: true, exitOnError: false},
        )
      }
      const end = await live.end
      task.title = live.title()
      if (end === 'failed') throw new Error(live.title())
      if (end === 'left') task.skip()
      return undefined
    },
  }
}

/** listr2's own rendering of the tasks on our own frame. */
function rendererOn(frame: Frame, spinner: Spinner, refreshTitles: () => void): typeof DefaultRenderer {
  return class extends DefaultRenderer {
    static override nonTTY = true

    override async render(): Promise<void> {
      const updater = Object.assign((text: string) => frame.paint(text), {
        clear: () => frame.clear(),
        done: () => {},
      })
      Object.assign(this, {updater, truncate: cutLine, wrap: (text: string) => text})
      spinner.start(() => {
        refreshTitles()
        this.update()
      }, PICTURE_EVERY_MS)
    }
  }
}

function loggerOn(terminal: Terminal): ListrLogger<ListrDefaultRendererLogLevels> {
  const stream = streamOf(terminal)
  return new ListrLogger({useIcons: true, processOutput: new ProcessOutput(stream, stream)})
}

function styleOf(palette: Palette) {
  return {
    icon: {
      PENDING: '❯',
      COMPLETED: '✔',
      COMPLETED_WITH_FAILED_SUBTASKS: '✖',
      FAILED: '✖',
      FAILED_WITH_SUBTASKS: '✖',
      SKIPPED_WITH_COLLAPSE: '-',
      WAITING: '·',
    },
    color: {
      PENDING: palette.cyan,
      COMPLETED: palette.green,
      COMPLETED_WITH_FAILED_SUBTASKS: palette.red,
      FAILED: palette.red,
      FAILED_WITH_SUBTASKS: palette.red,
      SKIPPED_WITH_COLLAPSE: palette.dim,
      WAITING: palette.dim,
    },
  }
}
