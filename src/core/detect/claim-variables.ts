/** A variable that a statement gives a value. */
const GIVEN = /(?:^|[\s(,])([A-Za-z](?:\w{0,24}))\s*(?:==?|:=)\s*(-?\d+(?:\.\d+)?)(?![\w.,]*[\d/*^+(-]|\s*[-+*/^×·]|%)/g;
const GIVEN_IN_WORDS = /(?:^|[\s(,])([a-z])\s+(?:is|equals|is equal to)\s+(-?\d+(?:\.\d+)?)(?![\w.,]*\d|\s*[-+*/^×·%]|\s+(?:or|to|times|more|less)\b)/g;
/** What is claimed of it by comparison: a reason, or a statement in words. */
const COMPARED = /(?:^|[\s,;])(?:because|since|as)\s+([A-Za-z]\w{0,24})\s*(>=?|<=?|≥|≤)\s*(-?\d+(?:\.\d+)?)(?![\w.,]*[\d/*^+(]|\s*[-+*/^×·])/gi;
const COMPARED_IN_WORDS = /(?:^|[\s,;])([a-z])\s+is\s+(greater|larger|bigger|more|less|smaller)\s+than\s+(-?\d+(?:\.\d+)?)(?![\w.,]*\d|\s*[-+*/^×·%])/gi;
/** What makes a value hold in one case only, or lets it change. */
const CASES = /\?|\b(?:if|when|whenever|while|until|unless|case|cases|suppose|assume|assuming|example|say|try|for each|for every|or|either|must|should|would|could|might|may|can|need|needs|check|test|whether|otherwise|else|where|any|all|values?|root|roots|solutions?)\b/i;
const CHANGES = /\b(?:increment|decrement|update|reassign|change|becomes?|becoming|now|then|next|iteration|iterate|loop ends|after|each time|add|adds|added|adding|subtract|multiply|double|doubles|halve|reset|set|modify|grow|grows|decrease|increase|substitut\w*)\w*\b|\+\+|--|[-+*/]=/i;
const MAX_VARIABLES = 64;

/** Follows the values an answer gives its variables: `x = 5`, and later "since x > 10". */
export class VariableBook {
  readonly #values = new Map<string, { readonly value: number; readonly text: string }>();
  #part = -1;

  /** Reads a sentence, in which backticks may stand as white space. Returns the earlier one whose value its comparison denies; null: none. */
  next(text: string, part: number): string | null {
    if (this.#values.size === 0 && !/\d/.test(text)) return null;
    if (part !== this.#part) {
      this.#values.clear();
      this.#part = part;
    }
    if (CASES.test(text)) {
      // What is spoken of under a condition may be another value.
      if (this.#values.size > 0 && CHANGES.test(text)) this.#values.clear();
      return null;
    }
    const denied = this.#values.size > 0 ? this.#denied(text) : null;
    if (denied !== null) return denied;
    if (this.#values.size > 0 && CHANGES.test(text)) this.#values.clear();
    this.#take(text);
    return null;
  }

  #denied(text: string): string | null {
    for (const [, name = '', sign = '', digits = ''] of text.matchAll(COMPARED)) {
      const known = this.#values.get(name);
      if (known !== undefined && !holds(known.value, sign, Number(digits))) return known.text;
    }
    for (const [, name = '', relation = '', digits = ''] of text.matchAll(COMPARED_IN_WORDS)) {
      const known = this.#values.get(name);
      if (known !== undefined && !holds(known.value, /^(?:less|smaller)$/i.test(relation) ? '<' : '>', Number(digits))) return known.text;
    }
    return null;
  }

  #take(text: string): void {
    for (const [, name = '', digits = ''] of text.matchAll(GIVEN)) this.#give(name, Number(digits), text);
    for (const [, name = '', digits = ''] of text.matchAll(GIVEN_IN_WORDS)) this.#give(name, Number(digits), text);
  }

  #give(name: string, value: number, text: string): void {
    const known = this.#values.get(name);
    // Of two values neither is relied on.
    if (known !== undefined && known.value !== value) this.#values.delete(name);
    else if (this.#values.size < MAX_VARIABLES) this.#values.set(name, { value, text });
  }
}

function holds(value: number, sign: string, bound: number): boolean {
  if (sign === '>') return value > bound;
  if (sign === '<') return value < bound;
  return sign === '>=' || sign === '≥' ? value >= bound : value <= bound;
}
