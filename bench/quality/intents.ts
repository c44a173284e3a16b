/** What an agent says around a path; `@` stands for it. Shared by the cases of the bench and the tests of the detectors. */

/** The path is made, unmade, absent, or an example: whether it exists says nothing. */
export const MAKING: readonly string[] = [
  "I'll put the new logic in `@`.", 'Implementing `@` now.', 'Now let me write `@`.', 'The plan: a `@` that drains it.', '`@`: new module for retries.', 'Introduce `@` for the retries.', 'We need a `@`.', "You'll want a `@` with the retries.",
  '- [ ] `@`', '- [x] Create `@`', 'Set up `@`.', '## Proposed structure\n\n- `src/app.ts`\n- `@`', 'Suggested layout:\n\n```\nsrc/app.ts\n@\n```', '### Phase 2\n\nBuild `@`.', 'It should live in `@`.',
  'This goes in `@`.', 'Missing: `@`', 'Instead of `@` we use a job.', 'The deprecated `@` is gone.', 'It was previously at `@`.', 'It used to be in `@`.', 'It was renamed from `@`.', 'I replaced `@` with a job.', 'I removed `@`.', '`@` was deleted in this PR.',
  'First, create the file:\n\n`@`\n```ts\nexport {};\n```', 'Here is the new file:\n\n**`@`**\n\n```ts\nexport {};\n```', 'Let me create the component.\n\n```ts\n// @\nexport {};\n```', "I've added the following files:\n\n| File | Lines |\n|---|---|\n| `@` | 40 |",
  'Files created:\n- `@` (40 lines)', 'New files:\n  - @', 'Files changed:\n- `src/app.ts` (modified)\n- `@` (new)', 'Added `@` with retries.', 'Adding `@`…', 'You can create `@` with:', 'Then place it at `@`.', 'Next, add a `@` file.', 'Put the following in `@`:\n\n```ts\nexport {};\n```',
  'Paste this into `@`:', 'Save the following as `@`', 'Step 1: Create the queue (`@`)', '1. **Create the queue** (`@`)\n2. Wire it', '**Step 2 – `@`** (new file)', 'Would you like me to create `@`?', 'Shall I add `@`?', 'Should this be in `@`?', 'I suggest splitting it: `@` and `src/app.ts`.',
  'A cleaner design would have `@` own the retries.', 'Consider extracting it to `@`.', 'The new `@` owns the retries.', 'Refactor it into a separate module, `@`.', 'Moved the retries → `@`', '`src/app.ts` → `@`', 'Move `src/app.ts` to `@`', 'git mv src/app.ts @', 'Run `touch @`.', 'Run `mkdir -p src/billing && touch @`.',
  '```bash\nnpx generate --out @\n```', 'It will generate `@` at build time.', 'The migration will be written to `@`.', 'The script writes its output to `@`.', 'The test would go into `@`.', 'TODO: write `@`', 'Write tests in `@`', 'Tests (to be written): `@`', 'Expected new file: `@`', 'Could not find `@`.', "I couldn't find `@`, so I looked elsewhere.",
  "I don't see a `@` in this repo.", "`@` doesn't seem to exist.", 'It looks like `@` is missing.', 'The import points to `@`, which does not exist.', '`@` is not in the repository.', 'Error: ENOENT: no such file or directory, open \'@\'', 'cat: @: No such file or directory', 'The file `@` cannot be found.', 'The typo `@` should be fixed.',
  'If you had a `@`, you could import it.', 'Suppose we have `@`.', 'Imagine `@` exists.', 'E.g. `@`.', 'A file like `@` helps.', 'something like `@`', 'for example `@`', 'In a typical project you would find `@`.', 'Typically this is `@`.', 'By convention, it is `@`.', 'In a Rails app this is usually `@`.', 'Rather than `@`, keep it here.',
  'Note: `@` has been created and wired.', 'I have just written `@`.', 'Created: `@`', 'Created file @', 'create mode 100644 @', ' A @', '?? @', 'A  @', 'new file:   @', '+++ b/@', '✅ `@` created', '✨ New: `@`', 'Write(@)', '● Write(@)', 'Wrote 40 lines to @',
  'Updated `src/app.ts` and created `@`.', 'Two new modules, `src/billing/a-queue.ts` and `@`, were added.', 'The retry code is now in its own file (`@`).', 'I will introduce a small module `@` which drains it.', 'Stub out `@` first.', 'Bootstrapping `@`.', 'Start with `@`:\n\n```ts\nexport {};\n```', 'Copy it to `@`.', 'Symlink it as `@`.',
];

/** The path should be there. */
export const CLAIMING: readonly string[] = [
  "I'll start by reading `@`.", 'Let me check `@` first.', 'I will open `@`.', 'Looking at `@`, the loop never ends.', 'I found the issue in `@`.', 'The root cause is in `@` (line 40).', 'The problem: `@` calls it twice.', 'I\'ve updated `@` to handle it.', 'I fixed the bug in `@`.',
  'Update `@`:', 'In `@`, change the limit to 5.', 'Modify `@` as follows:', 'Open `@` and replace the guard.', 'Edit `@`:\n\n```ts\nx\n```', 'The tests in `@` cover it.', 'The function `run` in `@` is async.', '`run()` (`@`) returns early.', 'It is exported from `@`.', 'It is imported by `@`.', 'It is defined in `@`.',
  'As seen in `@`, it is cached.', 'Key files:\n\n- `@` — the runner\n- `src/app.ts` — the entry', '## Files\n\n| File | Purpose |\n|---|---|\n| `@` | the runner |', '### `@`\n\nThe runner.', 'Refer to `@`.', 'The main logic is split between `src/app.ts` and `@`.', 'Based on `@`, the retry limit is 3.', 'The config is loaded from `@`.',
  '`@` uses a map.', '`@` imports `src/app.ts`.', 'The class in `@` extends it.', 'Add a check to `@`.', 'Add a line to `@`.', 'Add this method to the class in `@`:', 'Remove the import from `@`.', 'Delete lines 3-5 of `@`.', 'You need to change `@`.', 'You can find it in `@`.', 'Your handler in `@` is wrong.', 'Then run `node @`.',
  'See also `@`.', 'Have a look at `@`.', 'The relevant code is in `@`:\n\n```ts\nx\n```', 'Bug: `@` line 12', 'Fix: `@`', '1. `@`: fix the guard', '2. In `@`, fix the guard', '- **`@`** – the runner', '- @: the runner', 'src/app.ts imports @.', 'File: `@`', '**File:** `@`', 'Path: `@`', 'Look in `@`.', 'The error comes from `@:12`.', 'at `@:12:4`', 'It crashes in @:12.',
  'This is handled by `@`.', 'That happens inside `@`.', 'It would be called by `@`.', 'This could be why `@` fails.', 'The new option is read in `@`.', 'The new code path in `@` is slow.', 'After that change, `@` fails.', 'Both tests live in `@`.', 'The types are in `@`, the code in `src/app.ts`.', 'The helper is used in `src/app.ts` and `@`.', 'Is the timeout in `@` right?', 'Could you show me `@`?', 'Please share `@`.',
  'I looked at `src/app.ts`, `@` and `docs/api.md`.', '(`src/app.ts`, `@`)', 'Compare `src/app.ts` with `@`.', 'The diff touches `@`.', 'I ran `cat @` and saw it.', '```bash\ncat @\n```', '```bash\nnode @ --port 80\n```', '```bash\n$ pytest @\n```', 'The README links to `@`.', 'Docs: [runner](@)', 'Source: @',
];

/** The same, and enough to call an invention one: no word of what may come to be, or what was just changed. */
export function isPlainClaim(claim: string): boolean {
  return !/updated|split|this method|need to|at `@:12|would|could/i.test(claim);
}
