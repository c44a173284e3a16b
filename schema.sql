-- The database of hotpatch: what operators teach, and what was corrected.
-- Every statement may run again on a database that has it already: `sqlite3 data/hotpatch.db < schema.sql` is harmless.
-- The columns of correction_patterns and behavior_patches up to the first blank line are fixed; a database that has only
-- those loads as it is, and gets the others when hotpatch first writes to it.

PRAGMA journal_mode = WAL;

-- What to find in answers, and what to put there instead.
CREATE TABLE IF NOT EXISTS correction_patterns (
  id                   INTEGER PRIMARY KEY,
  pattern              TEXT,     -- a literal; where the first non-space is `{`, JSON that says more (regex, fact, path, switch)
  type                 TEXT,     -- one of the six types; NULL or anything else: pattern_match
  confidence_threshold REAL,     -- 0..1; a verdict below it is dropped; NULL: none is

  replacement          TEXT,     -- NULL: report only; '' deletes; `replace` in the JSON goes first
  flags                TEXT,     -- regex: a subset of imsu; literal: i
  enabled              INTEGER DEFAULT 1,
  models               TEXT,     -- JSON list of globs of model names; NULL: every model
  scopes               TEXT,     -- JSON list of prose, code, reasoning, arguments; NULL: prose and reasoning
  name                 TEXT,     -- the id its author gave it, shown instead of the number
  hits                 INTEGER DEFAULT 0,
  last_hit             TEXT,     -- UTC, ISO 8601
  rejected             INTEGER DEFAULT 0,  -- corrections of this rule that people took back
  created_at           TEXT
);

-- What to change in requests, and what to check in answers.
CREATE TABLE IF NOT EXISTS behavior_patches (
  id           INTEGER PRIMARY KEY,
  description  TEXT,
  patch_type   TEXT,             -- output_filter, prompt_modifier, validator
  payload_json TEXT,             -- {"models":[…],"when":{…},"rules":[…]}

  enabled      INTEGER DEFAULT 1,
  name         TEXT,
  hits         INTEGER DEFAULT 0,   -- times it changed a request or an answer, or a check of it failed
  last_hit     TEXT,
  rejected     INTEGER DEFAULT 0,   -- corrections of it that people took back
  judged       INTEGER DEFAULT 0,   -- complete answers that say something of it: behind its changed request, or checked by it
  succeeded    INTEGER DEFAULT 0,   -- those of them in which nothing was found, or which passed the check
  created_at   TEXT
);

-- What is true, in the operator's words.
CREATE TABLE IF NOT EXISTS facts (
  id         INTEGER PRIMARY KEY,
  subject    TEXT,
  attribute  TEXT,
  value      TEXT,
  source     TEXT,
  enabled    INTEGER DEFAULT 1,
  created_at TEXT
);

-- What was corrected. The same facts as corrections.log, and where they stood.
CREATE TABLE IF NOT EXISTS corrections (
  id         TEXT PRIMARY KEY,
  at         TEXT,               -- UTC, ISO 8601
  exchange   TEXT,
  type       TEXT,
  rule       TEXT,
  confidence REAL,
  detected   TEXT,
  expected   TEXT,
  action     TEXT,
  channel    TEXT,
  start      INTEGER,            -- UTF-16 units of the channel's original text; "end" is exclusive
  "end"      INTEGER,
  model      TEXT,
  route      TEXT,
  reason     TEXT,
  rejected   INTEGER DEFAULT 0   -- 1: not to be made again
);

-- What every proxy on this database counted, over restarts: `requests`, `detected/invalid_path`, `notInspected/encoded`.
CREATE TABLE IF NOT EXISTS statistics (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;

-- The proxies that run now, written every few seconds; one that was killed leaves its row, and its pid tells.
CREATE TABLE IF NOT EXISTS proxies (
  id          TEXT PRIMARY KEY,
  family      TEXT,              -- workers of one proxy share it
  machine     TEXT,              -- its name: pids of another say nothing here
  pid         INTEGER,
  host        TEXT,
  port        INTEGER,
  tls         INTEGER,
  endpoint    TEXT,              -- the backend
  mode        TEXT,
  patterns    INTEGER,           -- in force, as are the patches
  patches     INTEGER,
  connections INTEGER,           -- open when it was written
  counts      TEXT,              -- JSON: what it counted since it started, under the names of `statistics`
  started_at  TEXT,
  seen_at     TEXT               -- UTC, ISO 8601
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS schema_version (
  version    INTEGER PRIMARY KEY,
  applied_at TEXT
);

-- Moves whenever a rule does, and only then: writing hits and corrections need not make anyone compile rules again.
CREATE TABLE IF NOT EXISTS rules_version (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
);
INSERT OR IGNORE INTO rules_version (id, version) VALUES (1, 0);

CREATE INDEX IF NOT EXISTS corrections_at ON corrections (at);
CREATE INDEX IF NOT EXISTS corrections_type_at ON corrections (type, at);
CREATE INDEX IF NOT EXISTS corrections_exchange ON corrections (exchange);
CREATE INDEX IF NOT EXISTS corrections_rejected ON corrections (type, detected, expected) WHERE rejected = 1;
CREATE INDEX IF NOT EXISTS correction_patterns_name ON correction_patterns (name) WHERE name IS NOT NULL;
CREATE INDEX IF NOT EXISTS correction_patterns_pattern ON correction_patterns (pattern);
CREATE INDEX IF NOT EXISTS facts_subject ON facts (subject, attribute);

CREATE TRIGGER IF NOT EXISTS rules_version_pattern_insert AFTER INSERT ON correction_patterns
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_pattern_delete AFTER DELETE ON correction_patterns
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_pattern_update
AFTER UPDATE OF id, pattern, type, confidence_threshold, replacement, flags, enabled, models, scopes, name ON correction_patterns
BEGIN UPDATE rules_version SET version = version + 1; END;

CREATE TRIGGER IF NOT EXISTS rules_version_patch_insert AFTER INSERT ON behavior_patches
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_patch_delete AFTER DELETE ON behavior_patches
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_patch_update
AFTER UPDATE OF id, description, patch_type, payload_json, enabled, name ON behavior_patches
BEGIN UPDATE rules_version SET version = version + 1; END;

CREATE TRIGGER IF NOT EXISTS rules_version_fact_insert AFTER INSERT ON facts
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_fact_delete AFTER DELETE ON facts
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_fact_update
AFTER UPDATE OF id, subject, attribute, value, enabled ON facts
BEGIN UPDATE rules_version SET version = version + 1; END;

CREATE TRIGGER IF NOT EXISTS rules_version_rejection AFTER UPDATE OF rejected ON corrections
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_rejected_insert AFTER INSERT ON corrections WHEN new.rejected = 1
BEGIN UPDATE rules_version SET version = version + 1; END;
CREATE TRIGGER IF NOT EXISTS rules_version_rejected_delete AFTER DELETE ON corrections WHEN old.rejected = 1
BEGIN UPDATE rules_version SET version = version + 1; END;

-- Seed rules, for a new database only: one that lost them on purpose, or had rules of its own, does not get them.
-- They replace a header only where it is used: unquoted, in prose, with a value behind it. A quoted or fenced one may be
-- what the user wrote, shown back to them. Anything less certain reports and changes nothing.
INSERT INTO correction_patterns (name, pattern, type, confidence_threshold, replacement, created_at)
SELECT seed.*, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM (
  -- The Fetch standard knows the header in the singular only; browsers ignore the plural.
  SELECT 'seed-cors-origin' AS name,
    '{"match":"regex","value":"(?<![\\w`\"''“‘-])Access-Control-Allow-Origins(?=: (?:\\*|https?:))"}' AS pattern,
    'pattern_match' AS type, NULL AS confidence_threshold, 'Access-Control-Allow-Origin' AS replacement
  UNION ALL
  -- `nosniff` is the only value of this header and no other header has it; the name ends in s.
  SELECT 'seed-nosniff',
    '{"match":"regex","value":"(?<![\\w`\"''“‘-])X-Content-Type-Option(?=: nosniff)"}',
    'pattern_match', NULL, 'X-Content-Type-Options'
  UNION ALL
  -- Only the request header keeps the old misspelling; the policy is spelled with two r, and these values are its own.
  SELECT 'seed-referrer-policy',
    '{"match":"regex","value":"(?<![\\w`\"''“‘-])Referer-Policy(?=: (?:no-referrer|same-origin|strict-origin|origin-when|unsafe-url))"}',
    'pattern_match', NULL, 'Referrer-Policy'
  UNION ALL
  -- The header is plural, and these two values are its own.
  SELECT 'seed-frame-options',
    '{"match":"regex","value":"(?<![\\w`\"''“‘-])X-Frame-Option(?=: (?:DENY|SAMEORIGIN))"}',
    'pattern_match', NULL, 'X-Frame-Options'
  UNION ALL
  -- The Fetch standard lists methods and headers in the plural. What a browser asks for in the singular is called Request, not Allow.
  SELECT 'seed-cors-lists',
    '{"match":"regex","value":"(?<![\\w`\"''“‘-])Access-Control-Allow-(Method|Header)(?=: (?:\\*|GET|POST|PUT|PATCH|DELETE|OPTIONS|Content-Type|Authorization|X-))","replace":"Access-Control-Allow-$1s","expand":true}',
    'pattern_match', NULL, NULL
  UNION ALL
  -- Behind the full stop that ends an answer nobody writes of a token: the backend let its own through.
  SELECT 'seed-end-token',
    '{"match":"regex","value":"(?<=[\\p{L}\\p{N}][.!?])<\\|(?:im_end|eot_id|eom_id|end|endoftext|end_of_text)\\|>\\s*$"}',
    'pattern_match', NULL, ''
  UNION ALL
  -- PyPI refuses the first and has no files of the second; scikit-learn and Pillow are meant. Reported: a warning may name them too.
  SELECT 'seed-pip-names', '{"match":"regex","value":"\\bpip3? install (?:sklearn|PIL)(?![\\w.\\[-])"}', 'pattern_match', NULL, NULL
  UNION ALL
  -- Marks of other chat templates. Reported: an answer may explain them.
  SELECT 'seed-chat-markup', '{"match":"regex","value":"\\[/?INST\\]|<</?SYS>>|<(?:start|end)_of_turn>|<\\|(?:start_header_id|end_header_id|begin_of_text|end_of_text|eom_id)\\|>"}', 'pattern_match', NULL, NULL
  UNION ALL
  -- Models invent this package; the tool of that name comes with huggingface_hub. Reported: a warning may name it too.
  SELECT 'seed-huggingface-cli', 'pip install huggingface-cli', 'pattern_match', NULL, NULL
  UNION ALL
  -- A template token in the text means the backend did not stop where the model did. Reported: an answer may explain it.
  SELECT 'seed-template-token', '{"match":"regex","value":"<\\|(?:im_end|im_start|eot_id|endoftext)\\|>"}', 'pattern_match', NULL, NULL
) AS seed
WHERE NOT EXISTS (SELECT 1 FROM schema_version);

-- 1: patterns, patches, facts, corrections. 2: statistics and proxies. 3: proxies as they are now.
INSERT OR IGNORE INTO schema_version (version, applied_at) VALUES (3, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
