import type {Agent as HttpAgent} from 'node:http'
import type {AgentOptions} from 'node:https'

// Importing them as modules would load every lazy part of them, a whole fetch among it: 20 ms.
export const http = process.getBuiltinModule('node:http')
export const https = process.getBuiltinModule('node:https')

/**
 * The API server closes idle connections after 90 s (Go's http.Server IdleTimeout): ours go earlier, so that
 * a write is never sent into a connection that is just being closed.
 */
export const IDLE_TIMEOUT_MS = 30_000

/** How long connections are kept for others once nobody uses them; what is still being asked then is given up sooner. */
const LINGER_MS = 1000
const SETTLE_MS = 20

/** A handshake costs both sides more than a short request: a few connections carry them all. */
const MAX_SOCKETS = 4
const MAX_SOCKETS_OF_MANY = 8

export type Agents = {short: HttpAgent; watch: HttpAgent}

/** By server and what TLS needs to know of the client: tokens go with each request, so many kubeconfigs share connections. */
const lent = new Map<string, Lent>()

type Lent = Agents & {users: number; endings: NodeJS.Timeout[]}

/** The connections to one server, shared by all who may use the same. */
export function borrowAgents(
  origin: string,
  tls: AgentOptions | undefined,
): {agents: Agents; giveBack: () => void} {
  const key = JSON.stringify([origin, tls])
  const agents = lent.get(key) ?? {...openAgents(tls), users: 0, endings: []}
  lent.set(key, agents)
  agents.users += 1
  for (const timer of agents.endings.splice(0)) clearTimeout(timer)
  // Never less again: an agent closes what it has too many of.
  if (agents.users > MAX_SOCKETS) agents.short.maxSockets = MAX_SOCKETS_OF_MANY
  let isGivenBack = false
  return {
    agents,
    giveBack() {
      if (isGivenBack) return
      isGivenBack = true
      agents.users -= 1
      if (agents.users > 0) return
      agents.watch.destroy()
      agents.endings = [
        setTimeout(() => endUnanswered(agents), SETTLE_MS).unref(),
        setTimeout(() => endUnused(key, agents), LINGER_MS).unref(),
      ]
    },
  }
}

// One that has just been answered counts as busy for a moment longer.
function endUnanswered({short}: Agents): void {
  if (Object.keys(short.sockets).length > 0) short.destroy()
}

// Of many services the next one asks the same server in a moment. Idle connections keep no process alive.
function endUnused(key: string, {short}: Agents): void {
  lent.delete(key)
  short.destroy()
}

function openAgents(tls: AgentOptions | undefined): Agents {
  const options = {keepAlive: true, timeout: IDLE_TIMEOUT_MS, scheduling: 'lifo' as const}
  const open = (maxSockets: number) =>
    tls === undefined
      ? new http.Agent({...options, maxSockets})
      : new https.Agent({...options, ...tls, maxSockets})
  return {short: open(MAX_SOCKETS), watch: open(Number.POSITIVE_INFINITY)}
}
