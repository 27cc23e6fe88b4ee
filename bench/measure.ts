import {type ChildProcess, spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {stripVTControlCharacters} from 'node:util'

/** One program run to its end. */
export type Run = {
  ms: number
  /** Until the first words on its standard output. */
  firstLineMs: number | undefined
  /** The most memory the process itself ever held (children apart). */
  peakBytes: number
  startedAtMs: number
  stdout: string
}

export type RunOptions = {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** Exit codes that are no failure of the measurement. */
  expect?: readonly number[]
}

const MEMORY_EVERY_MS = 20

/** Run a program and measure it from outside. Throws with its last words when it ends otherwise than expected. */
export async function measure(file: string, args: readonly string[], options: RunOptions): Promise<Run> {
  const startedAtMs = Date.now()
  const startMs = performance.now()
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: {...process.env, ...options.env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = {stdout: '', stderr: '', firstLineMs: undefined as number | undefined}
  child.stdout.setEncoding('utf8').on('data', chunk => {
    output.stdout += chunk
    if (/\p{L}{3}/u.test(stripVTControlCharacters(output.stdout)))
      output.firstLineMs ??= performance.now() - startMs
  })
  child.stderr.setEncoding('utf8').on('data', chunk => (output.stderr += chunk))
  const memory = followMemory(child)
  const code = await ended(child)
  const ms = performance.now() - startMs
  const {stdout, stderr, firstLineMs} = output
  if (!(options.expect ?? [0]).includes(code)) {
    const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n')
    throw new Error(`${file} ${args.join(' ')} exited ${code}:\n${words}`)
  }
  return {ms, firstLineMs, peakBytes: memory.end(), startedAtMs, stdout}
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? -1))
  })
}

// VmHWM is the kernel's own high-water mark: reading it now and then misses only what comes after the last reading.
function followMemory({pid}: ChildProcess) {
  let peakBytes = 0
  const timer = setInterval(() => {
    try {
      const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      peakBytes = Math.max(peakBytes, Number(kilobytes ?? 0) * 1024)
    } catch {
      // It ended, or this is no Linux.
    }
  }, MEMORY_EVERY_MS)
  return {
    end() {
      clearInterval(timer)
      return peakBytes
    },
  }
}

/**
 * Take turns: every round runs all of them, every other round in the opposite order, so that whatever else the
 * machine does meets all alike.
 */
export async function alternate<K extends string>(
  rounds: number,
  runs: Record<K, () => Promise<number>>,
): Promise<Record<K, number>> {
  const names = Object.keys(runs) as K[]
  const taken = new Map(names.map(name => [name, [] as number[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) taken.get(name)?.push(await runs[name]())
  }
  return Object.fromEntries(names.map(name => [name, median(taken.get(name) ?? [])])) as Record<K, number>
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
