/** The days of the week, Sunday first. */
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** Whether a weekday stands at `at`, or may still come to stand there. */
export function beginsWeekday(text: string, at: number): boolean {
  const piece = text.slice(at, at + LONGEST);
  return WEEKDAYS.some((day) => (piece.length < day.length ? day.startsWith(piece) && at + piece.length === text.length : piece.startsWith(day)));
}

const LONGEST = 9;
