/**
 * Fills in `$1`..`$99`, `$&` and `$$` as String.prototype.replace does (ECMA-262, GetSubstitution); anything else stays.
 * @param groups by number, [0] the whole match
 */
export function expand(template: string, groups: readonly (string | undefined)[]): string {
  return template.replace(/\$(\$|&|\d{1,2})/g, (whole, name: string) => {
    if (name === '$') return '$';
    if (name === '&') return groups[0] ?? '';
    const two = Number(name);
    if (two > 0 && two < groups.length) return groups[two] ?? '';
    const one = Number(name[0]);
    return name.length === 2 && one > 0 && one < groups.length ? (groups[one] ?? '') + name.slice(1) : whole;
  });
}
