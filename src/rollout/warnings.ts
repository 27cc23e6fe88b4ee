import {timeOf} from './text.ts'
import type {ApiObject, Baseline, WorkloadRef} from './verdict.ts'

/** What Kubernetes complained of, from an event of type Warning. */
export type Warning = {
  reason: string
  message: string
  /** The container it is about, where it names one. */
  container: string | undefined
  firstAtMs: number | undefined
  lastAtMs: number | undefined
}

/**
 * The warnings that happened since the rollout began, by the UID of what they are about, the newest last. Worked out when
 * asked for: most pods are well, and a namespace has more events than anything else.
 */
export function freshWarnings(
  events: readonly ApiObject[],
  baseline: Baseline,
): (uid: string) => readonly Warning[] {
  const byObject = Map.groupBy(events, event => loose(event).involvedObject?.uid ?? '')
  return uid => newWarnings(byObject.get(uid) ?? [], baseline)
}

/** Those about whatever has this name, the newest last. */
export function warningsAbout(
  {kind, namespace, name}: WorkloadRef,
  events: readonly ApiObject[],
  baseline: Baseline,
): readonly Warning[] {
  const about = events.filter(event => {
    const {involvedObject} = loose(event)
    return (
      involvedObject?.kind === kind && involvedObject.name === name && involvedObject.namespace === namespace
    )
  })
  return newWarnings(about, baseline)
}

function newWarnings(events: readonly ApiObject[], baseline: Baseline): Warning[] {
  return events
    .filter(event => event.type !== 'Normal' && isNews(event, baseline))
    .map(warningOf)
    .sort(byTime)
}

/** The newest event about an object, of any type and any time. */
export function lastEvent(events: readonly ApiObject[], uid: string): Warning | undefined {
  return events
    .filter(event => loose(event).involvedObject?.uid === uid)
    .map(warningOf)
    .sort(byTime)
    .at(-1)
}

function isNews(event: ApiObject, baseline: Baseline): boolean {
  return eventCount(event) > (baseline.eventCounts.get(event.metadata.uid ?? '') ?? 0)
}

/** How often an event happened: the kubelet raises a count instead of writing it again. */
export function eventCount(event: ApiObject): number {
  return loose(event).series?.count ?? loose(event).count ?? 1
}

function warningOf(event: ApiObject): Warning {
  const {reason = '', message = '', involvedObject, firstTimestamp, lastTimestamp, eventTime} = loose(event)
  return {
    reason,
    message,
    container: /\{(.+)\}$/.exec(involvedObject?.fieldPath ?? '')?.[1],
    firstAtMs: timeOf(firstTimestamp ?? eventTime),
    lastAtMs: timeOf(lastTimestamp ?? eventTime),
  }
}

/** The same order whatever order the list came in. */
function byTime(a: Warning, b: Warning): number {
  return (a.lastAtMs ?? 0) - (b.lastAtMs ?? 0) || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0)
}

// biome-ignore lint/suspicious/noExplicitAny: an event's own fields (core/v1 Event)
function loose(event: ApiObject): any {
  return event
}
