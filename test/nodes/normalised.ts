/**
 * A recording without what another run would have otherwise: times begin at one moment, uids are counted, addresses and
 * ports are those of no machine, and fields that no judge reads are left out.
 */
export function normalised(recorded: Record<string, unknown>): Record<string, unknown> {
  const uids = new Map<string, string>()
  const {before} = recorded as {before: {nowMs: number}}
  const shiftMs = BEGIN_MS - before.nowMs
  const visit = (value: unknown, key = ''): unknown => {
    if (key === 'nowMs') return (value as number) + shiftMs
    if (Array.isArray(value)) return value.map(each => visit(each))
    if (typeof value === 'string') return plain(value, uids, shiftMs)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !isLeftOut(name, key))
        .map(([name, inner]) => [name, visit(inner, name)]),
    )
  }
  return visit(recorded) as Record<string, unknown>
}

const BEGIN_MS = Date.parse('2026-01-01T00:00:00Z')
const LEFT_OUT = new Set([
  'managedFields',
  'volumes',
  'volumeMounts',
  'tolerations',
  'env',
  'envFrom',
  'imageID',
  'containerID',
  'podIP',
  'podIPs',
  'hostIP',
  'hostIPs',
  'schedulerName',
  'dnsPolicy',
  'securityContext',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'serviceAccount',
  'serviceAccountName',
  'enableServiceLinks',
  'preemptionPolicy',
  'priority',
  'reportingComponent',
  'reportingInstance',
  'source',
  'allocatedResources',
  'user',
  'volumeMountsStatus',
  'qosClass',
  'finalizers',
  'revisionHistoryLimit',
  'generateName',
])
const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g

function isLeftOut(name: string, parent: string): boolean {
  if (parent === 'annotations')
    return !/^(deployment\.kubernetes\.io\/revision|deprecated\.daemonset)/.test(name)
  // Of what a workload would make its pods, only the labels say anything: a Service is compared with them.
  return LEFT_OUT.has(name) || (parent === 'template' && name === 'spec')
}

function plain(text: string, uids: Map<string, string>, shiftMs: number): string {
  return text
    .replace(UID, uid => {
      const known = uids.get(uid) ?? `00000000-0000-4000-8000-${String(uids.size + 1).padStart(12, '0')}`
      uids.set(uid, known)
      return known
    })
    .replace(TIME, time => {
      const moved = new Date(Date.parse(time) + shiftMs).toISOString()
      return time.includes('.') ? moved : moved.replace(/\.\d+Z$/, 'Z')
    })
    .replace(/\b10\.7[78]\.\d+\.\d+(:\d+)?/g, (_all, port) => `192.0.2.1${port === undefined ? '' : ':5000'}`)
    .replace(/\b[0-9a-f]{40,64}\b/g, 'c0ffee')
}
