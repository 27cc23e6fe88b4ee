import {type FailureTag, imagePattern} from './failure-tags.ts'

/*
 * Go templates that kwok renders to the status of a pod. A container's status is written as one flow mapping, so that
 * nothing hangs on indentation. Lists of container statuses are replaced whole by a patch, so each template writes all.
 */

const MARK =
  '{{ $now := Now }}{{ $pod := . }}{{ $unready := list }}{{ $before := dict }}{{ range .status.conditions }}{{ $_ := set $before .type . }}{{ end }}'

const IDENTITY = 'name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: {{ .image | Quote }}'

/** A pod's first status: every container runs, except that some have another state or are not ready. */
export function startTemplate(rules: {
  phase: 'Running' | 'Pending'
  /** Containers to treat apart, and how; the others simply run. */
  apart?: {tags: FailureTag[]; status: string; ready: string}
}): string {
  const {apart} = rules
  const matches = apart ? `regexMatch ${quoted(imagePattern(...apart.tags))} .image` : 'false'
  return [
    MARK,
    `{{ range .spec.containers }}{{ if and (${matches}) (not (${apart?.ready ?? 'true'})) }}{{ $unready = append $unready .name }}{{ end }}{{ end }}`,
    CONDITIONS,
    'containerStatuses:',
    '{{ range .spec.containers }}',
    `{{ if ${matches} }}`,
    `- {${IDENTITY}, restartCount: 0, ${apart?.status ?? RUNNING('true')}}`,
    '{{ else }}',
    `- {${IDENTITY}, restartCount: 0, ${RUNNING('true')}}`,
    '{{ end }}{{ end }}',
    INIT_CONTAINERS,
    'hostIP: {{ NodeIPWith .spec.nodeName | Quote }}',
    'podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") | Quote }}',
    `phase: ${rules.phase}`,
    'startTime: {{ $now | Quote }}',
  ].join('\n')
}

/** A later status: the containers of these tags change, the others stay as they are. */
export function changeTemplate(rules: {
  tags: FailureTag[]
  status: string
  ready: string
  phase?: string
}): string {
  const matches = `regexMatch ${quoted(imagePattern(...rules.tags))} .image`
  return [
    MARK,
    `{{ range $i, $c := .status.containerStatuses }}{{ with $c }}{{ if ${matches} }}${SPEC}{{ if not (${rules.ready}) }}{{ $unready = append $unready .name }}{{ end }}{{ else if not .ready }}{{ $unready = append $unready .name }}{{ end }}{{ end }}{{ end }}`,
    CONDITIONS,
    'containerStatuses:',
    '{{ range $i, $c := .status.containerStatuses }}{{ with $c }}',
    `{{ if ${matches} }}${SPEC}`,
    `- {${IDENTITY}, ${rules.status}}`,
    '{{ else }}',
    '- {{ toJson . }}',
    '{{ end }}{{ end }}{{ end }}',
    ...(rules.phase === undefined ? [] : [`phase: ${rules.phase}`]),
  ].join('\n')
}

/** All containers have done their work. */
export const COMPLETE_TEMPLATE = [
  MARK,
  'conditions:',
  ...['Initialized', 'Ready', 'ContainersReady'].map(type => {
    const status = type === 'Initialized' ? 'True' : 'False'
    return `- {type: ${type}, status: "${status}", reason: PodCompleted, lastTransitionTime: {{ $now | Quote }}}`
  }),
  'containerStatuses:',
  '{{ range .status.containerStatuses }}',
  `- {${IDENTITY}, restartCount: {{ .restartCount }}, ready: false, started: false, state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ or .state.running.startedAt $now | Quote }}, finishedAt: {{ $now | Quote }}}}}`,
  '{{ end }}',
  'phase: Succeeded',
].join('\n')

/** The status of a running container; `ready` is a template expression. */
export function RUNNING(ready: string): string {
  return `ready: {{ ${ready} }}, started: true, state: {running: {startedAt: {{ $now | Quote }}}}, ${containerId('0')}`
}

/** The status of a container that waits; the message may use the container as `.`. */
export function WAITING(reason: string, message: string): string {
  return `ready: false, started: false, state: {waiting: {reason: ${reason}, message: {{ ${message} | Quote }}}}`
}

/** Running again, one restart later; what ended it before is kept as its last state. */
export const RESTARTED = `restartCount: {{ add (toString .restartCount) 1 }}, ready: {{ not $spec.readinessProbe }}, started: true, state: {running: {startedAt: {{ $now | Quote }}}}, lastState: {terminated: {{ or .state.terminated .lastState.terminated | toJson }}}, ${containerId('add (toString .restartCount) 1')}`

/** How a container of a failing tag ended. */
export const ENDED = `exitCode: {{ if regexMatch ${quoted(imagePattern('oom'))} .image }}137{{ else }}1{{ end }}, reason: {{ if regexMatch ${quoted(imagePattern('oom'))} .image }}OOMKilled{{ else }}Error{{ end }}, startedAt: {{ or .state.running.startedAt $now | Quote }}, finishedAt: {{ $now | Quote }}, ${containerId('.restartCount')}`

/** A container whose readiness nobody probes counts as ready while it runs, as on a real node. */
export const READY_WITHOUT_PROBE = 'not .readinessProbe'

/** As a kubelet words it; seconds as in nextBackoff. */
export const BACKOFF_MESSAGE = `printf "back-off %s restarting failed container=%s pod=%s_%s(%s)" (index (list "10s" "20s" "40s" "1m20s" "2m40s" "5m0s") (min (sub (toString .restartCount) 1) 5)) .name $pod.metadata.name $pod.metadata.namespace $pod.metadata.uid`

const SPEC = '{{ $spec := index $pod.spec.containers $i }}'

const CONDITIONS = `conditions:
- {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ or (.status.startTime) $now | Quote }}}
- {type: Initialized, status: "True", lastTransitionTime: {{ or (.status.startTime) $now | Quote }}}
{{ $status := ternary "False" "True" (gt (len $unready) 0) }}
{{ range list "ContainersReady" "Ready" }}
{{ $was := index $before . }}
{{ $since := $now }}{{ if and $was (eq $was.status $status) }}{{ $since = $was.lastTransitionTime }}{{ end }}
{{ if $unready }}
- {type: {{ . }}, status: "False", reason: ContainersNotReady, message: 'containers with unready status: [{{ join " " $unready }}]', lastTransitionTime: {{ $since | Quote }}}
{{ else }}
- {type: {{ . }}, status: "True", reason: null, message: null, lastTransitionTime: {{ $since | Quote }}}
{{ end }}{{ end }}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}`

const INIT_CONTAINERS = `initContainerStatuses:
{{ range .spec.initContainers }}
{{ if eq (or .restartPolicy "") "Always" }}
- {${IDENTITY}, restartCount: 0, ready: true, started: true, state: {running: {startedAt: {{ $now | Quote }}}}}
{{ else }}
- {${IDENTITY}, restartCount: 0, ready: true, started: false, state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}}
{{ end }}{{ end }}`

function containerId(restarts: string): string {
  return `containerID: {{ printf "%s/%s/%v" $pod.metadata.uid .name (${restarts}) | sha256sum | printf "containerd://%s" | Quote }}`
}

function quoted(pattern: string): string {
  return `\`${pattern}\``
}
