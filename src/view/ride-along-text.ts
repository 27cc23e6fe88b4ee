import type {Commit, CommitList, LastDeployed, OutsideChange, RideAlong} from '../plan/ride-along.ts'
import type {ReleaseStep} from '../plan/plan.ts'
import type {ChangeOptions} from './change-text.ts'
import {counted, cutLine, hanging, printable} from './layout.ts'
import {agoText} from './time-text.ts'

const GIT = '    git    '
const FILES = '    files  '
const INDENT = ' '.repeat(GIT.length)

/** What comes along with a release beside its version: commits, and files outside the repository. */
export function rideAlongText(rides: RideAlong | undefined, options: ChangeOptions): string[] {
  if (rides === undefined) return []
  const {commits, takenBack, since, outside} = rides
  const what = (list: CommitList) => counted(list.total, 'commit')
  return [
    ...commitLines(
      commits,
      `${atLeast(commits)}${what(commits)} since ${sinceText(since, options)}`,
      options,
    ),
    ...commitLines(
      takenBack,
      options.palette.yellow(`takes ${what(takenBack)} back, which this tree does not have`),
      options,
    ),
    ...fileLines(outside, options),
  ]
}

/** What a later stage need not say again. */
export function rideAlongKeys({ridesAlong}: ReleaseStep): string[] {
  return [ridesAlong?.commits, ridesAlong?.takenBack].flatMap(list =>
    list === undefined || list.total === 0 ? [] : [commitsKey(list)],
  )
}

/** Nobody reads twenty subjects before a deployment. */
const SHOWN_COMMITS = 5

function commitLines(list: CommitList, heading: string, options: ChangeOptions): string[] {
  if (list.total === 0) return []
  const {palette, width, detail, seen} = options
  const earlier = seen.get(commitsKey(list))
  if (earlier !== undefined) {
    return [GIT + palette.dim(`the same ${counted(list.total, 'commit')} as in ${earlier}`)]
  }
  const limit = detail === 'full' ? list.total : SHOWN_COMMITS
  const hidden = list.total - limit
  return [
    hanging(GIT, heading, width),
    ...list.newest.slice(0, limit).map(commit => INDENT + commitText(commit, width - INDENT.length)),
    ...(hidden > 0 || list.isCut ? [palette.dim(hanging(INDENT, moreText(list, hidden), width))] : []),
  ]
}

function moreText({isCut, command}: CommitList, hidden: number): string {
  const count = isCut ? 'older ones' : `${hidden} more`
  return `and ${count}: ${command}`
}

function commitText({hash, subject, author}: Commit, width: number): string {
  const by = ` (${printable(author)})`
  const start = `${hash.slice(0, 8)} `
  const room = Math.max(20, width - start.length - by.length)
  return cutLine(`${start}${cutLine(printable(subject), room)}${by}`, width)
}

function atLeast(list: CommitList): string {
  return list.isCut ? 'more than ' : ''
}

function sinceText(since: LastDeployed, {nowMs}: ChangeOptions): string {
  const ago = agoText(nowMs - Date.parse(since.at))
  if (since.kind === 'run') return `${since.commit.slice(0, 8)}, deployed ${ago}`
  const why = since.why === 'not-by-deploy' ? 'no run is recorded for it' : 'its commit is not in this clone'
  return `revision ${since.revision}, ${ago} (${why})`
}

/** Marked as objects are. */
function fileLines(outside: readonly OutsideChange[], {palette, width}: ChangeOptions): string[] {
  const marks = {
    changed: palette.yellow('~'),
    new: palette.green('+'),
    gone: palette.red('-'),
    unknown: palette.yellow('?'),
  }
  return outside.map(({path, kind}, index) => {
    const note = kind === 'unknown' ? ' may have changed: the key of its last digest is gone' : ''
    const [first = '', ...rest] = hanging(
      index === 0 ? FILES : INDENT,
      `@ ${printable(path)}${note}`,
      width,
    ).split('\n')
    return [first.replace('@', marks[kind]), ...rest].join('\n')
  })
}

function commitsKey(list: CommitList): string {
  return `commits ${list.newest.map(commit => commit.hash).join(' ')}`
}
