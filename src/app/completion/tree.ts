import type { Command, Option } from 'commander';
import { HALLUCINATION_TYPES, MODES } from '../../core/types.js';
import { LOG_FORMATS, LOG_LEVELS } from '../config-schema.js';

/** What may stand behind a flag or as an argument: one of some words, a name on the disk, or what nobody can guess. */
export type Values = readonly string[] | 'files' | 'folders' | 'unknown';

export interface Flag {
  /** `--mode`, and `-v` where it has a short form. */
  readonly names: readonly string[];
  readonly about: string;
  /** Null: it takes none. */
  readonly values: Values | null;
}

/** A command as completion sees it. */
export interface Place {
  /** Its name and those above it, without the program's: empty for the program, `rules add`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly flags: readonly Flag[];
  /** What its arguments are; null: it takes none. */
  readonly argument: Values | null;
}

/** Words of flags that take more than commander is told of. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  '--mode': [...MODES, ...HALLUCINATION_TYPES.flatMap((type) => MODES.map((mode) => `${type}=${mode}`))],
  '--log-format': LOG_FORMATS,
  '--log-level': LOG_LEVELS,
};
/** How help texts call names on the disk. */
const PLACES: Readonly<Record<string, Values>> = { FILE: 'files', PATH: 'files', DIR: 'folders', file: 'files', files: 'files' };

/** Every command of a program, the program first. Of a program with a default command, that command's flags are its own too. */
export function placesOf(root: Command, defaultName: string): readonly Place[] {
  const whole = place(root, '');
  const fallback = root.commands.find((child) => child.name() === defaultName);
  const known = new Set(whole.flags.flatMap(({ names }) => names));
  const more = fallback === undefined ? [] : flagsOf(fallback).filter(({ names }) => !names.some((name) => known.has(name)));
  return [{ ...whole, flags: [...whole.flags, ...more] }, ...below(root, '')];
}

function below(parent: Command, path: string): readonly Place[] {
  return parent.commands.flatMap((child) => {
    const own = `${path} ${child.name()}`.trim();
    return [place(child, own), ...below(child, own)];
  });
}

function place(command: Command, path: string): Place {
  const [argument] = command.registeredArguments;
  const named = command.commands.map((child) => ({ name: child.name(), about: child.description() }));
  const help = named.length === 0 ? [] : [{ name: 'help', about: 'display help for command' }];
  return { path, commands: [...named, ...help], flags: flagsOf(command), argument: argument === undefined ? null : (argument.argChoices ?? PLACES[argument.name()] ?? 'unknown') };
}

function flagsOf(command: Command): readonly Flag[] {
  const help = { names: ['--help', '-h'], about: 'display help for command', values: null };
  return [...optionsOf(command).filter(({ hidden }) => !hidden).map(flag), help];
}

/** A command's own, and those of the commands above it, which may stand anywhere. */
function optionsOf(command: Command): readonly Option[] {
  return command.parent === null ? command.options : [...command.options, ...optionsOf(command.parent)];
}

function flag(option: Option): Flag {
  const names = [option.long, option.short].filter((name): name is string => name !== undefined && name !== null);
  const placeholder = /[<[]([A-Za-z]+)/.exec(option.flags)?.[1] ?? '';
  const takesValue = option.required || option.optional;
  return { names, about: option.description, values: takesValue ? (option.argChoices ?? WORDS[option.long ?? ''] ?? PLACES[placeholder] ?? 'unknown') : null };
}

/** `command:flag` of every flag that takes a value, so that the value is not taken for a command. */
export function takers(places: readonly Place[]): readonly string[] {
  return places.flatMap(({ path, flags }) => flags.filter(({ values }) => values !== null).flatMap(({ names }) => names.map((name) => `${path}:${name}`)));
}
