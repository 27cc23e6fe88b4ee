import {readFile, readlink} from 'node:fs/promises'

/**
 * Names one process so that it can be looked for later: which boot of which kernel, which space of pids, the pid, and when
 * it began (another process may get the same pid). None where the system does not tell.
 */
export async function thisProcess(): Promise<string | undefined> {
  return nameOf(process.pid)
}

/**
 * Whether the named process has ended, as far as that can be known here: only for one of this very kernel and pid space.
 */
export async function hasEnded(name: string | undefined): Promise<boolean> {
  const [boot, space, pid] = name?.split(' ') ?? []
  if (boot === undefined || space === undefined || pid === undefined) return false
  const here = await spaceHere().catch(() => undefined)
  return here === `${boot} ${space}` && (await nameOf(Number(pid))) !== name
}

async function nameOf(pid: number): Promise<string | undefined> {
  try {
    const [space, stat] = await Promise.all([spaceHere(), readFile(`/proc/${pid}/stat`, 'utf8')])
    const startTime = startTimeIn(stat)
    return startTime === undefined ? undefined : `${space} ${pid} ${startTime}`
  } catch {
    return undefined
  }
}

async function spaceHere(): Promise<string> {
  const [boot, space] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    readlink('/proc/self/ns/pid'),
  ])
  return `${boot.trim()} ${space}`
}

// Field 22; the second one is a name in brackets, which may hold anything. One that nobody has collected yet has ended.
function startTimeIn(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}
