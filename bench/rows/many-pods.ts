import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {exec} from '../../src/tools/exec.ts'
import {type Bench, toStaging} from '../bench.ts'
import {megabytes, type Row} from '../table.ts'

const PODS = 500
const LIMIT_SHARE = 0.1
const LIMIT_BYTES = 150e6
/** Each takes 250. */
const NODES = ['many-1', 'many-2', 'many-3']
const EVERY_MS = 20
const TICKS_PER_SECOND = 100

/** One Deployment of 500 pods, all exchanged: what judge and live view cost from the first picture to the last. */
export async function manyPods(bench: Bench): Promise<Row[]> {
  const {helmfile} = bench
  await nodes(bench, 'apply')
  try {
    await helmfile('echo', 'staging', ['sync', '--set', `resources.replicas=${PODS}`])
    const tag = await bench.push('wikimedia/echo', 'instant')
    const change = ['--version', tag, '--set', `resources.replicas=${PODS}`]
    const taken = await onTerminal(bench, toStaging('echo', ...change))
    const what = `${PODS} pods in one rollout of ${(taken.ms / 1000).toFixed(0)} s`
    const share = taken.cpuMs / taken.ms
    return [
      {
        ...rowOf(`${what}: share of a core`, percent(share), percent(LIMIT_SHARE)),
        isMet: share <= LIMIT_SHARE,
      },
      {
        ...rowOf(`${what}: memory`, megabytes(taken.peakBytes), megabytes(LIMIT_BYTES)),
        isMet: taken.peakBytes <= LIMIT_BYTES,
      },
    ]
  } finally {
    await helmfile('echo', 'staging', ['sync'])
    await nodes(bench, 'delete')
  }
}

function rowOf(what: string, deploy: string, limit: string): Omit<Row, 'isMet'> {
  return {what, deploy, plain: '–', ratio: '–', target: `≤ ${limit}`}
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Deploy with its live view; measured from the first picture of the rollout to the last. */
async function onTerminal(
  {program, charts, env}: Bench,
  args: readonly string[],
): Promise<{ms: number; cpuMs: number; peakBytes: number}> {
  const command = `echo pid $$; stty cols 80 rows 24; exec ${[program, ...args].map(word => `'${word}'`).join(' ')}`
  const child = spawn('script', ['-qec', command, '/dev/null'], {cwd: charts, env: {...process.env, ...env}})
  let [text, peakBytes] = ['', 0]
  let first: {atMs: number; cpuMs: number} | undefined
  let last = {atMs: 0, cpuMs: 0}
  child.stdout.setEncoding('utf8').on('data', chunk => (text += stripVTControlCharacters(chunk)))
  const timer = setInterval(() => {
    const used = usedBy(/pid (\d+)/.exec(text)?.[1])
    if (used === undefined || !text.includes(`of ${PODS} updated`)) return
    last = {atMs: performance.now(), cpuMs: used.cpuMs}
    first ??= last
    peakBytes = Math.max(peakBytes, used.peakBytes)
  }, EVERY_MS)
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  clearInterval(timer)
  if (code !== 0 || first === undefined) throw new Error(`deploy ended with ${code}: ${text.slice(-2000)}`)
  return {ms: last.atMs - first.atMs, cpuMs: last.cpuMs - first.cpuMs, peakBytes}
}

/** Of the process itself, its children apart. */
function usedBy(pid: string | undefined): {cpuMs: number; peakBytes: number} | undefined {
  if (pid === undefined) return undefined
  try {
    // Its name stands in brackets, and may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const ticks = Number(fields[11]) + Number(fields[12])
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return {cpuMs: (ticks / TICKS_PER_SECOND) * 1000, peakBytes: Number(kilobytes ?? 0) * 1024}
  } catch {
    return undefined
  }
}

/** More simulated nodes for as long as it takes. */
async function nodes({paths}: Bench, verb: 'apply' | 'delete'): Promise<void> {
  const annotations = {'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0'}
  const labels = {'kubernetes.io/os': 'linux', type: 'kwok'}
  const items = NODES.map(name => ({apiVersion: 'v1', kind: 'Node', metadata: {name, annotations, labels}}))
  const input = JSON.stringify({apiVersion: 'v1', kind: 'List', items})
  const args = ['--kubeconfig', paths.adminConfig('staging'), verb, '--filename', '-']
  const {failed, stderr} = await exec(join(paths.bin, 'kubectl'), args, {input})
  if (failed) throw new Error(stderr)
}
