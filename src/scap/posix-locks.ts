/** Where a file lies, as `stat` tells. */
export type FileIdentity = {dev: number; ino: number}

/**
 * Whether a process holds a POSIX write lock on a file (`lockf`); those who wait for one hold nothing.
 * @param table the text of /proc/locks (proc_locks(5))
 * @param pid who says that it does: some filesystems have another device number in the table than in `stat`
 */
export function isWriteLocked(table: string, file: FileIdentity, pid: number | undefined): boolean {
  return table.split('\n').some(line => {
    const found = /^\d+: POSIX +\S+ +WRITE +(-?\d+) +([\da-f]+):([\da-f]+):(\d+) /.exec(line)
    if (found === null || Number(found[4]) !== file.ino) return false
    const isSameDevice =
      Number.parseInt(found[2] ?? '', 16) === majorOf(file.dev) &&
      Number.parseInt(found[3] ?? '', 16) === minorOf(file.dev)
    return isSameDevice || Number(found[1]) === pid
  })
}

// How Linux packs them (makedev(3)), as far as a device number goes here.
function majorOf(dev: number): number {
  return (dev >> 8) & 0xfff
}

function minorOf(dev: number): number {
  return (dev & 0xff) | ((dev >> 12) & 0xfff00)
}
