import {type FailureTag, imagePattern} from './failure-tags.ts'

export type ContainerStatus = {
  name: string
  image: string
  restartCount: number
  state?: {running?: Run; waiting?: {reason: string}; terminated?: Run}
  lastState?: {terminated?: Run}
}

type Run = {startedAt: string; finishedAt?: string}

export type LogLine = {atMs: number; text: string}
export type LogAnswer =
  | {kind: 'lines'; lines: LogLine[]; isRunning: boolean}
  | {kind: 'refused'; message: string}

type Span = {startMs: number; endMs: number | undefined}

const REQUEST_EVERY_MS = 5000
const MAX_LINES = 200

/**
 * What a simulated container has printed until now; told apart by its image's tag, as its behaviour is.
 * @param environment its variables, `NAME=value`
 */
export function logOf(
  pod: string,
  status: ContainerStatus,
  isPrevious: boolean,
  nowMs: number,
  environment: readonly string[] = [],
): LogAnswer {
  const previous = status.lastState?.terminated
  if (isPrevious && !previous) {
    return refused(`previous terminated container "${status.name}" in pod "${pod}" not found`)
  }
  const {running, terminated} = status.state ?? {}
  const shown = isPrevious ? previous : (running ?? terminated ?? previous)
  if (!shown) {
    const why = waitingFor(status.state?.waiting?.reason)
    return refused(`container "${status.name}" in pod "${pod}" is waiting to start: ${why}`)
  }

  const isRunning = !isPrevious && running !== undefined
  const endMs = shown.finishedAt === undefined ? undefined : Date.parse(shown.finishedAt)
  const lines = linesOf(status, {startMs: Date.parse(shown.startedAt), endMs}, nowMs, environment)
  return {kind: 'lines', lines, isRunning}
}

function linesOf(
  {name, image}: ContainerStatus,
  span: Span,
  nowMs: number,
  environment: readonly string[],
): LogLine[] {
  const start = [line(span.startMs, 'info', `starting ${name} (${image})`)]
  if (hasTag(image, 'crash-env'))
    return [...start, ...environmentLines(span, environment), ...crashLines(span)]
  if (hasTag(image, 'crash')) return [...start, ...crashLines(span)]
  if (hasTag(image, 'oom'))
    return [...start, line(span.startMs + 200, 'info', 'load the dictionaries: 412 MB of 2048 MB')]
  if (hasTag(image, 'never-ready'))
    return [...start, ...repeated(span, nowMs, waitingForDatabase)].slice(-MAX_LINES)
  return [
    ...start,
    line(span.startMs + 50, 'info', 'listening on port 8080'),
    ...repeated(span, nowMs, servedRequest),
  ].slice(-MAX_LINES)
}

function environmentLines({startMs}: Span, environment: readonly string[]): LogLine[] {
  return environment.flatMap(variable => variable.split('\n')).map(text => ({atMs: startMs + 100, text}))
}

function crashLines({startMs, endMs}: Span): LogLine[] {
  const atMs = endMs ?? startMs + 500
  return [
    line(startMs + 300, 'info', 'read /etc/app/config.yaml'),
    line(atMs, 'error', 'cannot start: the setting cache.servers is missing'),
    {atMs, text: '    at readCacheServers (/srv/app/lib/cache.js:41:11)'},
    {atMs, text: '    at main (/srv/app/server.js:17:3)'},
    line(atMs, 'fatal', 'exit with code 1'),
  ]
}

function waitingForDatabase(index: number): [string, string] {
  return ['warning', `database db1001.example.net:3306 does not answer (try ${index + 1}); not ready`]
}

function servedRequest(index: number): [string, string] {
  return ['info', `GET /healthz 200 ${3 + ((index * 7) % 5)} ms`]
}

function repeated(span: Span, nowMs: number, text: (index: number) => [string, string]): LogLine[] {
  const untilMs = span.endMs ?? nowMs
  const count = Math.max(0, Math.floor((untilMs - span.startMs) / REQUEST_EVERY_MS))
  const first = Math.max(0, count - MAX_LINES)
  return Array.from({length: count - first}, (_unused, offset) => {
    const index = first + offset
    return line(span.startMs + (index + 1) * REQUEST_EVERY_MS, ...text(index))
  })
}

function line(atMs: number, level: string, message: string): LogLine {
  return {
    atMs,
    text: JSON.stringify({'@timestamp': new Date(atMs).toISOString(), 'log.level': level, message}),
  }
}

/** As the kubelet words it. */
function waitingFor(reason: string | undefined): string {
  if (reason === 'ErrImagePull') return "image can't be pulled"
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image'
  return reason ?? 'ContainerCreating'
}

function hasTag(image: string, tag: FailureTag): boolean {
  return new RegExp(imagePattern(tag)).test(image)
}

function refused(message: string): LogAnswer {
  return {kind: 'refused', message}
}
