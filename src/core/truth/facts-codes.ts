/** Signals of POSIX systems with the numbers they have on Linux (x86, ARM) and macOS: signal(7), <signal.h>. Only those that agree everywhere. */
export const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGFPE: 8, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15 };

/** Exit codes of shells: 126 and 127 by POSIX, 128 + N for a process that signal N ended (bash manual, "Exit Status"). What texts call them, in small letters. */
export const EXIT_CODES: readonly { readonly code: number; readonly names: string }[] = [
  { code: 126, names: 'command (?:found but )?(?:is )?not executable|command (?:invoked )?cannot (?:be )?execute[d]?' },
  { code: 127, names: 'command not found' },
  { code: 130, names: 'sigint|ctrl[-+ ]c|interrupted by ctrl[-+ ]c|terminated by ctrl[-+ ]c' },
  { code: 134, names: 'sigabrt' },
  { code: 137, names: 'sigkill|oom[- ]?kill(?:ed|er)?|out of memory|killed by (?:the )?oom' },
  { code: 139, names: 'sigsegv|segfault|segmentation fault' },
  { code: 143, names: 'sigterm' },
];

/** Bounds of number types, as written without separators. */
export const BOUNDS: readonly { readonly names: string; readonly value: string }[] = [
  { names: '(?:signed )?(?:32[- ]bit (?:signed )?int(?:eger)?|int32|i32|INT_MAX|Int32\\.MaxValue|Integer\\.MAX_VALUE)', value: '2147483647' },
  { names: '(?:unsigned 32[- ]bit int(?:eger)?|32[- ]bit unsigned int(?:eger)?|uint32|u32|UINT_MAX)', value: '4294967295' },
  { names: '(?:signed )?(?:64[- ]bit (?:signed )?int(?:eger)?|int64|i64|Long\\.MAX_VALUE)', value: '9223372036854775807' },
  { names: '(?:signed )?(?:16[- ]bit (?:signed )?int(?:eger)?|int16|i16|Short\\.MAX_VALUE)', value: '32767' },
  { names: '(?:unsigned 16[- ]bit int(?:eger)?|16[- ]bit unsigned int(?:eger)?|uint16|u16)', value: '65535' },
  { names: '(?:unsigned 8[- ]bit int(?:eger)?|8[- ]bit unsigned int(?:eger)?|unsigned byte|uint8|u8)', value: '255' },
  { names: 'Number\\.MAX_SAFE_INTEGER', value: '9007199254740991' },
];
