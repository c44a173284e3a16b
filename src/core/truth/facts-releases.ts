import type { PackFact } from './fact-packs.js';

/** Years of languages and systems: first public release first, then years of design, announcement and 1.0, which texts give as well (the projects' own histories). */
export const RELEASES: readonly PackFact[] = ([
  ['Python 2\\.0', 2000], ['Python 3\\.0', 2008], ['Python', 1991, 1989, 1990, 1994], ['JavaScript', 1995, 1996], ['TypeScript', 2012], ['Java', 1995, 1991, 1996], ['C#', 2000, 2001, 2002], ['C\\+\\+', 1985, 1979, 1983, 1998],
  ['Rust 1\\.0', 2015], ['Rust', 2015, 2006, 2009, 2010, 2012], ['Golang|Go programming language', 2009, 2007, 2012], ['Go 1\\.0', 2012], ['Ruby on Rails', 2004, 2005, 2003], ['Ruby', 1995, 1993, 1996], ['PHP', 1995, 1994], ['Perl', 1987], ['Swift', 2014, 2010],
  ['Kotlin 1\\.0', 2016], ['Kotlin', 2011, 2010, 2012, 2016], ['Scala', 2004, 2001, 2003], ['Haskell', 1990, 1987], ['Erlang', 1986, 1987, 1998], ['Elixir', 2012, 2011, 2014], ['Clojure', 2007, 2005, 2009], ['Lua', 1993], ['Julia', 2012, 2009, 2018], ['Dart', 2011, 2013],
  ['Fortran|FORTRAN', 1957, 1954, 1956], ['COBOL', 1959, 1960], ['Pascal', 1970, 1968, 1969, 1971], ['Smalltalk', 1972, 1969, 1980], ['Lisp|LISP', 1958, 1959, 1960], ['Node\\.js', 2009], ['Linux kernel', 1991], ['Git', 2005], ['Docker', 2013], ['Kubernetes', 2014, 2015], ['Unicode 1\\.0', 1991],
  ['React', 2013, 2011], ['Angular', 2016, 2010], ['AngularJS', 2010, 2009, 2012], ['jQuery', 2006], ['Vue\\.js|Vue', 2014, 2013], ['Django', 2005, 2003], ['Flask', 2010], ['MongoDB', 2009, 2007], ['MySQL', 1995, 1994], ['Redis', 2009], ['SQLite', 2000], ['Bitcoin', 2009, 2008],
] as const).map(([names, ...values]) => ({ kind: 'year', names, values }));
