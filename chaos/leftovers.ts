import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/** A TMPDIR of its own for a run: what lies in it afterwards, and who still has it as such, was left behind. */
export type Temporary = {path: string; leftovers(limitMs: number): Promise<string[]>; remove(): Promise<void>}

export async function openTemporary(): Promise<Temporary> {
  const path = await mkdtemp(join(tmpdir(), 'deploy-chaos-'))
  return {
    path,
    async leftovers(limitMs) {
      const endMs = performance.now() + limitMs
      for (;;) {
        const found = [...(await filesIn(path)), ...(await processesOf(path))]
        // What removes the files of a killed run takes some seconds, and is a process itself.
        if (found.length === 0 || performance.now() > endMs) return found
        await sleep(250)
      }
    },
    remove: () => rm(path, {recursive: true, force: true}),
  }
}

async function filesIn(path: string): Promise<string[]> {
  return (await readdir(path)).map(name => `${name} is left in TMPDIR`)
}

async function processesOf(path: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  const found = await Promise.all(
    pids.map(async pid => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      if (!environment.includes(`TMPDIR=${path}`)) return []
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return [`process ${pid} is left: ${words.replaceAll('\0', ' ')}`]
    }),
  )
  return found.flat()
}
