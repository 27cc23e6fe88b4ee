import {printable} from './layout.ts'

/** What can be told of the pods of a service while they are read. */
export type LogOutput = {
  line(pod: LoggedPod, text: string): void
  /** That it is not ready, or could not be read. */
  about(pod: LoggedPod, problem: string | undefined): void
  note(text: string): void
}

export type LoggedPod = {
  name: string
  namespace: string
  release: string
  container: string
  isReady: boolean
  state: string
  place: {name: string}
}

/** One line of `deploy logs --json`. */
export type LogDocument =
  | ({schema: 1; kind: 'line'; text: string} & PodRef)
  | ({schema: 1; kind: 'pod'; isReady: boolean; state: string; problem: string | undefined} & PodRef)
  | {schema: 1; kind: 'note'; text: string}

type PodRef = {environment: string; namespace: string; release: string; pod: string; container: string}

type Streams = {out: NodeJS.WriteStream; err: NodeJS.WriteStream}

/** Every line and note as a JSON object on a line of its own, nothing beside them. */
export function jsonLogs({out}: Streams): LogOutput {
  const say = (document: LogDocument) => void out.write(`${JSON.stringify(document)}\n`)
  return {
    line: (pod, text) => say({schema: 1, kind: 'line', ...refOf(pod), text}),
    about: (pod, problem) => {
      const {isReady, state} = pod
      say({schema: 1, kind: 'pod', ...refOf(pod), isReady, state, problem})
    },
    note: text => say({schema: 1, kind: 'note', text}),
  }
}

/**
 * The lines alone on one stream, everything about them on the other.
 * @param prefixes how many environments and pods there are: one line's origin is told where it may be another's
 */
export function plainLogs(
  {out, err}: Streams,
  prefixes: {environments: number; isOnePod: boolean},
): LogOutput {
  const note = (text: string) => void err.write(`${printable(text)}\n`)
  return {
    // On a terminal nothing that it would obey; into a file or pipe as it was printed.
    line(pod, text) {
      const whole = prefixOf(pod, prefixes) + text
      out.write(`${out.isTTY ? printable(whole) : whole}\n`)
    },
    about: (pod, problem) => {
      const about = `${pod.name} (${pod.place.name}, release ${pod.release}, container ${pod.container})`
      note(`${about}: ${problem === undefined ? pod.state : `${pod.state}; ${problem}`}`)
    },
    note,
  }
}

function prefixOf(
  pod: LoggedPod,
  {environments, isOnePod}: {environments: number; isOnePod: boolean},
): string {
  return isOnePod ? '' : `${environments > 1 ? `${pod.place.name}/` : ''}${pod.name}  `
}

function refOf({place, namespace, release, name, container}: LoggedPod): PodRef {
  return {environment: place.name, namespace, release, pod: name, container}
}
