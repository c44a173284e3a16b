#!/bin/sh
# A shell pipe: what curl brings is corrected on its way to the next command. What was corrected is listed in a report.
#   sh examples/filter.sh "Which file starts the server?"
set -eu
MODEL_URL=${MODEL_URL:-http://127.0.0.1:11434}
# In a project that has the package installed: HOTPATCH="npx hotpatch".
HOTPATCH=${HOTPATCH:-"node $(dirname "$0")/../bin/hotpatch.js"}

printf '{"model":"%s","prompt":"%s"}' "${MODEL:-llama3.2}" "${1:-Which file starts the server?}" |
  curl -sSN "$MODEL_URL/api/generate" -d @- |
  $HOTPATCH filter --format ollama-generate --workspace "${WORKSPACE:-.}" --db none --report "${REPORT:-/dev/null}" |
  node -e '
    require("readline").createInterface({ input: process.stdin })
      .on("line", (line) => process.stdout.write(JSON.parse(line).response))
      .on("close", () => console.log())'
