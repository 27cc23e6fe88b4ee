import {randomBytes} from 'node:crypto'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

/** A text nobody else uses; where it is found, in whatever form, a secret was leaked. */
export function newCanary(): string {
  return `Canary${randomBytes(9).toString('hex')}`
}

/** The names of those that a text holds: raw, in base64 wherever it starts in it, or in hex; letters of any case. */
export function leaksIn(text: string, canaries: Readonly<Record<string, string>>): string[] {
  const lower = text.toLowerCase()
  return Object.entries(canaries).flatMap(([name, canary]) => {
    const forms = [0, 1, 2].map(offset => {
      const encoded = Buffer.from('\0'.repeat(offset) + canary).toString('base64')
      return encoded.slice(offset === 0 ? 0 : offset + 1).replace(/.=*$/, '')
    })
    const isRaw = lower.includes(canary.toLowerCase()) || lower.includes(Buffer.from(canary).toString('hex'))
    return isRaw || forms.some(form => text.includes(form)) ? [name] : []
  })
}

/** Files below a directory that hold a canary, as `path: names`. */
export async function leaksBelow(
  directory: string,
  canaries: Readonly<Record<string, string>>,
): Promise<string[]> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true}).catch(() => [])
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const found = await Promise.all(
    files.map(async file => {
      const names = leaksIn(await readFile(file, 'latin1').catch(() => ''), canaries)
      return names.length === 0 ? [] : [`${file}: ${names.join(', ')}`]
    }),
  )
  return found.flat()
}

/** Looks at the arguments of every process while something runs. */
export function watchArguments(canaries: Readonly<Record<string, string>>) {
  const seen = new Set<string>()
  let looks = 0
  let isStopped = false
  const look = async () => {
    while (!isStopped) {
      looks += 1
      for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
        const words = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
        for (const name of leaksIn(words, canaries)) seen.add(`${name} in ${words.replaceAll('\0', ' ')}`)
      }
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const looking = look()
  return {
    async stop() {
      isStopped = true
      await looking
      return {looks, found: [...seen]}
    },
  }
}
