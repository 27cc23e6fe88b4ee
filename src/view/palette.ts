import {Chalk, type ChalkInstance, type ColorSupportLevel} from 'chalk'

/** 0: no colour; the caller decides (`--no-color`, NO_COLOR, what the terminal can do). */
export type ColorLevel = ColorSupportLevel

export type Palette = ChalkInstance

/** Colours of an explicit level: nothing is asked of the environment here. */
export function paletteOf(level: ColorLevel): Palette {
  return new Chalk({level})
}
