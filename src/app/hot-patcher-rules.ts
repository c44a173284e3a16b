import type { Limits } from '../core/limits.js';
import { compileRuleSet, EMPTY_RULES, withSwitches } from '../core/rules/compile.js';
import { absent, readFilled, refuse, RuleInputError } from '../core/rules/fields.js';
import { isUnconditional, readPatch } from '../core/rules/patch-input.js';
import { type PatchForm, readRuleInput, type RuleDraft, type RuleInput } from '../core/rules/rule-forms.js';
import { readPatternRow } from '../core/rules/rule-input.js';
import type { Fact, PatternRule, RuleSet } from '../core/rules/rule-set.js';
import { SqliteRuleSource } from '../node/rules/sqlite-rule-source.js';
import { openRuleStore, type RuleStore } from '../node/rules/sqlite-rule-store.js';

export interface PatcherRulesOptions {
  /** A database file; null: none. */
  readonly db: string | null;
  readonly rules: readonly RuleInput[];
  readonly facts: readonly Fact[];
  readonly limits: Limits;
  /** A row that is skipped, or a database that cannot be read any more. */
  readonly onFault: (message: string) => void;
}

/** What a rule says, and the column it would be stored in. */
type Said =
  | { readonly form: 'pattern'; readonly column: string; readonly enabled: boolean; readonly rule: PatternRule }
  | { readonly form: 'patch'; readonly column: null; readonly enabled: boolean; readonly rules: readonly PatternRule[] }
  | { readonly form: 'fact'; readonly column: null; readonly enabled: boolean; readonly fact: Fact };

/** The rules of a host: those of its database as they are now, then those it gave, then those it registered. */
export class PatcherRules {
  readonly #limits: Limits;
  readonly #given: readonly Said[];
  readonly #facts: readonly Fact[];
  readonly #registered = new Map<number, Said>();
  /** Numbers that name a rule of this object. */
  readonly #taken = new Set<number>();
  readonly #store: RuleStore | null = null;
  readonly #source: SqliteRuleSource | null = null;
  /** What `#current` was made of; null: something was registered since. */
  #base: RuleSet | null = null;
  #current: RuleSet = EMPTY_RULES;

  /** @throws RuleInputError, RuleStoreError, SqliteUnavailableError */
  constructor({ db, rules, facts, limits, onFault }: PatcherRulesOptions) {
    this.#limits = limits;
    this.#facts = [...facts];
    this.#given = rules.map((rule, index) => readGiven(rule, index, limits, this.#taken));
    if (db === null) return;
    this.#store = openRuleStore(db);
    try {
      this.#source = new SqliteRuleSource(db, {
        limits,
        onFault: (error) => onFault(`${error.message}; the rules read last stay in use`),
        onChange: (snapshot) => {
          for (const fault of snapshot.rules.faults) onFault(`rule ${fault.id} in ${db} is skipped: ${fault.message}`);
        },
        // Each call looks for itself, so that an edit counts at once and no timer is left behind.
        every: () => () => undefined,
      });
    } catch (error) {
      this.#store.close();
      throw error;
    }
  }

  /** The rules the next text will have, whichever process edited them. */
  current(): RuleSet {
    this.#source?.check();
    const base = this.#source?.current() ?? EMPTY_RULES;
    if (this.#base === base) return this.#current;
    const own = [...this.#given, ...this.#registered.values()].filter((said) => said.enabled);
    if (own.length === 0 && this.#facts.length === 0) this.#current = base;
    else {
      const patterns = own.flatMap((said) => (said.form === 'pattern' ? [said.rule] : said.form === 'patch' ? said.rules : []));
      const facts = own.flatMap((said) => (said.form === 'fact' ? [said.fact] : []));
      this.#current = withSwitches(compileRuleSet([...base.patterns, ...patterns], [...base.facts, ...this.#facts, ...facts], base.rejected, base.faults, this.#limits), base.switches);
    }
    this.#base = base;
    return this.#current;
  }

  /** @returns the id of the row, or in memory the next free number. @throws RuleInputError, RuleStoreError */
  add(input: RuleInput): number {
    const draft = readRuleInput(input);
    const id = draft.id === null || this.#taken.has(draft.id) ? Math.max(0, ...this.#taken) + 1 : draft.id;
    const said = read(draft, String(id), this.#limits);
    return this.#store === null ? this.#keep(id, said) : this.#store.add(input);
  }

  /** Behavior patches in force: those of the database as they are now, and those added here. */
  get patches(): number {
    const added = [...this.#registered.values()].filter(({ form, enabled }) => form === 'patch' && enabled).length;
    return added + (this.#source?.snapshot().patches.length ?? 0);
  }

  /** @returns the id of the row, or in memory the next free number. @throws RuleInputError, RuleStoreError */
  addPatch(input: PatchForm): number {
    const draft = readRuleInput({ ...input, kind: 'patch' });
    const id = draft.id === null || this.#taken.has(draft.id) ? Math.max(0, ...this.#taken) + 1 : draft.id;
    const patch = readPatch({ ...draft }, ('name' in draft ? draft.name : null) ?? `patch:${id}`);
    const rules = patch.type === 'output_filter' ? patch.rules.flatMap((filter) => (filter.form === 'match' ? [filter.rule] : [])) : [];
    const [fault] = compileRuleSet(rules, [], new Set(), [], this.#limits).faults;
    if (fault !== undefined) throw new RuleInputError(fault.message);
    if (this.#store !== null) return this.#store.add({ ...input, kind: 'patch' });
    if (rules.length === 0 || !isUnconditional(patch)) throw new RuleInputError('a behavior patch without a database must be an output_filter that matches, without when: the others are for a proxy, which finds them in its database');
    return this.#keep(id, { form: 'patch', column: null, enabled: draft.enabled, rules });
  }

  /** The same for a wrong path. A fix of the same path takes the place of the one before, as that would win. */
  addFix(incorrectPath: string, correctPath: string): number {
    readFilled('incorrectPath', incorrectPath);
    readFilled('correctPath', correctPath);
    if (incorrectPath === correctPath) refuse('correctPath', correctPath, 'another path than incorrectPath');
    const input: RuleInput = { match: 'path', value: incorrectPath, replace: correctPath };
    const { column } = read(readRuleInput(input), 'new', this.#limits);
    if (this.#store === null) {
      for (const [id, said] of this.#registered) if (said.column === column && said.form === 'pattern' && said.rule.models === null) return this.#keep(id, read(readRuleInput(input), String(id), this.#limits));
      return this.add(input);
    }
    const same = this.#store.list('pattern').find(({ row }) => row.pattern === column && absent(row.models));
    if (same === undefined) return this.add(input);
    this.#store.update(`pattern:${same.id}`, input);
    return same.id;
  }

  close(): void {
    this.#source?.close();
    this.#store?.close();
  }

  #keep(id: number, said: Said): number {
    this.#registered.set(id, said);
    this.#taken.add(id);
    this.#base = null;
    return id;
  }
}

/** Rules given at the start are called `rules:1` and so on where they have no name: a bare number is a row, or was registered. */
function readGiven(input: RuleInput, index: number, limits: Limits, taken: Set<number>): Said {
  try {
    const draft = readRuleInput(input);
    if (draft.id !== null) taken.add(draft.id);
    return read(draft, draft.id === null ? `rules:${index + 1}` : String(draft.id), limits);
  } catch (error) {
    if (!(error instanceof RuleInputError)) throw error;
    throw new RuleInputError(`rules[${index}]: ${error.message}`);
  }
}

/**
 * Rules given by a host, read at once; disabled ones are left out.
 * @throws RuleInputError naming the rule's place in the list
 */
export function readGivenRules(inputs: readonly RuleInput[], limits: Limits): { readonly rules: readonly PatternRule[]; readonly facts: readonly Fact[] } {
  const taken = new Set<number>();
  const said = inputs.map((input, index) => readGiven(input, index, limits, taken)).filter(({ enabled }) => enabled);
  return {
    rules: said.flatMap((one) => (one.form === 'pattern' ? [one.rule] : [])),
    facts: said.flatMap((one) => (one.form === 'fact' ? [one.fact] : [])),
  };
}

/** What a draft says, proved to be at work: a pattern the matcher would skip is an error of its author now. */
function read(draft: RuleDraft, shownId: string, limits: Limits): Said {
  const { enabled } = draft;
  if (draft.kind === 'patch') throw new RuleInputError('a correction pattern must be a pattern or a fact; it is a behavior patch');
  if (draft.kind === 'fact') return { form: 'fact', column: null, enabled, fact: { subject: draft.subject, attribute: draft.attribute, value: draft.value } };
  const meaning = readPatternRow({ ...draft }, draft.name ?? shownId);
  if (meaning.form === 'switch') throw new RuleInputError(`a correction pattern must be a pattern or a fact; it is the switch ${meaning.name}`);
  if (meaning.form === 'fact') return { form: 'fact', column: null, enabled, fact: meaning.fact };
  const [fault] = compileRuleSet([meaning.rule], [], new Set(), [], limits).faults;
  if (fault !== undefined) throw new RuleInputError(fault.message);
  return { form: 'pattern', column: draft.pattern, enabled, rule: meaning.rule };
}
