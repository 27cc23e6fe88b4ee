import {setTimeout as sleep} from 'node:timers/promises'

/**
 * What was typed without Enter: in line mode the kernel keeps it, and gives it to the shell when we are gone. Out of that mode for a
 * moment it comes to whoever reads the terminal, and is returned as well.
 */
export async function takeTyped(): Promise<string> {
  const {stdin} = process
  let typed = ''
  const hear = (keys: Buffer | string) => {
    typed += String(keys)
  }
  // A terminal that is gone takes no mode any more, and nothing is typed there.
  const ignore = () => {}
  // Listening alone does not wake what a question before has paused.
  stdin.on('error', ignore).on('data', hear).resume()
  stdin.setRawMode(true)
  await sleep(30)
  stdin.setRawMode(false)
  stdin.off('data', hear).off('error', ignore)
  // Outside line mode Ctrl-C is a key like others.
  if (typed.includes(CTRL_C)) process.kill(process.pid, 'SIGINT')
  return typed.replaceAll(CTRL_C, '')
}

const CTRL_C = '\u0003'

/** A `y` that was typed before the question stood there is no answer to it; nor is an answer that comes too late a command. */
export async function forgetTyped(): Promise<void> {
  await takeTyped()
  process.stdin.pause()
}
