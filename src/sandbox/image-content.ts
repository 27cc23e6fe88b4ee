import {createHash} from 'node:crypto'

/** What an image consists of: one layer, not compressed, and a configuration for each name and tag. */
export type ImageContent = {layer: Buffer; configOf(repository: string, tag: string): Buffer}

export type TarEntry = {path: string} & ({mode: number; content: Buffer} | {linkTo: string})

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** An archive in which nothing says when or by whom it was made, so that the same files are the same bytes. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1024)])
}

function blocksOf(entry: TarEntry): Buffer[] {
  const content = 'content' in entry ? entry.content : Buffer.alloc(0)
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512)
  return [headerOf(entry, content.length), content, padding]
}

/** POSIX ustar: sizes and modes in octal, the sum over all bytes with its own place filled with blanks. */
function headerOf(entry: TarEntry, size: number): Buffer {
  const header = Buffer.alloc(512)
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0')
  header.write(entry.path, 0)
  header.write(octal('mode' in entry ? entry.mode : 0o777, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(size, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(`        ${'linkTo' in entry ? '2' : '0'}`, 148)
  if ('linkTo' in entry) header.write(entry.linkTo, 157)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 7)}\0 `, 148)
  return header
}

/** What images hold as long as no container is made from them. */
export const PLAIN_CONTENT: ImageContent = plainContent()

function plainContent(): ImageContent {
  const text = 'An image of the sandbox. It is never run: the nodes are simulated.\n'
  const layer = tarOf([{path: 'README', mode: 0o644, content: Buffer.from(text)}])
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: {type: 'layers', diff_ids: [digestOf(layer)]},
    }),
  )
  return {layer, configOf: () => config}
}
